"""Straight-line Python that decodes: the generator.

`how` says what becomes of a value: None leaves it in wire units, `record_reading` makes records. Every list has a least
size of few elements, so the padding behind the octets does not decode to long lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Items
from functools import partial
from typing import Any

from v2x.engine import ir, runtime
from v2x.engine.coding import Values
from v2x.engine.source import made
from v2x.engine.window import WINDOW, Window
from v2x.wire.fields import WireValue
from v2x.wire.layout import Converter

_FEW = 64  # elements of a list that may be read without a look at the end of the octets
_WAYS = 64  # presence patterns and alternatives of a type that are written out, each with all that follows

Then = Callable[[str], None]  # goes on with the expression of a value
Read = tuple[ir.Member, str]  # a member that is there, and its value


class Reading(Window):
    """Each method for a type reads a value and returns its expression, to be evaluated after the next flush.

    A subclass may make something else of the values than what they are in wire units.
    """

    head = "def decode(data):"

    def __init__(self, whole: Values) -> None:
        super().__init__()
        self.whole = whole
        self._rest = 0.0  # bits that may follow in the tree

    def function(self, type_: ir.Type, how: Converter | None, alternative: object = None) -> Callable[[bytes], Any]:
        """Return the function that decodes a whole encoding."""
        source = self.source
        source.line(f"d = data + bytes({WINDOW})")
        source.line("q = r = w = 0")
        result = self.choice(type_, how, alternative) if isinstance(type_, ir.Choice) else self.any(type_, how)
        self.flush()
        source.line("n = 8 * len(data) - q + r")
        with source.block("if not 0 <= n < 8 or data[-1] & (1 << n) - 1:"):
            source.line("raise Irregular")
        source.line(f"return {result}")
        decoder: Callable[[bytes], Any] = made(self.resolved(source.text(self.head)), "decode", source.names)
        return decoder

    # -- what a value becomes

    def part(self, how: Converter | None, member: ir.Member) -> Converter | None:
        """Return what becomes of a member of a sequence or choice."""
        return None

    def element(self, how: Converter | None) -> Converter | None:
        """Return what becomes of the elements of a list."""
        return None

    def display(self, how: Converter | None, items: Items[Read]) -> str:
        """Return the expression of a sequence that has these members."""
        return f"{{{', '.join(f'{member.name!r}: {value}' for member, value in items)}}}"

    def chosen(self, how: Converter | None, member: ir.Member, value: str) -> str:
        """Return the expression of an alternative."""
        return f"({member.name!r}, {value})"

    def collected(self, how: Converter | None, items: str) -> str:
        """Return the expression of a list."""
        return items

    def alternatives(self, members: Items[ir.Member], how: Converter | None) -> Items[tuple[int, ir.Member]]:
        """Return those of the alternatives that become something, with their indices."""
        return list(enumerate(members))

    def is_tree(self, type_: ir.Type, how: Converter | None) -> bool:
        """Return whether the ways through a sequence are written out, each with all that follows."""
        return 1 < ir.ways(type_) <= _WAYS

    # -- types

    def any(self, type_: ir.Type, how: Converter | None) -> str:
        """Read a value of any type."""
        self.want(ir.most_bits(type_))
        return _TYPES[type(type_)](self, type_, how)

    def _integer(self, type_: ir.Integer, how: Converter | None) -> str:
        self.marker(type_.extensible)
        mark = self.field(type_.bits, type_.high - type_.low)
        return f"{mark} - {-type_.low}" if type_.low < 0 else f"{mark} + {type_.low}" if type_.low else mark

    def _boolean(self, type_: ir.Boolean, how: Converter | None) -> str:
        return f"{self.field(1)} == 1"

    def _enumerated(self, type_: ir.Enumerated, how: Converter | None) -> str:
        self.marker(type_.extensible)
        most = len(type_.names) - 1
        return f"{self.source.constant(type_.names)}[{self.field(ir.width(most), most)}]"

    def _bit_string(self, type_: ir.BitString, how: Converter | None) -> str:
        if type_.high != type_.low:
            raise NotImplementedError("bit string of variable size")
        self.marker(type_.extensible)
        return f"{self.source.constant(runtime.BitStrings(type_.low))}[{self.field(type_.low)}]"

    def _octet_string(self, type_: ir.OctetString, how: Converter | None) -> str:
        if type_.high == type_.low and type_.low <= 8:
            self.marker(type_.extensible)
            return f"{self.field(8 * type_.low)}.to_bytes({type_.low})"
        self.source.names["octets"] = runtime.octets
        return self._long(type_, "octets", 8)

    def _text(self, type_: ir.Text, how: Converter | None) -> str:
        self.source.names["text"] = runtime.text
        return self._long(type_, "text", 7)

    def _long(self, type_: ir.OctetString | ir.Text, reader: str, bits: int) -> str:
        """Read a string of a length that is known at run time only."""
        size = self._size(type_)
        name = self.variable(f"{reader}(d, q - r, {size})")
        self.source.line(f"r -= {bits} * {size}")
        self.lost()
        return name

    def _size(self, type_: Any) -> str:
        """Read the number of elements; return the variable that holds it."""
        if type_.high is None:
            return self._length()
        self.marker(type_.extensible)
        mark = self.field(type_.bits, type_.high - type_.low)
        self.flush()
        return self.variable(f"{mark} + {type_.low}")

    def _sequence_of(self, type_: ir.SequenceOf, how: Converter | None) -> str:
        size = self._size(type_)
        name = self.variable("[]")
        self.lost()
        self.wanted = 0
        with self.source.block(f"for _ in range({size}):"):
            if type_.high is None or type_.high > _FEW:
                self.source.line("if r < 0: raise Irregular")
            value = self.any(type_.element, self.element(how))
            self.flush()
            self.source.line(f"{name}.append({value})")
        self.lost()
        return self.collected(how, name)

    def _sequence(self, type_: ir.Sequence, how: Converter | None) -> str:
        if self.is_tree(type_, how):
            return self._grown(type_, how)
        extended = ""
        if type_.additions:
            extended = self.field(1)
        else:
            self.marker(type_.extensible)
        if ir.may_be_fixed(type_):
            return self._fixed(type_, how)
        present = {member.name: self.field(1) for member in type_.optional}
        return self.members(type_, how, present, extended)

    def _fixed(self, type_: ir.Sequence, how: Converter | None) -> str:
        """Read a sequence of fixed members: at once when all of them are there."""
        count = len(type_.optional)
        mark, name = self.field(count), self.source.fresh("v")
        most = sum(ir.most_bits(member.type) for member in type_.members)
        self.decide(most, most)
        preamble = self.variable(mark)
        with self.ways() as fork:
            with fork.way(f"if {preamble} == {(1 << count) - 1}:"):
                items = [(member, self.any(member.type, self.part(how, member))) for member in type_.members]
                self.flush()
                self.source.line(f"{name} = {self.display(how, items)}")
            with fork.way("else:"):
                bits = enumerate(reversed(type_.optional))
                present = {member.name: f"{preamble} & {1 << place}" for place, member in bits}
                self.source.line(f"{name} = {self.members(type_, how, present, '')}")
        return name

    def members(self, type_: ir.Sequence, how: Converter | None, present: Mapping[str, str], extended: str) -> str:
        """Read the members of a sequence behind its preamble; the conditions `present` and `extended` tell which."""
        name = ""
        items: list[Read] = []
        for member in type_.members:
            if not member.optional:
                items.append((member, self._member(member, items)))
                continue
            name, items = self._more(name, items), []
            held = self.place.held
            with self.source.block(f"if {present[member.name]}:"):
                value = self.any(member.type, None)
                self.flush()
                self.source.line(f"{name}[{member.name!r}] = {value}")
            self.place = self.place._replace(held=min(held, self.place.held))
        if not name and not extended:
            return self.display(how, items)
        name = self._more(name, items)
        if extended:
            with self.source.block(f"if {extended}:"):
                for member, value in self.additions(type_, how):
                    self.source.line(f"{name}[{member.name!r}] = {value}")
            self.lost()
        return name

    def _more(self, name: str, items: Items[Read]) -> str:
        """Write out the members so far, into a new dict or into the one that is there; return its name."""
        self.flush()
        if not name:
            return self.variable(self.display(None, items))
        for member, value in items:
            self.source.line(f"{name}[{member.name!r}] = {value}")
        return name

    def _member(self, member: ir.Member, before: Items[Read]) -> str:
        if not isinstance(member.type, ir.Open):
            return self.any(member.type, None)
        if not member.type.types:
            return self.octets()
        selector = next(value for each, value in before if each.name == member.type.selector)
        octets = self.octets()
        self.source.names["known"] = self._known
        return self.variable(f"known({self.source.constant(member.type.types)}[{selector}], {octets})")

    def _known(self, member: ir.Member, octets: bytes) -> tuple[str, WireValue]:
        return member.name, self.whole.values(member.type).decode(octets)

    def additions(self, type_: ir.Sequence, how: Converter | None) -> Iterator[Read]:
        """Read the members behind the extension marker; the source of each continues inside of an `if`."""
        count = len(type_.additions)
        mark = self.field(7 + count)
        self.flush()
        announced = self.variable(mark)
        with self.source.block(f"if {announced} >> {count} != {count - 1} or not {announced} & {(1 << count) - 1}:"):
            self.source.line("raise Irregular")
        for place, member in enumerate(type_.additions, 1):
            with self.source.block(f"if {announced} & {1 << count - place}:"):
                self.lost()
                yield member, self.content(member, self.part(how, member))

    def choice(self, type_: ir.Choice, how: Converter | None, only: object = None) -> str:
        """Read an alternative; `only`: the index of the one that it must be."""
        if type_.additions:
            return self._extended_choice(type_, how, only)
        self.marker(type_.extensible)
        return self._grown(type_, how, only)

    def _extended_choice(self, type_: ir.Choice, how: Converter | None, only: object) -> str:
        extended, result = self.field(1), self.source.fresh("c")
        self.flush()
        with self.source.block(f"if {extended}:"):
            mark = self.field(7)
            self.flush()
            index = self.variable(mark)
            self.source.line(f"{result} = Irregular")
            for place, member in self.alternatives(type_.additions, how):
                with self.source.block(f"if {index} == {place}:"):
                    value = self.content(member, self.part(how, member))
                    self.source.line(f"{result} = {self.chosen(how, member, value)}")
            with self.source.block(f"if {result} is Irregular:"):
                self.source.line("raise Irregular")
        with self.source.block("else:"):
            self.lost()
            self.source.line(f"{result} = {self._grown(type_, how, only)}")
        self.lost()
        return result

    # -- trees: what follows an alternative or a member that may be absent is written out behind each of the ways

    def _grown(self, type_: ir.Sequence | ir.Choice, how: Converter | None, only: object = None) -> str:
        """Read a value by such a tree; return the variable that each of its leaves sets."""
        name, self._rest = self.source.fresh("v"), 0.0

        def leaf(value: str) -> None:
            self.flush()
            self.source.line(f"{name} = {value}")

        if isinstance(type_, ir.Choice):
            self._grow_choice(type_, how, leaf, only)
        else:
            self._grow_sequence(type_, how, leaf)
        return name

    def grow(self, type_: ir.Type, how: Converter | None, then: Then) -> None:
        """Read a value and go on."""
        match type_:
            case ir.Sequence() if self.is_tree(type_, how):
                self._grow_sequence(type_, how, then)
            case ir.Choice() if ir.ways(type_) <= _WAYS:
                self.marker(type_.extensible)
                self._grow_choice(type_, how, then)
            case _:
                then(self.any(type_, how))

    def _grow_sequence(self, type_: ir.Sequence, how: Converter | None, then: Then) -> None:
        self.marker(type_.extensible)
        present = {member.name: self.field(1) for member in type_.optional}

        rest = self._rest

        def further(left: Items[ir.Member], items: Items[Read]) -> None:
            if not left:
                self._rest = rest
                then(self.display(how, items))
                return
            (member, *left), part = left, self.part(how, left[0])
            self._rest = rest + sum(member.optional + ir.most_bits(member.type) for member in left)
            if not member.optional:
                self.grow(member.type, part, lambda value: further(left, [*items, (member, value)]))
                return
            behind = self._rest
            self.decide(ir.most_bits(member.type) + behind, ir.shortest(member.type) + behind)
            with self.ways() as fork:
                with fork.way(f"if {present[member.name]}:"):
                    self.grow(member.type, part, lambda value: further(left, [*items, (member, value)]))
                with fork.way("else:"):
                    self._rest = behind
                    further(left, items)

        further(type_.members, [])

    def _grow_choice(self, type_: ir.Choice, how: Converter | None, then: Then, only: object = None) -> None:
        mark, keyword = self.field(type_.bits), "if"
        sizes = [ir.most_bits(member.type) for member in type_.members]
        behind = self._rest
        self.decide(max(sizes) + behind, min(sizes))
        index = self.variable(mark)
        with self.ways() as fork:
            for place, member in self.alternatives(type_.members, how):
                if only in (None, place):
                    self._rest = behind
                    with fork.way(f"{keyword} {index} == {place}:"):
                        self.grow(member.type, self.part(how, member), partial(self._chosen, how, member, then))
                    keyword = "elif"
            with self.source.block("else:" if keyword == "elif" else "if True:"):
                self.source.line("raise Irregular")

    def _chosen(self, how: Converter | None, member: ir.Member, then: Then, value: str) -> None:
        then(self.chosen(how, member, value))

    # -- lengths and open types

    def _length(self) -> str:
        """Read a length determinant; return the variable that holds it."""
        self.flush()
        self.source.names["length"] = runtime.length
        name = self.source.fresh("n")
        self.source.line(f"{name}, r = length(d, q, r)")
        self.lost()
        return name

    def octets(self) -> str:
        """Read the octets of an open type; return the variable that holds them."""
        length = self._length()
        self.source.names["octets"] = runtime.octets
        name = self.variable(f"octets(d, q - r, {length})")
        self.source.line(f"r -= 8 * {length}")
        return name

    def content(self, member: ir.Member, how: Converter | None) -> str:
        """Read the value in an open type."""
        return f"{self.source.constant(self.whole.values(member.type).decode)}({self.octets()})"


_TYPES: dict[type, Callable[[Reading, Any, Converter | None], str]] = {
    ir.Integer: Reading._integer,
    ir.Boolean: Reading._boolean,
    ir.Enumerated: Reading._enumerated,
    ir.BitString: Reading._bit_string,
    ir.OctetString: Reading._octet_string,
    ir.Text: Reading._text,
    ir.SequenceOf: Reading._sequence_of,
    ir.Sequence: Reading._sequence,
    ir.Choice: Reading.choice,
}
