"""Leaf fields: one value on the wire <-> one value of a record. The instances stand in `units.py`.

`from_wire` gives None for every "unavailable" code; `to_wire` turns None back into that code, and raises EncodeError
where the field has none.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from math import isfinite, nan
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from v2x.errors import EncodeError

# int | str | bytes | (bytes, number of bits) | (alternative, value) | list | dict, as asn1tools takes and gives them;
# which one it is, only the schema knows.
WireValue: TypeAlias = Any

T = TypeVar("T")
F = TypeVar("F", bound=Hashable)


class Field(Protocol[T]):
    """The functions of a leaf that the record engine calls."""

    def to_wire(self, value: T | None) -> WireValue:
        """Return the value as it travels."""

    def from_wire(self, wire: WireValue) -> T | None:
        """Return the value that a record holds."""

    def holds(self, value: T | None) -> bool:
        """Return whether a value travels as it is, neither clamped nor cut nor dropped."""


class Scale:
    """A quantity as a whole number of steps: physical value = count * step.

    Counts in low..high are measurements, all others mean unavailable. One measurement out of range never costs the
    message: values beyond are clamped (a circular scale wraps at high + 1); NaN and infinity are no measurement, they
    are sent as unavailable. Where the standard has no code for that, `blank` is sent.
    """

    def __init__(
        self,
        step: str,
        low: int,
        high: int,
        unavailable: int | None = None,
        *,
        circular: bool = False,
        blank: int | None = None,
    ) -> None:
        # the step as a ratio of integers: a single rounding, so that a decoded value encodes to the same count
        self.numerator, self.denominator = Fraction(step).as_integer_ratio()
        self.low = low
        self.high = high
        self.unavailable = unavailable
        self.circular = circular
        self.blank = unavailable if blank is None else blank

    def to_wire(self, value: float | None) -> int:
        """Return the nearest count."""
        steps = nan if value is None else value * self.denominator / self.numerator
        if not isfinite(steps):
            if self.blank is None:
                raise EncodeError("no value, and the field has no code for unavailable")
            return self.blank
        count = round(steps)
        if self.circular:
            return count % (self.high + 1)
        return min(max(count, self.low), self.high)

    def from_wire(self, wire: int) -> float | None:
        """Return the physical value."""
        if not self.low <= wire <= self.high:
            return None
        return wire * self.numerator / self.denominator

    def holds(self, value: float | None) -> bool:
        """Return whether a value travels as it is, to half a step."""
        if value is None:
            return self.unavailable is not None
        steps = value * self.denominator / self.numerator
        return isfinite(steps) and (self.circular or self.low <= round(steps) <= self.high)


class Count(Scale):
    """A whole number in its own unit (a millisecond, a minute, an index)."""

    def __init__(self, low: int, high: int, unavailable: int | None = None) -> None:
        super().__init__("1", low, high, unavailable)

    def from_wire(self, wire: int) -> int | None:
        """Return the number."""
        return wire if self.low <= wire <= self.high else None


class Flags(Generic[F]):
    """Named bits, first name = bit 0 = most significant; a record holds the names of those set, in bit order.

    Bits without a name are sent as 0 and ignored on receipt, as are bits of later editions behind the first `size`.
    """

    def __init__(self, names: tuple[F, ...], size: int) -> None:
        self.size = size
        self.masks = {name: 1 << (size - 1 - bit) for bit, name in enumerate(names)}
        self._pad = -size % 8

    def to_wire(self, value: tuple[F, ...] | None) -> tuple[bytes, int]:
        """Return (octets, number of bits)."""
        bits = 0
        for name in value or ():
            if name not in self.masks:
                raise EncodeError(f"unknown flag {name!r}")
            bits |= self.masks[name]
        return (bits << self._pad).to_bytes((self.size + 7) // 8), self.size

    def from_wire(self, wire: tuple[bytes, int]) -> tuple[F, ...]:
        """Return the names of the bits that are set."""
        octets, _ = wire
        bits = int.from_bytes(octets) << self.size >> 8 * len(octets)  # as many bits as have their place here
        return tuple(name for name, mask in self.masks.items() if bits & mask)

    def holds(self, value: tuple[F, ...] | None) -> bool:
        """Return whether the names are known: others are refused."""
        return all(name in self.masks for name in value or ())


class Priority:
    """RSIPriority: one octet, level 0..7 (7 highest) in its upper three bits."""

    def to_wire(self, value: int | None) -> bytes:
        """Return the octet; levels beyond are clamped."""
        if value is None:
            raise EncodeError("no value, and the field has no code for unavailable")
        return bytes([min(max(value, 0), 7) << 5])

    def holds(self, value: int | None) -> bool:
        """Return whether a value travels as it is."""
        return value is not None and 0 <= value <= 7

    def from_wire(self, wire: bytes) -> int:
        """Return the level."""
        return wire[0] >> 5


class DescriptionText:
    """Description: text, sent as GB 2312 octets, the form that T/CSAE 159-2020 demands; textString is only understood.

    Characters outside GB 2312 are sent as "?", octets outside it are read as U+FFFD; text beyond 512 octets
    is cut off. A single ASCII character goes as textString, because the GB 2312 form takes 2 octets at least.
    """

    _MOST = 512

    def to_wire(self, value: str | None) -> tuple[str, str | bytes]:
        """Return (alternative, text)."""
        if not value:
            raise EncodeError("empty text")
        octets = value.encode("gb2312", errors="replace")
        if len(octets) > self._MOST:
            octets = octets[: self._MOST].decode("gb2312", errors="ignore").encode("gb2312")  # only whole characters
        return ("textGB2312", octets) if len(octets) > 1 else ("textString", octets.decode("ascii"))

    def from_wire(self, wire: tuple[str, str | bytes]) -> str:
        """Return the text."""
        text = wire[1]
        return text if isinstance(text, str) else text.decode("gb2312", errors="replace")

    def holds(self, value: str | None) -> bool:
        """Return whether a text travels as it is."""
        return bool(value) and self.from_wire(self.to_wire(value)) == value


class Renamed:
    """An enumerator that an edition calls by another name: name in the record -> name on the wire.

    A name that the edition has no word for is sent as `otherwise`.
    """

    def __init__(self, names: Mapping[str, str], otherwise: str) -> None:
        self.names = tuple(names)
        self._wire = names
        self._record = {wire: name for name, wire in names.items()}
        self._otherwise = otherwise

    def to_wire(self, value: str | None) -> str:
        """Return the name on the wire."""
        return self._wire.get(value or "", self._otherwise)

    def from_wire(self, wire: str | None) -> str:
        """Return the name in the record."""
        return self._record[self._otherwise if wire is None else wire]

    def holds(self, value: str | None) -> bool:
        """Return whether the edition has a word for a name."""
        return value in self._wire
