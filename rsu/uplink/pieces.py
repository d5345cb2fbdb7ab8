"""Records that are larger than the broker's packets: their road users or events come in several whole messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from rsu.uplink.errors import TooLargeError

Items = Callable[[dict[str, Any]], list[Any]]  # gives the list in a message that may be parted; empty: there is none


def of(whole: bytes, room: int | None, items_of: Items) -> list[bytes]:
    """Return the pieces to send where a body may have `room` octets; TooLargeError: one item alone has more."""
    if room is None or len(whole) <= room:
        return [whole]
    data = msgspec.json.decode(whole)
    items = items_of(data)
    if len(items) < 2:
        raise TooLargeError(f"{len(whole)} octets, and the broker's packets have room for {room}")
    found, middle = [], len(items) // 2
    for half in (items[:middle], items[middle:]):
        items[:] = half
        found += of(msgspec.json.encode(data), room, items_of)
    return found
