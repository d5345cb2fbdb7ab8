"""A site as single values by dotted key, and how two sites differ in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rsu.site.config import Config
from rsu.site.keys.effects import effect

_NAMES = ("device", "name")  # keys that name an item of a list
_NAMED = 1  # the part of `devices.gnss.driver` that the site has chosen


class SiteChange(NamedTuple):
    """One value that differs; None: it is not there."""

    key: str
    before: Any
    after: Any

    @property
    def effect(self) -> str:
        """Return its effect on a running daemon, in English."""
        return effect(general(self.key)).en


def values(config: Config) -> dict[str, Any]:
    """Return all values of a site, those left to their defaults too."""
    return dict(flat(config.site.model_dump(mode="json")))


def flat(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the single values below a node; items of lists by their name, where they have one that no other has."""
    if isinstance(node, dict) and node:
        for name, below in node.items():
            yield from flat(below, f"{key}.{name}" if key else str(name))
    elif isinstance(node, list) and any(isinstance(each, dict | list) for each in node):
        for name, below in zip(_names(node), node, strict=True):
            yield from flat(below, f"{key}.{name}")
    else:
        yield key, node


def _names(items: list[Any]) -> list[str]:
    found = [
        next((str(each[key]) for key in _NAMES if key in each), "") if isinstance(each, dict) else "" for each in items
    ]
    alone = all(found) and len({*found}) == len(found)
    return found if alone else [str(number) for number in range(len(items))]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SiteChange]:
    """Return the differences of two sites, in the order of their keys."""
    keys = dict.fromkeys([*before, *after])
    return [
        SiteChange(key, before.get(key), after.get(key))
        for key in keys
        if (key in before, before.get(key)) != (key in after, after.get(key))
    ]


def general(key: str) -> str:
    """Return a key with NAME in the place of a device's name."""
    parts = key.split(".")
    return ".".join(["devices", "NAME", *parts[_NAMED + 1 :]]) if parts[0] == "devices" else key
