"""Details of devices, clocks, uplink and processes in Chinese: by the rows of all drivers and of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from hw import checkup, detail, registry
from rsu.reasons import broker, connack, doubts, processes, uplink


@cache
def _rows() -> tuple[detail.Detail, ...]:
    """Return all rows; a driver that cannot be imported has none."""
    found = [*checkup.DETAILS, *doubts.DETAILS]
    found += [row for words in (broker, connack, uplink, processes) for row in rows(vars(words))]
    for kind in registry.kinds():
        try:
            found += registry.details(kind)
        except ImportError:
            continue
    return tuple(dict.fromkeys(found))


def rows(value: object) -> Iterator[detail.Detail]:
    """Yield the rows in a value: itself, or those of its parts."""
    if isinstance(value, detail.Detail):
        yield value
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from rows(part)


def said(text: str, language: str) -> str:
    """Return a detail, which records carry in English, in a language."""
    return _chinese(text) if language == "zh" and text else text


@lru_cache(maxsize=256)
def _chinese(text: str) -> str:
    return detail.chinese(text, _rows())
