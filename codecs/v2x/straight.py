"""Straight-line Python for the types of a profile: source text, generated from the intermediate form and executed once.

Only what is regular is written out: for everything else the code raises, IrregularError or whatever Python raises on
the way (`engine.IRREGULAR`), and the caller lets `plain` decide.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from v2x import reading, writing
from v2x.fields import WireValue
from v2x.ir import Choice, Type
from v2x.source import IrregularError

_MANY = 256  # octets from which on a message has enough parts to keep the garbage collector away


class Straight:
    """The generated functions of one profile, made at first use.

    A CHOICE that is encoded alone (the message frame) gets one function for each alternative.
    """

    def __init__(self) -> None:
        self._encoders: dict[Type, Callable[[WireValue], bytes]] = {}
        self._decoders: dict[Type, Callable[[bytes], WireValue]] = {}

    def encoder(self, type_: Type) -> Callable[[WireValue], bytes]:
        """Return what gives the octets of a value."""
        if type_ not in self._encoders:
            whole = self._by_name(type_) if isinstance(type_, Choice) else writing.function(self, type_)
            self._encoders[type_] = whole
        return self._encoders[type_]

    def decoder(self, type_: Type) -> Callable[[bytes], WireValue]:
        """Return what gives the value of a whole encoding."""
        if type_ not in self._decoders:
            whole = self._by_index(type_) if isinstance(type_, Choice) else reading.function(self, type_)
            self._decoders[type_] = undisturbed(whole)
        return self._decoders[type_]

    def _by_name(self, type_: Choice) -> Callable[[WireValue], bytes]:
        encoders: dict[object, Callable[[WireValue], bytes]] = {}
        names = {member.name for member in type_.members + type_.additions}

        def encode(value: WireValue) -> bytes:
            name = value[0]
            encoder = encoders.get(name)
            if encoder is None:
                if name not in names:  # nothing is generated and kept for what cannot be
                    raise IrregularError
                encoder = encoders[name] = writing.function(self, type_, name)
            return encoder(value)

        return encode

    def _by_index(self, type_: Choice) -> Callable[[bytes], WireValue]:
        decoders: dict[int, Callable[[bytes], WireValue]] = {}
        shift, beyond = 8 - type_.extensible - type_.bits, len(type_.members)

        def decode(data: bytes) -> WireValue:
            index = min(data[0] >> shift, beyond)  # beyond: of no root alternative
            decoder = decoders.get(index)
            if decoder is None:
                decoder = decoders[index] = reading.function(self, type_, index)
            return decoder(data)

        return decode


def undisturbed(decode: Callable[[bytes], WireValue]) -> Callable[[bytes], WireValue]:
    """Return the same without the garbage collector, which would look through hundreds of new dicts in vain."""

    def decoded(data: bytes) -> WireValue:
        if len(data) < _MANY or not gc.isenabled():
            return decode(data)
        gc.disable()
        try:
            return decode(data)
        finally:
            gc.enable()

    return decoded
