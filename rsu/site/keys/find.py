"""The rows of a key as people type it: `sensors.0.mount.yaw_deg`, `sensors.north.mount.yaw_deg`, `page`."""

from __future__ import annotations

import difflib
import re
from functools import cache

from hw.detail import Detail
from rsu.core.errors import RsuError
from rsu.site.edit import split
from rsu.site.keys import rows
from rsu.site.keys.rows import Key

_UNKNOWN = Detail("no key {key}; is it one of {there}?", "没有键 {key}；是否为以下之一：{there}？")
_NAMED = {"NAME": "[^.]+", "*": "[^.]+"}


class UnknownKeyError(RsuError):
    """A key that no site file has."""


def find(key: str) -> list[Key]:
    """Return the rows of a key, or of all keys below it. UnknownKeyError: there is none."""
    typed = ".".join(split(key))
    every = _every()
    for end in ("", r"\..+"):
        if found := [row for row in every if re.fullmatch(_pattern(row.whole, typed, end), typed)]:
            return found
    if found := [row for row in every if _below(row.whole, typed)]:
        return found
    names = {row.whole: row for row in every} | {row.path: row for row in every}
    there = [names[name].whole for name in difflib.get_close_matches(typed, names, 4, 0.5)] or [n for n, _ in _tops()]
    raise UnknownKeyError(_UNKNOWN.of(key=key, there=", ".join(dict.fromkeys(there))))


def _pattern(whole: str, typed: str, end: str) -> str:
    """Return the pattern of a key; beyond it, where its value is a map of the site's choice."""
    parts = [_NAMED.get(part, re.escape(part)) for part in whole.replace("[]", "").split(".")]
    lists = [part.endswith("[]") for part in whole.split(".")]
    return r"\.".join(part + r"(?:\.[^.]+)?" * item for part, item in zip(parts, lists, strict=True)) + end


def _below(whole: str, typed: str) -> bool:
    parts, wanted = whole.replace("[]", "").split("."), typed.split(".")
    return len(parts) > len(wanted) and all(
        part == each or part in _NAMED for part, each in zip(parts, wanted, strict=False)
    )


@cache
def _every() -> list[Key]:
    return [row for _, section in rows.sections() for row in section]


@cache
def _tops() -> list[tuple[str, int]]:
    return [(name, len(section)) for name, section in rows.sections() if name and ":" not in name]
