"""A message for people: every field with its bits, its physical value, and its oddities.

Odd is not wrong: `unavailable` is said so that it is not taken for a number; `implausible` and `problem` are for the
sender to look into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from v2x.errors import CodecError
from v2x.profiles import PROFILES, Profile
from v2x.quantities import CODES, QUANTITIES
from v2x.schema import decode_value
from v2x.walk import WalkedField, walk

Kind: TypeAlias = Literal["unavailable", "reserved", "implausible", "oversized", "later", "problem"]


# bits of each number in the alternatives that hold offsets
_OFFSETS = {"PositionOffsetLL": (12, 14, 16, 18, 22, 24), "VerticalOffset": (7, 8, 9, 10, 11, 12)}


class Oddity(NamedTuple):
    """Something worth a second look.

    `later`: of an edition that the profile does not know, skipped; `problem`: no sender should send it.
    """

    kind: Kind
    text: str


class Line(NamedTuple):
    """One field in the order of the bits.

    Attributes:
        path: the names that lead to it, with dots.
        depth: how many fields it is inside of.
        field: its place, and its value in wire units.
        value: its value for people; "" for a field of parts.
        unit: of a number that has one, else "".
        odd: oddities of this field itself.

    """

    path: str
    depth: int
    field: WalkedField
    value: str
    unit: str
    odd: tuple[Oddity, ...]


class Explanation(NamedTuple):
    """A message taken apart.

    Attributes:
        profile: by which it was read.
        type: the alternative of the frame, as in `bsmFrame`; "" when not even that could be read.
        lines: every field, down to where the walk ended.
        whole: every field could be read; else `lines` end where that failed.
        error: why the codec does not accept the octets; None when it does.
        rest: bits behind the last field.
        odd: oddities of the message as a whole.
        fits: other profiles that accept the octets as well, or instead.

    """

    profile: Profile
    type: str
    lines: tuple[Line, ...]
    whole: bool
    error: CodecError | None
    rest: int
    odd: tuple[Oddity, ...]
    fits: tuple[Profile, ...]


def explain(data: bytes, profile: Profile | None = None) -> Explanation:
    """Return all there is to say about a MessageFrame; without a profile, by the one that fits best.

    Raises nothing, for any octets.
    """
    readings = [_read(data, each) for each in PROFILES]
    chosen = min(readings, key=_doubts) if profile is None else next(r for r in readings if r.profile == profile)
    fits = tuple(each.profile for each in readings if each.error is None and each is not chosen)
    return chosen._replace(odd=tuple(_whole(data, chosen, fits)), fits=fits)


def _read(data: bytes, profile: Profile) -> Explanation:
    found = walk(data, profile)
    kind = found.root.parts[0].name if found.root.parts else ""
    error = found.error or _refusal(data, profile)
    lines = tuple(_lines(found.root, "", 0))
    return Explanation(profile, kind, lines, found.error is None, error, found.rest, (), ())


def _refusal(data: bytes, profile: Profile) -> CodecError | None:
    """Return why the codec does not accept the octets."""
    try:
        decode_value(data, profile)
    except CodecError as error:
        return error
    return None


def _doubts(reading: Explanation) -> tuple[bool, bool, int]:
    """Return the arguments against a profile: refused; not read to the end; then impossible values."""
    strange = sum(odd.kind in ("implausible", "problem") for line in reading.lines for odd in line.odd)
    return reading.error is not None, not reading.whole, strange


def _whole(data: bytes, reading: Explanation, fits: Sequence[Profile]) -> Iterator[Oddity]:
    """Yield the oddities of the message as a whole."""
    if reading.rest >= 8:
        yield Oddity("problem", f"octets behind the end of the message: {data[-(reading.rest // 8) :].hex()}")
    elif int.from_bytes(data) & ((1 << reading.rest) - 1):
        yield Oddity("problem", f"the {reading.rest} bits of padding are not all 0")
    if reading.error is not None and fits:
        yield Oddity("problem", f"not {reading.profile}: {' or '.join(fits)} fits")


def _lines(found: WalkedField, parent: str, depth: int) -> Iterator[Line]:
    path = f"{parent}.{found.name}" if parent else found.name
    value, unit, odd = _meaning(found)
    if found.later:
        odd = (Oddity("later", found.later), *odd)
    if found.problem:
        odd = (Oddity("problem", found.problem), *odd)
    yield Line(path, depth, found, value, unit, odd)
    for part in found.parts:
        yield from _lines(part, path, depth + 1)


def _meaning(found: WalkedField) -> tuple[str, str, tuple[Oddity, ...]]:
    """Return the value for people, its unit, and its oddities."""
    match found.kind, found.value:
        case "INTEGER", int(count):
            return _number(found.type, count)
        case "BIT STRING", (bytes(octets), int(bits)):
            return _flags(found, int.from_bytes(octets) >> -bits % 8, bits)
        case "OCTET STRING", bytes(octets):
            return _octets(found, octets)
        case "CHOICE", _ if found.parts:
            return found.parts[0].name, "", tuple(_oversized(found))
        case "SEQUENCE OF", _:
            return f"{len(found.parts)} of them", "", ()
        case _, str(name) if found.kind == "ENUMERATED":
            return name, "", tuple(_named(name))
        case _, bytes(octets):
            return octets.hex(), "", ()
        case _, None:
            return "", "", ()
    return str(found.value), "", ()


def _oversized(choice: WalkedField) -> Iterator[Oddity]:
    """Yield that a smaller alternative would have held an offset."""
    sizes = _OFFSETS.get(choice.type, ())
    counts = [part for part in (choice.parts[0].parts or choice.parts) if isinstance(part.value, int)]
    if not counts or counts[0].bits not in sizes:
        return
    # two's complement: -n fits where n - 1 does
    wanted = max((part.value if part.value >= 0 else ~part.value).bit_length() + 1 for part in counts)
    least = next(size for size in sizes if size >= wanted)
    if least < counts[0].bits:
        yield Oddity("oversized", f"{counts[0].bits} bits each, {least} would do")


def _number(kind: str, count: int) -> tuple[str, str, tuple[Oddity, ...]]:
    quantity = QUANTITIES.get(kind)
    if quantity is None:
        return f"{count} {CODES.get(kind, {}).get(count, '')}".rstrip(), "", ()
    value = quantity.scale.from_wire(count)
    if value is None:
        known = count == quantity.scale.unavailable
        odd = Oddity("unavailable", "unavailable") if known else Oddity("reserved", "stands for no value")
        return str(count), "", (odd,)
    low, high = quantity.low, quantity.high
    if (low is None or low <= value) and (high is None or value <= high):
        return f"{value:.10g}", quantity.unit, ()
    return f"{value:.10g}", quantity.unit, (Oddity("implausible", f"expected {low:g}..{high:g} {quantity.unit}"),)


def _flags(found: WalkedField, bits: int, count: int) -> tuple[str, str, tuple[Oddity, ...]]:
    names = {bit: name for name, bit in found.named}
    up = [bit for bit in range(count) if bits >> count - 1 - bit & 1]
    odd = [Oddity("reserved", f"bit {bit} has no name") for bit in up if bit not in names]
    odd += [oddity for bit in up if bit in names for oddity in _named(names[bit])]
    return ", ".join(names.get(bit, f"bit {bit}") for bit in up) or "none", "", tuple(odd)


def _named(name: str) -> Iterator[Oddity]:
    if name == "unavailable":
        yield Oddity("unavailable", "unavailable")
    elif name.lower().startswith("reserved"):
        yield Oddity("reserved", "reserved")


def _octets(found: WalkedField, octets: bytes) -> tuple[str, str, tuple[Oddity, ...]]:
    if found.name == "textGB2312":
        return octets.decode("gb2312", errors="replace"), "", ()
    if found.type == "RSIPriority" and octets:
        odd = (Oddity("reserved", "the lower five bits are not 0"),) if octets[0] & 31 else ()
        return f"{octets[0] >> 5} of 7", "", odd
    return octets.hex(), "", ()
