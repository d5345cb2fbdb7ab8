"""A lane map as a commented YAML file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rsu.site.lanemap import LaneMapFile

_WIDTH = 116  # characters of a line


def text(lane_map: LaneMapFile, head: Sequence[str], remarks: Mapping[str, str]) -> str:
    """Return the file: `head` as comments above, `remarks` behind the names of links and exits."""
    data = lane_map.model_dump(mode="json", exclude_none=True)
    lines = [f"# {line}".rstrip() for line in head]
    for key, value in data.items():
        lines += ["", *_block(key, value, 0, remarks)]
    return "\n".join(lines) + "\n"


def _block(key: str, value: Any, depth: int, remarks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a key: in one where they fit, else one below the other."""
    pad = "  " * depth
    if key == "name" and value in remarks:
        yield f"{pad}name: {value} # {remarks[value]}"[:_WIDTH]
    elif len(line := f"{pad}{key}: {_flow(value)}") <= _WIDTH and not _nested(value):
        yield line
    elif isinstance(value, dict):
        yield f"{pad}{key}:"
        for name, each in value.items():
            yield from _block(name, each, depth + 1, remarks)
    elif _points(value):
        yield f"{pad}{key}: ["
        yield from _folded(value, pad + "  ")
        yield f"{pad}]"
    else:
        yield f"{pad}{key}:"
        for each in value:
            yield from _item(each, depth, remarks)


def _item(value: Any, depth: int, remarks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of an item of a list."""
    pad = "  " * depth
    if len(line := f"{pad}  - {_flow(value)}") <= _WIDTH and not _nested(value):
        yield line
        return
    lines = [line for name, each in value.items() for line in _block(name, each, depth + 2, remarks)]
    yield f"{pad}  - {lines[0].lstrip()}"
    yield from lines[1:]


def _nested(value: Any) -> bool:
    """Tell whether a value reads better in several lines: it holds lists of maps, or is a road or a lane."""
    each = value if isinstance(value, list) else [value]
    return any(isinstance(one, dict) and ("points" in one or "links" in one or "polygon" in one) for one in each) or (
        isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict)
    )


def _points(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, list) for each in value)


def _folded(points: list[Any], pad: str) -> Iterator[str]:
    line = pad
    for point in points:
        word = f"{_flow(point)}, "
        if len(line) + len(word) > _WIDTH:
            yield line.rstrip()
            line = pad
        line += word
    yield line.rstrip()


def _flow(value: Any) -> str:
    """Return a value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and value.replace("_", "").isalpha() and value.lower() not in ("true", "false", "null"):
        return value
    return json.dumps(value)
