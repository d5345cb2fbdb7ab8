"""Values of a site file changed in its text: comments, order and spelling of all else stay."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from hw.detail import Detail
from rsu.core.errors import RsuError

Keys = tuple[str | int, ...]
_LAYOUTS = ((4, 2), (2, 0))  # of lists: columns to an item's text and to its dash
_WIDE = 4096  # no line is broken
_NAMES = ("device", "name", "id", "lamp")  # keys by which an item of a list is known
_NO_ITEM = Detail("{key}: no item {part}; there are {there}", "{key}：没有 {part} 这一项，有 {there}")
_NO_KEY = Detail("the key is empty", "键为空")
_NOT_IN = Detail("{key}: {part} cannot stand below a plain value", "{key}：{part} 上一级是单个值，不能再有下级")


class KeyPathError(RsuError):
    """A key that has no place in a site file."""


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """Return the text of a site file with other values, by dotted key. KeyPathError: a key has no place in it.

    Items of lists are named by number or by their `device`, `name`, `id` or `lamp`. A value None takes the key away.
    """
    yaml = _layout(text)
    data = yaml.load(text) or CommentedMap()
    for key, value in changes.items():
        _put(data, key, value)
    return _dumped(yaml, data)


def value_of(text: str) -> Any:
    """Return a value as it is typed in a site file."""
    return YAML(typ="rt").load(text)


def place(data: Any, key: str) -> Keys:
    """Return the key path of a dotted key, names of list items as numbers. KeyPathError: it has none."""
    path: list[str | int] = []
    parts = split(key)
    if not parts:
        raise KeyPathError(_NO_KEY)
    for part in parts:
        if isinstance(data, list):
            number = _item(data, part, key)
            path.append(number)
            data = data[number] if number < len(data) else None
        elif isinstance(data, dict) or data is None:
            path.append(part)
            data = data.get(part) if data else None
        else:
            raise KeyPathError(_NOT_IN.of(key=key, part=part))
    return tuple(path)


def split(key: str) -> list[str]:
    """Return the parts of a dotted key; an index may stand in brackets."""
    return [part for part in re.split(r"[.\[\]]", key) if part]


def _put(data: Any, key: str, value: Any) -> None:
    *above, last = place(data, key)
    for part in above:
        if isinstance(data, list) and part == len(data):
            data.append(CommentedMap())
        elif isinstance(data, dict) and data.get(part) is None:
            data[part] = CommentedMap()
        data = data[part]
    if value is None:
        if last in (data if isinstance(data, dict) else range(len(data))):
            del data[last]
    elif isinstance(data, list) and last == len(data):
        data.append(value)
    else:
        data[last] = value


def _item(items: list[Any], part: str, key: str) -> int:
    """Return the number of an item; one more than there are appends."""
    named = [str(each.get(name)) for each in items if isinstance(each, dict) for name in _NAMES if name in each]
    for number, each in enumerate(items):
        if isinstance(each, dict) and part in (str(each[name]) for name in _NAMES[:2] if name in each):
            return number
    if part.isdecimal() and int(part) <= len(items):
        return int(part)
    raise KeyPathError(_NO_ITEM.of(key=key, part=part, there=", ".join(named) or f"0..{len(items)}"))


def _layout(text: str) -> YAML:
    """Return a reader and writer that keeps the text as it is, as far as possible."""
    candidates = [_writer(*layout) for layout in _LAYOUTS]
    return max(candidates, key=lambda yaml: _alike(text, _dumped(yaml, yaml.load(text))))


def _writer(sequence: int, offset: int) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, _WIDE
    yaml.indent(mapping=2, sequence=sequence, offset=offset)
    return yaml


def _dumped(yaml: YAML, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _alike(one: str, other: str) -> float:
    return 2.0 if one == other else difflib.SequenceMatcher(None, one.splitlines(), other.splitlines()).ratio()
