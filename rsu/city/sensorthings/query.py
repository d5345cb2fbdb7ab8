"""Query options of SensorThings 1.1 (OGC 18-088, 9.3): text to options, options on entities. Pure.

Taken: $top, $skip, $count, $select, $orderby with one property, $expand with nesting and options in brackets, $filter
with comparisons of a property and a literal, startswith, endswith and substringof, joined by `and`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

Json = dict[str, Any]
MOST, PAGE = 1000, 100  # entities of an answer: at most, and without $top
_DEEPEST = 5  # nested $expand
_LONGEST = 4000  # characters
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
_NAME = r"[@A-Za-z_][\w./@]*"
_TERM = re.compile(rf"\s*({_NAME})\s+({'|'.join(_COMPARE)})\s+('(?:[^']|'')*'|[^\s']+)\s*")
_FUNCTION = re.compile(rf"\s*(startswith|endswith)\(\s*({_NAME})\s*,\s*'((?:[^']|'')*)'\s*\)(?:\s+eq\s+true)?\s*")
_SUBSTRING = re.compile(rf"\s*substringof\(\s*'((?:[^']|'')*)'\s*,\s*({_NAME})\s*\)(?:\s+eq\s+true)?\s*")
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith, "endswith": str.endswith, "substringof": str.__contains__,
}  # fmt: skip


class QueryError(ValueError):
    """Options that are not understood."""


class FilterTerm(NamedTuple):
    """One condition of $filter: a path of names from the entity, and a test of its value."""

    path: tuple[str, ...]
    test: Callable[[Any], bool]


class Options(NamedTuple):
    """The options of one set of entities."""

    top: int = PAGE
    skip: int = 0
    counted: bool = False
    select: tuple[str, ...] = ()
    order: tuple[tuple[str, ...], bool] | None = None  # path, and whether the largest comes first
    terms: tuple[FilterTerm, ...] = ()
    expand: Mapping[str, Options] = {}


def parsed(query: str) -> Options:
    """Return the options of a URL's query. QueryError."""
    if len(query) > _LONGEST:
        raise QueryError(f"{len(query)} characters, at most {_LONGEST}")
    return _options(dict(parse_qsl(query, keep_blank_values=True)), 0)


def _options(given: Mapping[str, str], depth: int) -> Options:
    found = Options()
    for name, text in given.items():
        match name:
            case "$top":
                found = found._replace(top=min(_whole(text), MOST))
            case "$skip":
                found = found._replace(skip=_whole(text))
            case "$count":
                found = found._replace(counted=text == "true")
            case "$select":
                found = found._replace(select=tuple(each.strip() for each in text.split(",")))
            case "$orderby":
                path, _, way = text.strip().partition(" ")
                found = found._replace(order=(_path(path), way.strip() == "desc"))
            case "$filter":
                found = found._replace(terms=tuple(_terms(text)))
            case "$expand":
                found = found._replace(expand=_expanded(text, depth + 1))
            case "$resultFormat":
                raise QueryError("$resultFormat: only JSON")
            case _ if name.startswith("$"):
                raise QueryError(f"{name}: not known")
    return found


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise QueryError(f"expected a whole number, got {text[:20]}")
    return int(text)


def _path(text: str) -> tuple[str, ...]:
    """Return a property's path; `id` is short for @iot.id."""
    return tuple("@iot.id" if name == "id" else name for name in text.split("/"))


def _terms(text: str) -> Iterator[FilterTerm]:
    at = 0
    while True:
        if found := _TERM.match(text, at):
            compare, wanted = _COMPARE[found[2]], _literal(found[3])
            yield FilterTerm(_path(found[1]), partial(_compared, compare, wanted))
        elif found := _FUNCTION.match(text, at):
            yield FilterTerm(_path(found[2]), partial(_worded, _TEXT[found[1]], _quoted(found[3])))
        elif found := _SUBSTRING.match(text, at):
            yield FilterTerm(_path(found[2]), partial(_worded, _TEXT["substringof"], _quoted(found[1])))
        else:
            raise QueryError(f"$filter: not understood at {text[at : at + 40]!r}")
        at = found.end()
        if at == len(text):
            return
        if not text.startswith("and ", at):
            raise QueryError(f"$filter: expected `and` at {text[at : at + 40]!r}")
        at += len("and ")


def _quoted(text: str) -> str:
    return text.replace("''", "'")


def _literal(text: str) -> Any:
    if text.startswith("'"):
        return _quoted(text[1:-1])
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    try:
        return float(text)
    except ValueError:
        return text  # a time


def _worded(test: Callable[[str, str], bool], wanted: str, value: Any) -> bool:
    return test(str(value), wanted)


def _compared(compare: Callable[[Any, Any], bool], wanted: Any, value: Any) -> bool:
    """Compare as far as both are of one kind. Times are texts of one form; an interval counts by its beginning."""
    if isinstance(value, str) and isinstance(wanted, str) and re.match(r"\d{4}-\d\d-\d\dT", wanted):
        value, wanted = value.split("/")[0][:19], wanted[:19]
    try:
        return compare(value, wanted)
    except TypeError:
        return False


def _expanded(text: str, depth: int) -> Mapping[str, Options]:
    if depth > _DEEPEST:
        raise QueryError(f"$expand: at most {_DEEPEST} deep")
    found: dict[str, Options] = {}
    for part in _split(text, ","):
        head, bracket, inner = part.partition("(")
        if bracket and not inner.endswith(")"):
            raise QueryError("$expand: a bracket is open")
        name, _, rest = head.strip().partition("/")
        given = dict(each.partition("=")[::2] for each in _split(inner[:-1], ";")) if bracket else {}
        if rest:
            given = {"$expand": f"{rest}{bracket}{inner}"}
        found[name] = _options(given, depth)
    return found


def _split(text: str, sign: str) -> Iterator[str]:
    """Yield the parts between signs that stand in no bracket."""
    depth, begin = 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth == 0:
            yield text[begin:at]
            begin = at + 1
    yield text[begin:]
