"""The road users and events that go up, as the platform has ordered. Pure.

An end goes up whatever its confidence is: the platform may have the start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from perception.results import RoadEvent
from rsu.bus.orders import UpFilter
from rsu.bus.told import ToldUser


def users(found: Sequence[ToldUser], wanted: UpFilter) -> list[ToldUser]:
    """Return the wanted road users, in their order."""
    chosen = [
        user
        for user in found
        if (wanted.kinds is None or user.kind.name.lower() in wanted.kinds)
        and (wanted.within_m is None or user.position_95_m <= wanted.within_m)
    ]
    if wanted.up_limit is None or len(chosen) <= wanted.up_limit:
        return chosen
    nearest = sorted(chosen, key=lambda user: (math.hypot(user.east_m, user.north_m), user.id))[: wanted.up_limit]
    kept = {user.id for user in nearest}
    return [user for user in chosen if user.id in kept]


def events(found: Sequence[RoadEvent], wanted: UpFilter) -> list[RoadEvent]:
    """Return the wanted events, in their order."""
    least = wanted.confidence or 0.0
    chosen = [
        event
        for event in found
        if (wanted.types is None or event.code in wanted.types) and (event.state == "end" or event.confidence >= least)
    ]
    return chosen if wanted.up_limit is None else chosen[: wanted.up_limit]
