"""Records that are larger than the broker's packets: their road users or events come in several whole messages."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from rsu.uplink.errors import TooLargeError


def of(whole: bytes, room: int) -> list[bytes]:
    """Return the pieces to send where a body may have `room` octets; TooLargeError: one item alone has more."""
    if len(whole) <= room:
        return [whole]
    data = msgspec.json.decode(whole)
    items = _items(data)
    if len(items) < 2:
        raise TooLargeError(f"{len(whole)} octets, and the broker's packets have room for {room}")
    found, middle = [], len(items) // 2
    for half in (items[:middle], items[middle:]):
        items[:] = half
        found += of(msgspec.json.encode(data), room)
    return found


def _items(data: dict[str, Any]) -> list[Any]:
    """Return the list in a message that may be parted; empty: there is none."""
    found = data["content"]["rsms"][0]["participants"] if "content" in data else data.get("rsiDatas", [])
    return cast(list[Any], found)
