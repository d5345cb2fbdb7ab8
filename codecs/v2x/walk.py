"""Where every field of a message lies: the plain reader, listened to field by field.

It goes on where it can: a broken rule is noted in its field, and of a message that is cut off the fields before the cut
remain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from v2x.engine import types
from v2x.engine.definitions import Definition
from v2x.engine.plain.reading import UNKNOWN, Opened, Part, Presence, Reader, Selected
from v2x.errors import DecodeError
from v2x.fields import WireValue
from v2x.profiles import Profile
from v2x.schema import FRAME, Schema, schema

_OPEN = "open type"  # an extension that the profile does not know
_PRESENCE = "presence bits"  # of extensions: how many there may be, which there are
_KINDS: Mapping[type, str] = {
    types.Integer: "INTEGER",
    types.Boolean: "BOOLEAN",
    types.Enumerated: "ENUMERATED",
    types.BitString: "BIT STRING",
    types.OctetString: "OCTET STRING",
    types.Text: "IA5String",
    types.SequenceOf: "SEQUENCE OF",
    types.Sequence: "SEQUENCE",
    types.Choice: "CHOICE",
    Selected: "CHOICE",
    Presence: _PRESENCE,
}
_OF_PARTS = ("SEQUENCE", "SEQUENCE OF", "CHOICE", _PRESENCE)  # types without a value of their own


@dataclass(slots=True)
class WalkedField:
    """One field as it lies in the message.

    Attributes:
        name: its identifier; the index in a list.
        type: the ASN.1 name of its type, as in `Speed`; the built-in type where it has none.
        kind: the built-in type behind that name, as in `INTEGER`; "open type" for an unknown extension, "presence bits"
            for those of extensions.
        first: its first bit, counted from the first bit of the message.
        bits: its length, with its parts.
        header: how many of these bits come before its first part: presence bits, alternative, number of elements.
        value: its value in wire units; None for a field of parts.
        parts: the fields inside; the single alternative of a CHOICE.
        problem: why no sender should send this, None when all is well.
        later: the addition of a later edition that this profile does not know; receivers skip it.
        named: the names of a bit string's bits.

    """

    name: str
    type: str
    kind: str = ""
    first: int = 0
    bits: int = 0
    header: int = 0
    value: WireValue = None
    parts: list[WalkedField] = field(default_factory=list)
    problem: str | None = None
    later: str | None = None
    named: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """A message field by field.

    `rest`: bits behind its end (padding is among them); `error`: why the walk ended early.
    """

    root: WalkedField
    rest: int
    error: DecodeError | None


def walk(data: bytes, profile: Profile, pdu: str = FRAME) -> Walk:
    """Return the fields of the octets taken for a value of type `pdu`. Raises nothing, for any octets."""
    known = schema(profile)
    listener = _Listener(data, known)
    try:
        listener.inside(pdu, known.types.named(pdu))
    except DecodeError as error:
        return Walk(listener.root, 0, error)
    return Walk(listener.root, len(data) * 8 - listener.at, None)


def value_of(found: WalkedField) -> WireValue:
    """Return the value in wire units, as `decode_value` gives it: without the parts that only a later edition knows."""
    match found.kind:
        case "SEQUENCE":
            return {part.name: value_of(part) for part in found.parts if part.kind not in (_OPEN, _PRESENCE)}
        case "SEQUENCE OF":
            return [value_of(part) for part in found.parts]
        case "CHOICE" if found.parts:
            (part,) = found.parts
            return (None, None) if part.kind == _OPEN else (part.name, value_of(part))
    return found.value


class _Listener(Reader):
    """Keeps every part as a field: `root`, and below it. Goes on behind a broken rule."""

    def __init__(self, data: bytes, known: Schema) -> None:
        super().__init__(data)
        self.root = self._field = WalkedField("", "")
        self._names: Mapping[Any, str] = known.types.names
        self._definitions: Mapping[str, Definition] = known.definitions

    def inside(self, name: str, type_: Part) -> WireValue:
        """Read a part into a field of its own."""
        content = type_.content if isinstance(type_, Opened) else type_
        kind = _OPEN if content is UNKNOWN else _KINDS[type(content)]
        part = WalkedField(name, self._names.get(content, kind), kind, self.at)
        named = self._definitions.get(part.type, {}).get("named-bits", ())
        part.named = tuple((name, int(bit)) for name, bit in named)
        if self.path:
            self._field.parts.append(part)
        else:
            self.root = part
        outer, self._field = self._field, part
        try:
            value = super().inside(name, type_)
            part.value = None if kind in _OF_PARTS else value
        finally:
            part.bits = self.at - part.first
            if part.parts or kind in _OF_PARTS:
                part.header = (part.parts[0].first if part.parts else self.at) - part.first
        self._field = outer
        return value

    def violation(self, reason: str, at: int) -> None:
        """Note the error of the present field."""
        self._field.problem = self._field.problem or reason

    def skip(self, at: int, what: str) -> None:
        """Note that the present field, or its part that begins there, is of a later edition."""
        parts = self._field.parts
        found = parts[-1] if parts and parts[-1].first == at else self._field
        found.later = what

    def extended(self, what: str) -> None:
        """Note that the present field is beyond its root."""
        self._field.later = what
