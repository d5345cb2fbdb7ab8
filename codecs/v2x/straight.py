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
        self._encoders: dict[tuple[Type, object], Callable[[WireValue], bytes]] = {}
        self._decoders: dict[tuple[Type, object], Callable[[bytes], WireValue]] = {}

    def encode(self, type_: Type, value: WireValue) -> bytes:
        """Return the octets of a value."""
        key = type_, value[0] if isinstance(type_, Choice) else None
        encoder = self._encoders.get(key)
        if encoder is None:
            if isinstance(type_, Choice):
                _check_name(type_, value[0])
            encoder = self._encoders[key] = writing.function(self, *key)
        return encoder(value)

    def decode(self, type_: Type, data: bytes) -> WireValue:
        """Return the value of a whole encoding."""
        key = type_, _coded(type_, data[0]) if isinstance(type_, Choice) else None
        decoder = self._decoders.get(key)
        if decoder is None:
            decoder = self._decoders[key] = reading.function(self, *key)
        if len(data) < _MANY or not gc.isenabled():
            return decoder(data)
        gc.disable()  # it would look in vain through hundreds of new dicts, again and again
        try:
            return decoder(data)
        finally:
            gc.enable()


def _check_name(type_: Choice, name: object) -> None:
    """Raise when there is no such alternative: nothing is generated and kept for what cannot be."""
    if all(member.name != name for member in type_.members + type_.additions):
        raise IrregularError


def _coded(type_: Choice, octet: int) -> int:
    """Return the index of the root alternative that an encoding begins with; beyond the last for all others."""
    index = octet >> 8 - type_.extensible - type_.bits
    return min(index, len(type_.members))
