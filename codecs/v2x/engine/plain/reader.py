"""The octets being read and the position in them: bits, lengths, padding, and the errors when they break a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from v2x.errors import DecodeError


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part that was left out of a decoded value because the profile does not know it.

    Attributes:
        path: the field that holds it.
        bit: its first bit, counted from the first bit of the message.
        content: its kind, in words.

    """

    path: str
    bit: int
    content: str


class Bits:
    """Octets, and how far and along which path they are read."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self.end = self._size = len(data) * 8  # `end`: of the present open type
        self.path: list[str] = []
        self.skipped: list[Skipped] = []
        self._number = int.from_bytes(data)

    def bits(self, count: int) -> int:
        """Read a number of `count` bits."""
        if self.at + count > self.end:
            self.refuse("out of data")
        self.at += count
        return self._number >> (self._size - self.at) & ((1 << count) - 1)

    def refuse(self, reason: str, at: int | None = None) -> NoReturn:
        """Raise DecodeError for the present field, or for the bit `at`: it cannot be read any further."""
        raise DecodeError(reason, ".".join(self.path), self.at if at is None else at)

    def violation(self, reason: str, at: int) -> None:
        """Refuse an encoding that breaks a rule at bit `at`, though it could be read further."""
        self.refuse(reason, at)

    def skip(self, at: int, what: str) -> None:
        """Note that something that began at bit `at` is left out."""
        self.skipped.append(Skipped(".".join(self.path), at, what))

    def extended(self, what: str) -> None:
        """Hear that the present field has a value beyond those of its root."""

    def length(self) -> int:
        """Read a length determinant (X.691, 11.9.3.6 and 7)."""
        at = self.at
        if not self.bits(1):
            return self.bits(7)
        if self.bits(1):
            self.refuse("fragmented: no message of the set is that long", at)
        length = self.bits(14)
        if length < 128:
            self.violation("not a canonical encoding: short length in two octets", at)
        return length

    def small_number(self) -> int:
        """Read a normally small number (X.691, 11.6)."""
        if not self.bits(1):
            return self.bits(6)
        at = self.at
        length = self.length()
        number = self.bits(8 * length)
        if number < 64 or number.bit_length() <= 8 * (length - 1):
            self.violation("not a canonical encoding: small number in more octets than it needs", at)
        return number

    def padding(self) -> None:
        """Read the padding that is left: less than an octet, all 0."""
        at = self.at
        if self.end - at > 7:
            self.violation("octets behind the end of the message", at)
        elif self.bits(self.end - at):
            self.violation("not a canonical encoding: padding is not zero", at)
        self.at = self.end
