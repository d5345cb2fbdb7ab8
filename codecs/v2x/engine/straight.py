"""Straight-line Python for the types of a profile: source text, generated from the intermediate form and executed once.

Only what is regular is written out: for everything else the code raises, IrregularError or whatever Python raises on
the way (`coding.IRREGULAR`), and the caller lets `plain` decide.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from v2x.engine import reading, writing
from v2x.engine.coding import IrregularError, Pair
from v2x.engine.ir import Choice, Type
from v2x.wire.fields import WireValue
from v2x.wire.layout import Converter

_MANY = 256  # octets from which on a message has enough parts to keep the garbage collector away


class Straight:
    """The generated functions of one profile, made at first use.

    A CHOICE that is encoded alone (the message frame) gets one function for each alternative.
    """

    def __init__(self) -> None:
        self._known: dict[Type, Pair] = {}

    def values(self, type_: Type) -> Pair:
        """Return the ways between octets and values in wire units."""
        if type_ not in self._known:
            self._known[type_] = self._made(type_)
        return self._known[type_]

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return the ways between octets and records: through values in wire units."""
        wire = self.values(type_)
        return Pair(
            lambda record: wire.encode(converter.to_wire(record, None)),
            lambda data: converter.from_wire(wire.decode(data), None),
        )

    def _made(self, type_: Type) -> Pair:
        if isinstance(type_, Choice):
            return Pair(self._by_name(type_), undisturbed(self._by_index(type_)))
        return Pair(writing.function(self, type_), undisturbed(reading.function(self, type_)))

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
