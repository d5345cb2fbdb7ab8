"""What the generated Python calls: what is not worth being written out in each place."""

from __future__ import annotations

from v2x.engine.coding import IrregularError

KEPT = 4096  # bit strings of a type that are computed once


class BitStrings(dict[int, tuple[bytes, int]]):
    """Numbers as bit strings of one size; computed once as long as they are few."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, number: int) -> tuple[bytes, int]:
        value = (number << -self._size % 8).to_bytes((self._size + 7) // 8), self._size
        if len(self) < KEPT:
            self[number] = value
        return value


def number(data: bytes, at: int, bits: int) -> int:
    """Return the number of `bits` bits from bit `at` on."""
    end = at + bits
    return int.from_bytes(data[at >> 3 : end + 7 >> 3]) >> -end % 8 & (1 << bits) - 1


def octets(data: bytes, at: int, count: int) -> bytes:
    """Return so many octets from bit `at` on."""
    first = at >> 3
    shifted = int.from_bytes(data[first : first + count + 1]) >> 8 - (at & 7)
    return shifted.to_bytes(count + 1)[1:]


def text(data: bytes, at: int, count: int) -> str:
    """Return so many characters from bit `at` on."""
    septets = number(data, at, 7 * count)
    return bytes([septets >> shift & 127 for shift in range(7 * count - 7, -7, -7)]).decode("ascii")


def length(data: bytes, end: int, left: int) -> tuple[int, int]:
    """Read a length determinant; return it and what is left of the window behind it."""
    found = number(data, end - left, 8)
    if found < 128:
        return found, left - 8
    found = number(data, end - left, 16) - 0x8000
    if not 128 <= found < 0x4000:
        raise IrregularError
    return found, left - 16


class Numbers(dict[tuple[bytes, int], int]):
    """Bit strings of one size as numbers; computed once as long as they are few."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, value: tuple[bytes, int]) -> int:
        octets, size = value
        if size != self._size or len(octets) != (size + 7) // 8 or octets.__class__ is not bytes:
            raise IrregularError
        number = int.from_bytes(octets) >> -size % 8
        if len(self) < KEPT:
            self[value] = number
        return number


def septets(text: str) -> int:
    """Return ASCII text as a number, 7 bits a character."""
    number = 0
    for octet in text.encode("ascii"):
        number = number << 7 | octet
    return number
