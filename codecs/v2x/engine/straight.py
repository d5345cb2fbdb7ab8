"""Straight-line Python for the types of a profile: source text, generated from the intermediate form and executed once.

Only what is regular is written out: for everything else the code raises, IrregularError or whatever Python raises on
the way (`coding.IRREGULAR`), and the caller lets the interpreter (`plain_reading`, `plain_writing`) decide.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from v2x.engine.coding import IrregularError, Pair
from v2x.engine.ir import Choice, Type
from v2x.engine.reading import Reading
from v2x.engine.record_reading import RecordReading
from v2x.engine.record_writing import RecordWriting
from v2x.engine.writing import Writing
from v2x.wire.fields import WireValue
from v2x.wire.layout import Converter, OneOf

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
            self._known[type_] = self._made(type_, None)
        return self._known[type_]

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return the ways between octets and records."""
        return self._made(type_, converter)

    def _made(self, type_: Type, how: Converter | None) -> Pair:
        if isinstance(type_, Choice):
            return Pair(self._by_name(type_, how), undisturbed(self._by_index(type_, how)))
        return Pair(self._writing(how).function(type_, how), undisturbed(self._reading(how).function(type_, how)))

    def _reading(self, how: Converter | None) -> Reading:
        return Reading(self) if how is None else RecordReading(self)

    def _writing(self, how: Converter | None) -> Writing:
        return Writing(self) if how is None else RecordWriting(self)

    def _by_name(self, type_: Choice, how: Converter | None) -> Callable[[WireValue], bytes]:
        encoders: dict[object, Callable[[WireValue], bytes]] = {}
        names: dict[object, str] = {member.name: member.name for member in type_.members + type_.additions}
        if isinstance(how, OneOf):  # records tell by their class which alternative they are
            names = {fields.record: name for name, fields in how.alternatives.items()}

        def encode(value: WireValue) -> bytes:
            key = value[0] if how is None else value.__class__
            encoder = encoders.get(key)
            if encoder is None:
                if key not in names:  # nothing is generated and kept for what cannot be
                    raise IrregularError
                encoder = encoders[key] = self._writing(how).function(type_, how, names[key])
            return encoder(value)

        return encode

    def _by_index(self, type_: Choice, how: Converter | None) -> Callable[[bytes], WireValue]:
        decoders: dict[int, Callable[[bytes], WireValue]] = {}
        shift, beyond = 8 - type_.extensible - type_.bits, len(type_.members)

        def decode(data: bytes) -> WireValue:
            index = min(data[0] >> shift, beyond)  # beyond: of no root alternative
            decoder = decoders.get(index)
            if decoder is None:
                decoder = decoders[index] = self._reading(how).function(type_, how, index)
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
