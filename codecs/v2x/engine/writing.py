"""Straight-line Python that encodes: the generator.

Bits are gathered in an integer behind a leading one, so that its length tells how many there are; an element of a list
has one of its own, which keeps the numbers small.
"""

from __future__ import annotations

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
    width,
)
from v2x.engine.source import Source, made
from v2x.wire.fields import WireValue

_KEPT = 4096  # bit strings of a type that are kept as integers


def function(whole: Values, type_: Type, alternative: object = None) -> Callable[[WireValue], bytes]:
    """Return the function that encodes a value of a type; only the named alternative of a CHOICE."""
    writing = _Writing(whole)
    writing.start()
    if isinstance(type_, Choice):
        writing.choice(type_, "v", only=alternative)
    else:
        writing.any(type_, "v")
    writing.flush()
    writing.source.line("n = a.bit_length() - 1")
    writing.source.line("return ((a ^ 1 << n) << -n % 8).to_bytes(n + 7 >> 3)")
    encoder: Callable[[WireValue], bytes] = made(writing.source.text("def encode(v):"), "encode", writing.source.names)
    return encoder


class _Writing:
    """The state of the generator: fields that wait to be written, checks to be done before."""

    def __init__(self, whole: Values) -> None:
        self.source = Source({"Irregular": IrregularError, "number": int.from_bytes})
        self._whole = whole
        self._fields: list[tuple[str, int]] = []
        self._checks: list[str] = []
        self._into = ""  # the integer that gathers
        self._begun = False

    # -- runs of fields

    def start(self) -> None:
        """Begin a new integer, a: nothing in it yet."""
        self._into, self._begun = "a", False

    def field(self, expression: str, bits: int) -> None:
        """Add a number of `bits` bits; the expression binds at least as tightly as +."""
        if bits:
            self._fields.append((expression, bits))

    def check(self, condition: str) -> None:
        """Demand something of the run."""
        self._checks.append(condition)

    def flush(self) -> None:
        """Write out the run; the integer exists afterwards."""
        if self._checks:
            with self.source.block(f"if not ({' and '.join(self._checks)}):"):
                self.source.line("raise Irregular")
        bits = sum(size for _, size in self._fields)
        terms, left = [], bits
        for expression, size in self._fields:
            left -= size
            if expression != "0":
                terms.append(f"{expression} << {left}" if left else expression)
        if not self._begun:
            self.source.line(f"{self._into} = {' | '.join([hex(1 << bits), *terms])}")
        elif bits:
            self.source.line(f"{self._into} = {' | '.join([f'{self._into} << {bits}', *terms])}")
        self._fields, self._checks, self._begun = [], [], True

    def _append(self, number: str, bits: str) -> None:
        """Add a number whose length is known at run time only."""
        self.flush()
        self.source.line(f"{self._into} = {self._into} << {bits} | {number}")

    def _variable(self, expression: str) -> str:
        if expression.isidentifier():
            return expression
        name = self.source.fresh("x")
        self.source.line(f"{name} = {expression}")
        return name

    # -- types

    def any(self, type_: Type, value: str) -> None:
        """Add a value of any type."""
        _TYPES[type(type_)](self, type_, value)

    def integer(self, type_: Integer, value: str) -> None:
        value = self._variable(value)
        self.check(f"{type_.low} <= {value} <= {type_.high}")
        self.field("0", type_.extensible)
        self.field(
            f"{value} - {type_.low}" if type_.low > 0 else f"{value} + {-type_.low}" if type_.low else value, type_.bits
        )

    def boolean(self, type_: Boolean, value: str) -> None:
        value = self._variable(value)
        self.check(f"{value}.__class__ is bool")
        self.field(value, 1)

    def enumerated(self, type_: Enumerated, value: str) -> None:
        codes = self.source.constant({name: code for code, name in enumerate(type_.names)})
        self.field(f"{codes}[{value}]", type_.extensible + width(len(type_.names) - 1))

    def bit_string(self, type_: BitString, value: str) -> None:
        if type_.high != type_.low:
            raise NotImplementedError("bit string of variable size")
        self.field("0", type_.extensible)
        self.field(f"{self.source.constant(_Bits(type_.low))}[{value}]", type_.low)

    def octet_string(self, type_: OctetString, value: str) -> None:
        value = self._variable(value)
        self.check(f"{value}.__class__ is bytes")
        size = self._size(type_, value)
        if type_.high == type_.low:
            self.field(f"number({value})", 8 * type_.low)
        else:
            self._append(f"number({value})", f"8 * {size}")

    def text(self, type_: Text, value: str) -> None:
        value = self._variable(value)
        self.check(f"{value}.__class__ is str")
        size = self._size(type_, value)
        self.source.names["septets"] = _septets
        self._append(f"septets({value})", f"7 * {size}")

    def sequence_of(self, type_: SequenceOf, value: str) -> None:
        value = self._variable(value)
        self.check(f"{value}.__class__ is list")
        self._size(type_, value)
        self.flush()
        item, outer = self.source.fresh("v"), self._into
        with self.source.block(f"for {item} in {value}:"):
            self._into, self._begun = self.source.fresh("a"), False
            self.any(type_.element, item)
            self.flush()
            self.source.line(f"n = {self._into}.bit_length() - 1")
            self.source.line(f"{outer} = {outer} << n | {self._into} ^ 1 << n")
        self._into, self._begun = outer, True

    def sequence(self, type_: Sequence, value: str) -> None:
        value = self._variable(value)
        if len(type_.optional) == len(type_.members):
            self.check(f"{value}.__class__ is dict")  # for all others, a missing member tells
        if may_be_fixed(type_):
            self.field("0", type_.extensible)
            self.flush()
            with self.source.block(f"if len({value}) == {len(type_.members)}:"):
                self.field(str((1 << len(type_.optional)) - 1), len(type_.optional))
                for member in type_.members:
                    self._member(member, value)
                self.flush()
            with self.source.block("else:"):
                self._members(type_, value)
                self.flush()
            return
        extended = ""
        if type_.additions:
            extended = self._variable(" or ".join(f"{member.name!r} in {value}" for member in type_.additions))
        self.field(extended or "0", type_.extensible)
        self._members(type_, value)
        if extended:
            self.flush()
            with self.source.block(f"if {extended}:"):
                self._additions(type_, value)

    def _members(self, type_: Sequence, value: str) -> None:
        present = {member.name: self._variable(f"{member.name!r} in {value}") for member in type_.optional}
        for name in present.values():
            self.field(name, 1)
        for member in type_.members:
            if member.optional:
                self.flush()
                with self.source.block(f"if {present[member.name]}:"):
                    self._member(member, value)
                    self.flush()
            else:
                self._member(member, value)

    def _member(self, member: Member, value: str) -> None:
        if not isinstance(member.type, Open):
            self.any(member.type, f"{value}[{member.name!r}]")
            return
        content = self._variable(f"{value}[{member.name!r}]")
        if member.type.types:
            known = self.source.constant(member.type.types)
            self.source.names["known"] = self._known
            content = f"known({known}[{value}[{member.type.selector!r}]], {content})"
        else:
            self.check(f"{content}.__class__ is bytes")
        self._open(content)

    def _known(self, member: Member, value: WireValue) -> bytes:
        """Return the octets of a value of an open type, (type, value)."""
        name, inner = value
        if name != member.name:
            raise IrregularError
        return self._whole.values(member.type).encode(inner)

    def _additions(self, type_: Sequence, value: str) -> None:
        self.field(str(len(type_.additions) - 1), 7)
        for member in type_.additions:
            self.field(f"({member.name!r} in {value})", 1)
        self.flush()
        for member in type_.additions:
            with self.source.block(f"if {member.name!r} in {value}:"):
                self._open(self._content(member, f"{value}[{member.name!r}]"))

    def _content(self, member: Member, value: str) -> str:
        return f"{self.source.constant(self._whole.values(member.type).encode)}({value})"

    def _open(self, octets: str) -> None:
        octets = self._variable(octets)
        self.flush()
        self._length(f"len({octets})")
        self._append(f"number({octets})", f"8 * len({octets})")

    def _length(self, size: str) -> None:
        """Add a length determinant."""
        size = self._variable(size)
        self.check(f"{size} < 16384")
        self.flush()
        with self.source.block(f"if {size} < 128:"):
            self.source.line(f"{self._into} = {self._into} << 8 | {size}")
        with self.source.block("else:"):
            self.source.line(f"{self._into} = {self._into} << 16 | {size} | 32768")

    def choice(self, type_: Choice, value: str, only: object = None) -> None:
        value = self._variable(value)
        name, inner = self.source.fresh("k"), self.source.fresh("x")
        self.source.line(f"{name}, {inner} = {value}")
        self.check(f"{value}.__class__ is tuple")
        members = [m for m in type_.members if only in (None, m.name)]
        additions = [m for m in type_.additions if only in (None, m.name)]
        self.flush()
        keyword = "if"
        for member in members:
            with self.source.block(f"{keyword} {name} == {member.name!r}:"):
                self.field(str(type_.members.index(member)), type_.extensible + type_.bits)
                self.any(member.type, inner)
                self.flush()
            keyword = "elif"
        for member in additions:
            with self.source.block(f"{keyword} {name} == {member.name!r}:"):
                self.field(str(0x80 | type_.additions.index(member)), 8)
                self._open(self._content(member, inner))
            keyword = "elif"
        with self.source.block("else:" if members or additions else "if True:"):
            self.source.line("raise Irregular")

    def _size(self, type_: Any, value: str) -> str:
        """Add the number of elements; return the variable that holds it."""
        size = self._variable(f"len({value})")
        if type_.high is None:
            self.flush()
            self._length(size)
            return size
        self.check(f"{type_.low} <= {size} <= {type_.high}" if type_.high > type_.low else f"{size} == {type_.low}")
        self.field("0", type_.extensible)
        self.field(f"{size} - {type_.low}", type_.bits)
        return size


class _Bits(dict[tuple[bytes, int], int]):
    """Bit strings of one size as numbers; computed once as long as they are few."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, value: tuple[bytes, int]) -> int:
        octets, size = value
        if size != self._size or len(octets) != (size + 7) // 8 or octets.__class__ is not bytes:
            raise IrregularError
        number = int.from_bytes(octets) >> -size % 8
        if len(self) < _KEPT:
            self[value] = number
        return number


def _septets(text: str) -> int:
    """Return ASCII text as a number, 7 bits a character."""
    number = 0
    for octet in text.encode("ascii"):
        number = number << 7 | octet
    return number


_TYPES: dict[type, Callable[[_Writing, Any, str], None]] = {
    Integer: _Writing.integer,
    Boolean: _Writing.boolean,
    Enumerated: _Writing.enumerated,
    BitString: _Writing.bit_string,
    OctetString: _Writing.octet_string,
    Text: _Writing.text,
    SequenceOf: _Writing.sequence_of,
    Sequence: _Writing.sequence,
    Choice: _Writing.choice,
}
