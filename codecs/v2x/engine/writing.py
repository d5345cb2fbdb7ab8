"""Straight-line Python that encodes: the generator.

Bits are gathered in an integer behind a leading one, so that its length tells how many there are; an element of a list
has one of its own, which keeps the numbers small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from v2x.engine import ir, runtime
from v2x.engine.coding import IrregularError, Values
from v2x.engine.source import Source, made
from v2x.wire.fields import WireValue
from v2x.wire.layout import Converter


class Writing:
    """The state of the generator: fields that wait to be written, checks to be done before.

    Values are in wire units; a subclass may take something else.
    """

    head = "def encode(v):"

    def __init__(self, whole: Values) -> None:
        self.source = Source({"Irregular": IrregularError, "number": int.from_bytes})
        self.whole = whole
        self.into = "a"  # the integer that gathers
        self._fields: list[tuple[str, int]] = []
        self._checks: list[str] = []
        self._begun = False

    def function(self, type_: ir.Type, how: Converter | None, alternative: str | None = None) -> Callable[[Any], bytes]:
        """Return the function that encodes a value of a type; only the named alternative of a CHOICE."""
        if isinstance(type_, ir.Choice):
            self.choice(type_, "v", how, alternative)
        else:
            self.any(type_, "v", how)
        self.flush()
        self.source.line("n = a.bit_length() - 1")
        self.source.line("return ((a ^ 1 << n) << -n % 8).to_bytes(n + 7 >> 3)")
        encoder: Callable[[Any], bytes] = made(self.source.text(self.head), "encode", self.source.names)
        return encoder

    # -- what a value is

    def part(self, how: Converter | None, member: ir.Member) -> Converter | None:
        """Return what a member of a sequence or choice is."""
        return None

    def element(self, how: Converter | None) -> Converter | None:
        """Return what the elements of a list are."""
        return None

    # -- runs of fields

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
            self.source.line(f"{self.into} = {' | '.join([hex(1 << bits), *terms])}")
        elif bits:
            self.source.line(f"{self.into} = {' | '.join([f'{self.into} << {bits}', *terms])}")
        self._fields, self._checks, self._begun = [], [], True

    def append(self, number: str, bits: str) -> None:
        """Add a number whose length is known at run time only."""
        self.flush()
        self.source.line(f"{self.into} = {self.into} << {bits} | {number}")

    def variable(self, expression: str) -> str:
        """Hold a value in a variable."""
        if expression.isidentifier():
            return expression
        name = self.source.fresh("x")
        self.source.line(f"{name} = {expression}")
        return name

    # -- types

    def any(self, type_: ir.Type, value: str, how: Converter | None) -> None:
        """Add a value of any type."""
        _TYPES[type(type_)](self, type_, value, how)

    def _integer(self, type_: ir.Integer, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        self.check(f"{type_.low} <= {value} <= {type_.high}")
        self.field("0", type_.extensible)
        self.field(
            f"{value} - {type_.low}" if type_.low > 0 else f"{value} + {-type_.low}" if type_.low else value, type_.bits
        )

    def _boolean(self, type_: ir.Boolean, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        self.check(f"{value}.__class__ is bool")
        self.field(value, 1)

    def _enumerated(self, type_: ir.Enumerated, value: str, how: Converter | None) -> None:
        codes = self.source.constant({name: code for code, name in enumerate(type_.names)})
        self.field(f"{codes}[{value}]", type_.extensible + ir.width(len(type_.names) - 1))

    def _bit_string(self, type_: ir.BitString, value: str, how: Converter | None) -> None:
        if type_.high != type_.low:
            raise NotImplementedError("bit string of variable size")
        self.field("0", type_.extensible)
        self.field(f"{self.source.constant(runtime.Numbers(type_.low))}[{value}]", type_.low)

    def _octet_string(self, type_: ir.OctetString, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        self.check(f"{value}.__class__ is bytes")
        size = self._size(type_, value)
        if type_.high == type_.low:
            self.field(f"number({value})", 8 * type_.low)
        else:
            self.append(f"number({value})", f"8 * {size}")

    def _text(self, type_: ir.Text, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        self.check(f"{value}.__class__ is str")
        size = self._size(type_, value)
        self.source.names["septets"] = runtime.septets
        self.append(f"septets({value})", f"7 * {size}")

    def _sequence_of(self, type_: ir.SequenceOf, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        self.check(f"{value}.__class__ is {'list' if how is None else 'tuple'}")
        self._size(type_, value)
        self.flush()
        item, outer = self.source.fresh("v"), self.into
        with self.source.block(f"for {item} in {value}:"):
            self.into, self._begun = self.source.fresh("a"), False
            self.any(type_.element, item, self.element(how))
            self.flush()
            self.source.line(f"n = {self.into}.bit_length() - 1")
            self.source.line(f"{outer} = {outer} << n | {self.into} ^ 1 << n")
        self.into, self._begun = outer, True

    def _sequence(self, type_: ir.Sequence, value: str, how: Converter | None) -> None:
        value = self.variable(value)
        if how is not None:
            self.record(type_, value, how)
            return
        if len(type_.optional) == len(type_.members):
            self.check(f"{value}.__class__ is dict")  # for all others, a missing member tells
        if ir.may_be_fixed(type_):
            self._fixed(type_, value)
            return
        extended = ""
        if type_.additions:
            extended = self.variable(" or ".join(f"{member.name!r} in {value}" for member in type_.additions))
        self.field(extended or "0", type_.extensible)
        self._members(type_, value)
        if extended:
            present = {member.name: f"({member.name!r} in {value})" for member in type_.additions}
            self.additions(
                type_, extended, present, {one.name: f"{value}[{one.name!r}]" for one in type_.additions}, how
            )

    def _fixed(self, type_: ir.Sequence, value: str) -> None:
        """Add a sequence of fixed members: at once when all of them are there."""
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

    def record(self, type_: ir.Sequence, value: str, how: Converter) -> None:
        """Add a sequence that is something else than a dict."""
        raise NotImplementedError(str(how))

    def _members(self, type_: ir.Sequence, value: str) -> None:
        present = {member.name: self.variable(f"{member.name!r} in {value}") for member in type_.optional}
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

    def _member(self, member: ir.Member, value: str) -> None:
        if not isinstance(member.type, ir.Open):
            self.any(member.type, f"{value}[{member.name!r}]", None)
            return
        content = self.variable(f"{value}[{member.name!r}]")
        if member.type.types:
            known = self.source.constant(member.type.types)
            self.source.names["known"] = self._known
            content = f"known({known}[{value}[{member.type.selector!r}]], {content})"
        else:
            self.check(f"{content}.__class__ is bytes")
        self._open(content)

    def _known(self, member: ir.Member, value: WireValue) -> bytes:
        """Return the octets of a value of an open type, (type, value)."""
        name, inner = value
        if name != member.name:
            raise IrregularError
        return self.whole.values(member.type).encode(inner)

    def additions(
        self,
        type_: ir.Sequence,
        extended: str,
        present: Mapping[str, str],
        values: Mapping[str, str],
        how: Converter | None,
    ) -> None:
        """Add the members behind the extension marker; the conditions `extended` and `present` tell which there are."""
        self.flush()
        with self.source.block(f"if {extended}:"):
            self.field(str(len(type_.additions) - 1), 7)
            for member in type_.additions:
                self.field(present[member.name], 1)
            self.flush()
            for member in type_.additions:
                with self.source.block(f"if {present[member.name]}:"):
                    self._open(self.content(member, values[member.name], self.part(how, member)))

    def content(self, member: ir.Member, value: str, how: Converter | None) -> str:
        """Return the expression of the octets of an open type."""
        return f"{self.source.constant(self.whole.values(member.type).encode)}({value})"

    def _open(self, octets: str) -> None:
        octets = self.variable(octets)
        self.flush()
        self._length(f"len({octets})")
        self.append(f"number({octets})", f"8 * len({octets})")

    def _length(self, size: str) -> None:
        """Add a length determinant."""
        size = self.variable(size)
        self.check(f"{size} < 16384")
        self.flush()
        with self.source.block(f"if {size} < 128:"):
            self.source.line(f"{self.into} = {self.into} << 8 | {size}")
        with self.source.block("else:"):
            self.source.line(f"{self.into} = {self.into} << 16 | {size} | 32768")

    def choice(self, type_: ir.Choice, value: str, how: Converter | None, only: str | None = None) -> None:
        """Add an alternative; `only`: the name of the one that it must be."""
        value = self.variable(value)
        conditions, inner = self.told(type_, value, how)
        self.flush()
        keyword = "if"
        for index, member in enumerate(type_.members + type_.additions):
            if member.name not in conditions or only not in (None, member.name):
                continue
            with self.source.block(f"{keyword} {conditions[member.name]}:"):
                if member in type_.members:
                    self.field(str(index), type_.extensible + type_.bits)
                    self.any(member.type, inner, self.part(how, member))
                    self.flush()
                else:
                    self.field(str(0x80 | index - len(type_.members)), 8)
                    self._open(self.content(member, inner, self.part(how, member)))
            keyword = "elif"
        with self.source.block("else:" if keyword == "elif" else "if True:"):
            self.source.line("raise Irregular")

    def told(self, type_: ir.Choice, value: str, how: Converter | None) -> tuple[Mapping[str, str], str]:
        """Return the condition for each alternative that there may be, and the value inside."""
        name, inner = self.source.fresh("k"), self.source.fresh("x")
        self.source.line(f"{name}, {inner} = {value}")
        self.check(f"{value}.__class__ is tuple")
        return {member.name: f"{name} == {member.name!r}" for member in type_.members + type_.additions}, inner

    def _size(self, type_: Any, value: str) -> str:
        """Add the number of elements; return the variable that holds it."""
        size = self.variable(f"len({value})")
        if type_.high is None:
            self.flush()
            self._length(size)
            return size
        self.check(f"{type_.low} <= {size} <= {type_.high}" if type_.high > type_.low else f"{size} == {type_.low}")
        self.field("0", type_.extensible)
        self.field(f"{size} - {type_.low}", type_.bits)
        return size


_TYPES: dict[type, Callable[[Writing, Any, str, Converter | None], None]] = {
    ir.Integer: Writing._integer,
    ir.Boolean: Writing._boolean,
    ir.Enumerated: Writing._enumerated,
    ir.BitString: Writing._bit_string,
    ir.OctetString: Writing._octet_string,
    ir.Text: Writing._text,
    ir.SequenceOf: Writing._sequence_of,
    ir.Sequence: Writing._sequence,
    ir.Choice: Writing.choice,
}
