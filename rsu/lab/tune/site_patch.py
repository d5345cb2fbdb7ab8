"""A site file with some numbers changed and everything else as it was: comments, order, spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from rsu.lab.tune.parameters import Number, Path_
from rsu.site.yaml_source import YamlSource

_SCALAR = re.compile(r"[^\s,\]}#]+")
_INDENT = 2


def patched(path: Path, values: Mapping[Path_, Number]) -> str:
    """Return the text of a site file with other values. ConfigError: it cannot be read."""
    text = path.read_text(encoding="utf-8")
    source = YamlSource(path)
    replaced = {key: value for key, value in values.items() if _has(source.data, key)}
    lines = _lines(text)
    for key, value in sorted(replaced.items(), key=lambda item: source.place(item[0]), reverse=True):
        line, column = source.place(key)
        before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
        lines[line - 1] = before + _SCALAR.sub(_written(value), after, count=1)
    text = "".join(lines)
    for key, value in values.items():
        if key not in replaced:
            text = _inserted(text, key, value)
    return text


def difference(path: Path, text: str) -> str:
    """Return the changes as a unified diff that `patch` understands."""
    old = _lines(path.read_text(encoding="utf-8"))
    return "".join(difflib.unified_diff(old, _lines(text), str(path), str(path), n=2))


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; only line feeds are such."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _written(value: Number) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _has(data: Any, path: Path_) -> bool:
    """Say whether the file itself has a value at a path (and does not leave it to its default)."""
    for key in path:
        in_list = isinstance(data, CommentedSeq) and isinstance(key, int) and key < len(data)
        if not in_list and not (isinstance(data, CommentedMap) and key in data):
            return False
        data = data[key]
    return True


def _inserted(text: str, path: Path_, value: Number) -> str:
    """Return the text with a value that was left to its default, in the deepest map that is there."""
    data: Any = YAML().load(text)
    depth = max(number for number in range(len(path)) if _has(data, path[:number]))
    parent = data
    for key in path[:depth]:
        parent = parent[key]
    lines = _lines(text)
    if isinstance(parent, CommentedMap) and parent.fa.flow_style() and len(parent):
        return _into_flow(lines, parent, path[depth:], value)
    if not depth:
        return f"{text.rstrip()}\n\n{''.join(_block(path, value, 0))}"
    line, indent = next(iter(parent.lc.data.values()))[:2]  # of its first key, which may stand behind a dash
    old, new = lines[line], _block(path[depth:], value, indent)
    if not old[:indent].isspace():
        new[0] = old[:indent] + new[0][indent:]
        old = " " * indent + old[indent:]
    return "".join([*lines[:line], *new, old, *lines[line + 1 :]])


def _block(path: Path_, value: Number, indent: int) -> list[str]:
    keys = [" " * (indent + _INDENT * depth) + f"{key}:" for depth, key in enumerate(path)]
    return [*(f"{key}\n" for key in keys[:-1]), f"{keys[-1]} {_written(value)}\n"]


def _into_flow(lines: list[str], parent: CommentedMap, path: Path_, value: Number) -> str:
    """Put a value in front of the first one of a map in braces."""
    line, column = next(iter(parent.lc.data.values()))[:2]
    nested = "".join(f"{key}: {{" for key in path[:-1]) + f"{path[-1]}: {_written(value)}" + "}" * (len(path) - 1)
    old = lines[line]
    return "".join([*lines[:line], f"{old[:column]}{nested}, {old[column:]}", *lines[line + 1 :]])
