"""Records that are larger than the broker's packets: their lists come in several messages. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rsu.uplink.errors import TooLargeError

_LISTS = ("ptcList", "eventList", "lampRealInfos", "laneFlowData", "directionFlowData", "loopFlowData", "zoneFlowData",
          "sensorStatusList", "faultList")  # that may be parted  # fmt: skip
_MOST_PARTS = 9999


def parted(whole: bytes, room: int) -> list[bytes]:
    """Return the parts to send where a body may have `room` octets; TooLargeError: that cannot be done."""
    if len(whole) <= room:
        return [whole]
    data = msgspec.json.decode(whole)
    lists = {name: data.pop(name) for name in _LISTS if name in data}
    found = list(_parted(lists, room - len(msgspec.json.encode(_numbered(data, 1, _MOST_PARTS)))))
    if not 1 < len(found) <= _MOST_PARTS:
        raise TooLargeError(f"{len(whole)} octets, and the broker's packets have room for {room}")
    return [
        msgspec.json.encode(_numbered(data | {name: part[name] for name in part}, number, len(found)))
        for number, part in enumerate(found, start=1)
    ]


def _numbered(data: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    return data | {"partNum": number, "partSum": count}


def _parted(lists: dict[str, list[Any]], room: int) -> Iterator[dict[str, list[Any]]]:
    """Yield the lists' items in order, as many together as have room (octets, beside all else)."""
    part: dict[str, list[Any]] = {}
    taken = 0
    for name, items in lists.items():
        for item in items:
            octets = len(msgspec.json.encode(item)) + 1
            octets += 0 if name in part else len(name) + 6  # ,"name":[]
            if taken and taken + octets > room:
                yield part
                part, taken = {}, 0
                octets = len(msgspec.json.encode(item)) + len(name) + 7
            if octets > room:
                raise TooLargeError(f"an item of {name} has {octets} octets, and there is room for {max(0, room)}")
            part.setdefault(name, []).append(item)
            taken += octets
    if part:
        yield part
