"""Straight-line Python that decodes: the generator.

A window of 64 octets is held as one integer: `w`, of which the lowest `r` bits are not read yet and end at bit `q` of
the message. Fields that follow each other without a condition are a run: the run is taken out of the window at once and
the fields out of the run. The data is padded, so that a window is always there; whether it was read beyond its end is
asked once, when all is done. Every list has a least size of few elements, so padding does not decode to long lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from v2x.engine.coding import IrregularError, Values
from v2x.engine.ir import (
    BitString,
    Boolean,
    Choice,
    Enumerated,
    Integer,
    Member,
    OctetString,
    Open,
    Sequence,
    SequenceOf,
    Text,
    Type,
    may_be_fixed,
    most_bits,
    width,
)
from v2x.engine.source import Source, made
from v2x.wire.fields import WireValue

_FEW = 64  # elements of a list that may be read without a look at the end of the octets
_WINDOW = 64  # octets that are read as one integer
_MOST = 8 * _WINDOW - 7  # bits that a window holds at any alignment
_KEPT = 4096  # bit strings of a type that are kept as octets


def function(whole: Values, type_: Type, alternative: object = None) -> Callable[[bytes], WireValue]:
    """Return the function that decodes a whole encoding of a type; only one alternative of a CHOICE, by index."""
    reading = _Reading(whole)
    source = reading.source
    source.line(f"d = data + bytes({_WINDOW})")
    source.line("q = r = w = 0")
    result = reading.choice(type_, only=alternative) if isinstance(type_, Choice) else reading.any(type_)
    reading.flush()
    source.line("n = 8 * len(data) - q + r")
    with source.block("if not 0 <= n < 8 or data[-1] & (1 << n) - 1:"):
        source.line("raise Irregular")
    source.line(f"return {result}")
    text = reading.resolved(source.text("def decode(data):"))
    decoder: Callable[[bytes], WireValue] = made(text, "decode", source.names)
    return decoder


class _Reading:
    """The state of the generator: the run, and what is known of the window."""

    def __init__(self, whole: Values) -> None:
        self.source = Source({"Irregular": IrregularError, "number": int.from_bytes})
        self._whole = whole
        self._run: list[tuple[str, int]] = []  # marks of the fields, and their sizes
        self._bits = 0  # in the run
        self._zero: list[int] = []  # places in the run that must be 0
        self._limits: list[tuple[str, int]] = []  # fields that must not be more than a number
        self._found: dict[str, str] = {}  # expression by mark
        self._held = 0  # bits that the window has at least
        self._wanted = 0  # bits that it should have after the next reading

    def resolved(self, text: str) -> str:
        """Put expressions in the place of marks."""
        return re.sub(r"\$\d+\$", lambda mark: self._found[mark[0]], text)

    # -- runs of fields

    def field(self, bits: int, most: int | None = None) -> str:
        """Read a number of `bits` bits, not more than `most`; return a mark that stands for its expression."""
        if not bits:
            return "0"
        if self._bits + bits > _MOST:
            self.flush()
        mark = f"${len(self._found)}$"
        self._found[mark] = ""
        self._run.append((mark, bits))
        self._bits += bits
        if most is not None and most < (1 << bits) - 1:
            self._limits.append((mark, most))
        return mark

    def marker(self, extensible: bool) -> None:
        """Read an extension bit that must be 0."""
        if extensible:
            self._zero.append(self._bits)
            self.field(1)

    def variable(self, mark: str) -> str:
        """Write out the run up to here and hold its last field in a variable."""
        self.flush()
        if (found := self._found.get(mark, mark)).isidentifier():
            return found
        name = self.source.fresh("x")
        self.source.line(f"{name} = {mark}")
        return name

    def flush(self) -> None:
        """Take the run out of the window."""
        if not self._run:
            return
        bits = self._bits
        self._need(bits)
        self.source.line(f"r -= {bits}")
        run = self.source.fresh("x")
        self.source.line(f"{run} = w >> r & {hex((1 << bits) - 1)}")
        conditions = []
        if self._zero:
            mask = sum(1 << bits - 1 - place for place in self._zero)
            conditions.append(f"{run} & {mask:#x}" if bits > 1 else run)
        left, limits = bits, dict(self._limits)
        for mark, size in self._run:
            left -= size
            expression = f"{run} >> {left}" if left else run
            if left + size < bits:
                expression = f"{expression} & {hex((1 << size) - 1)}"
            if expression != run:
                expression = f"({expression})"
            if mark in limits:
                if expression != run:
                    name = self.source.fresh("x")
                    self.source.line(f"{name} = {expression}")
                    expression = name
                conditions.append(f"{expression} > {limits[mark]}")
            self._found[mark] = expression
        if conditions:
            with self.source.block(f"if {' or '.join(conditions)}:"):
                self.source.line("raise Irregular")
        self._held -= bits
        self._run, self._bits, self._zero, self._limits = [], 0, [], []

    def _need(self, bits: int) -> None:
        """See to it that the window holds so many bits, or as many as are wanted."""
        if self._held >= bits:
            return
        self._held = max(bits, min(self._wanted, _MOST))
        with self.source.block(f"if r < {self._held}:"):
            self.source.line("p = q - r")
            self.source.line(f"w = number(d[p >> 3:(p >> 3) + {_WINDOW}])")
            self.source.line(f"r = {8 * _WINDOW} - (p & 7)")
            self.source.line("q = p + r")

    # -- types: each returns the expression of the value, to be evaluated after the next flush

    def any(self, type_: Type) -> str:
        """Read a value of any type."""
        most = most_bits(type_)
        if self._held - self._bits < most <= _MOST - self._bits:
            self._wanted = max(self._wanted if self._run else 0, self._bits + int(most))
        return _TYPES[type(type_)](self, type_)

    def integer(self, type_: Integer) -> str:
        self.marker(type_.extensible)
        mark = self.field(type_.bits, type_.high - type_.low)
        return f"{mark} - {-type_.low}" if type_.low < 0 else f"{mark} + {type_.low}" if type_.low else mark

    def boolean(self, type_: Boolean) -> str:
        return f"{self.field(1)} == 1"

    def enumerated(self, type_: Enumerated) -> str:
        self.marker(type_.extensible)
        most = len(type_.names) - 1
        return f"{self.source.constant(type_.names)}[{self.field(width(most), most)}]"

    def bit_string(self, type_: BitString) -> str:
        if type_.high != type_.low:
            raise NotImplementedError("bit string of variable size")
        self.marker(type_.extensible)
        return f"{self.source.constant(_Bits(type_.low))}[{self.field(type_.low)}]"

    def octet_string(self, type_: OctetString) -> str:
        if type_.high == type_.low and type_.low <= 8:
            self.marker(type_.extensible)
            return f"{self.field(8 * type_.low)}.to_bytes({type_.low})"
        self.source.names["octets"] = _octets
        return self._long(type_, "octets", 8)

    def text(self, type_: Text) -> str:
        self.source.names["text"] = _text
        return self._long(type_, "text", 7)

    def _long(self, type_: OctetString | Text, reader: str, bits: int) -> str:
        """Read a string of a length that is known at run time only."""
        size = self._size(type_)
        name = self.source.fresh("x")
        self.source.line(f"{name} = {reader}(d, q - r, {size})")
        self.source.line(f"r -= {bits} * {size}")
        self._held = 0
        return name

    def _size(self, type_: Any) -> str:
        """Read the number of elements; return the variable that holds it."""
        if type_.high is None:
            self.flush()
            self.source.names["length"] = _length
            name = self.source.fresh("n")
            self.source.line(f"{name}, r = length(d, q, r)")
            self._held = 0
            return name
        self.marker(type_.extensible)
        mark = self.field(type_.bits, type_.high - type_.low)
        self.flush()
        name = self.source.fresh("n")
        self.source.line(f"{name} = {mark} + {type_.low}")
        return name

    def sequence_of(self, type_: SequenceOf) -> str:
        size = self._size(type_)
        name = self.source.fresh("l")
        self.source.line(f"{name} = []")
        self._held = self._wanted = 0
        with self.source.block(f"for _ in range({size}):"):
            if type_.high is None or type_.high > _FEW:
                self.source.line("if r < 0: raise Irregular")
            value = self.any(type_.element)
            self.flush()
            self.source.line(f"{name}.append({value})")
        self._held = 0
        return name

    def sequence(self, type_: Sequence) -> str:
        extended = ""
        if type_.additions:
            extended = self.field(1)
        else:
            self.marker(type_.extensible)
        if may_be_fixed(type_):
            return self._fixed(type_)
        present = {member.name: self.field(1) for member in type_.optional}
        name = self._members(type_, present, bool(extended))
        if extended:
            with self.source.block(f"if {extended}:"):
                self._additions(type_, name)
            self._held = 0
        return name

    def _fixed(self, type_: Sequence) -> str:
        """Read a sequence of fixed members: at once when all of them are there."""
        count = len(type_.optional)
        preamble, name = self.variable(self.field(count)), self.source.fresh("v")
        held = self._held
        with self.source.block(f"if {preamble} == {(1 << count) - 1}:"):
            items = [f"{member.name!r}: {self.any(member.type)}" for member in type_.members]
            self.flush()
            self.source.line(f"{name} = {{{', '.join(items)}}}")
        after, self._held = self._held, held
        with self.source.block("else:"):
            bits = enumerate(reversed(type_.optional))
            present = {member.name: f"{preamble} & {1 << place}" for place, member in bits}
            self.source.line(f"{name} = {self._members(type_, present, True)}")
        self._held = min(after, self._held)
        return name

    def _members(self, type_: Sequence, present: dict[str, str], named: bool) -> str:
        """Read the members; return a variable when it must be `named`, or else what gives the dict."""
        name = ""
        items: list[str] = []
        for member in type_.members:
            if not member.optional:
                items.append(f"{member.name!r}: {self._member(member, name, items)}")
                continue
            name = self._display(name, items)
            items = []
            held = self._held
            with self.source.block(f"if {present[member.name]}:"):
                value = self._member(member, name, items)
                self.flush()
                self.source.line(f"{name}[{member.name!r}] = {value}")
            self._held = min(held, self._held)
        if name or named:
            return self._display(name, items)
        return f"{{{', '.join(items)}}}"

    def _display(self, name: str, items: list[str]) -> str:
        """Write out the members so far, into a new dict or into the one that is there; return its name."""
        self.flush()
        if not name:
            name = self.source.fresh("v")
            self.source.line(f"{name} = {{{', '.join(items)}}}")
            return name
        for item in items:
            key, _, value = item.partition(": ")
            self.source.line(f"{name}[{key}] = {value}")
        return name

    def _member(self, member: Member, name: str, items: list[str]) -> str:
        if not isinstance(member.type, Open):
            return self.any(member.type)
        if not member.type.types:
            return self._open()
        selector = next(item.partition(": ")[2] for item in items if item.startswith(f"{member.type.selector!r}: "))
        self.flush()
        self.source.names["known"] = self._known
        value = self.source.fresh("x")
        self.source.line(f"{value} = known({self.source.constant(member.type.types)}[{selector}], {self._open()})")
        return value

    def _known(self, member: Member, octets: bytes) -> tuple[str, WireValue]:
        return member.name, self._whole.values(member.type).decode(octets)

    def _open(self) -> str:
        """Read the octets of an open type; return the variable that holds them."""
        name = self.source.fresh("o")
        self.flush()
        self.source.names |= {"length": _length, "octets": _octets}
        self.source.line("n, r = length(d, q, r)")
        self.source.line(f"{name} = octets(d, q - r, n)")
        self.source.line("r -= 8 * n")
        self._held = 0
        return name

    def _content(self, member: Member) -> str:
        return f"{self.source.constant(self._whole.values(member.type).decode)}({self._open()})"

    def _additions(self, type_: Sequence, name: str) -> None:
        count = len(type_.additions)
        announced = self.variable(self.field(7 + count))
        with self.source.block(f"if {announced} >> {count} != {count - 1} or not {announced} & {(1 << count) - 1}:"):
            self.source.line("raise Irregular")
        for index, member in enumerate(type_.additions):
            with self.source.block(f"if {announced} & {1 << count - 1 - index}:"):
                self._held = 0
                self.source.line(f"{name}[{member.name!r}] = {self._content(member)}")

    def choice(self, type_: Choice, only: object = None) -> str:
        if type_.additions:
            return self._extended_choice(type_, only)
        self.marker(type_.extensible)
        index = self.variable(self.field(type_.bits))
        return self._alternatives(type_, index, only)

    def _alternatives(self, type_: Choice, index: str, only: object) -> str:
        result, keyword = self.source.fresh("c"), "if"
        held = after = self._held
        for place, member in enumerate(type_.members):
            if only in (None, place):
                self._held = held
                with self.source.block(f"{keyword} {index} == {place}:"):
                    value = self.any(member.type)
                    self.flush()
                    self.source.line(f"{result} = {member.name!r}, {value}")
                keyword, after = "elif", min(after, self._held)
        with self.source.block("else:" if keyword == "elif" else "if True:"):
            self.source.line("raise Irregular")
        self._held = after
        return result

    def _extended_choice(self, type_: Choice, only: object) -> str:
        extended = self.variable(self.field(1))
        result = self.source.fresh("c")
        with self.source.block(f"if {extended}:"):
            index = self.variable(self.field(7))
            for place, member in enumerate(type_.additions):
                with self.source.block(f"if {index} == {place}:"):
                    self.source.line(f"{result} = {member.name!r}, {self._content(member)}")
            with self.source.block(f"if {index} >= {len(type_.additions)}:"):
                self.source.line("raise Irregular")
        with self.source.block("else:"):
            self._held = 0
            index = self.variable(self.field(type_.bits))
            self.source.line(f"{result} = {self._alternatives(type_, index, only)}")
        self._held = 0
        return result


class _Bits(dict[int, tuple[bytes, int]]):
    """Numbers as bit strings of one size; computed once as long as they are few."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, number: int) -> tuple[bytes, int]:
        value = (number << -self._size % 8).to_bytes((self._size + 7) // 8), self._size
        if len(self) < _KEPT:
            self[number] = value
        return value


def _number(data: bytes, at: int, bits: int) -> int:
    """Return the number of `bits` bits from bit `at` on."""
    end = at + bits
    return int.from_bytes(data[at >> 3 : end + 7 >> 3]) >> -end % 8 & (1 << bits) - 1


def _octets(data: bytes, at: int, count: int) -> bytes:
    return _number(data, at, 8 * count).to_bytes(count)


def _text(data: bytes, at: int, count: int) -> str:
    number = _number(data, at, 7 * count)
    return bytes([number >> shift & 127 for shift in range(7 * count - 7, -7, -7)]).decode("ascii")


def _length(data: bytes, end: int, left: int) -> tuple[int, int]:
    """Read a length determinant; return it and what is left of the window behind it."""
    length = _number(data, end - left, 8)
    if length < 128:
        return length, left - 8
    length = _number(data, end - left, 16) - 0x8000
    if not 128 <= length < 0x4000:
        raise IrregularError
    return length, left - 16


_TYPES: dict[type, Callable[[_Reading, Any], str]] = {
    Integer: _Reading.integer,
    Boolean: _Reading.boolean,
    Enumerated: _Reading.enumerated,
    BitString: _Reading.bit_string,
    OctetString: _Reading.octet_string,
    Text: _Reading.text,
    SequenceOf: _Reading.sequence_of,
    Sequence: _Reading.sequence,
    Choice: _Reading.choice,
}
