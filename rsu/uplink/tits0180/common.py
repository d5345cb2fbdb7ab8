"""Common parts of all payloads for the cloud platform: the sender, times, and leaving out unknown values.

Field names, their spelling and order, types and codes are those printed in T/ITS 0180.1-2021 (tables 8-21, annex B for
lamps). Times are integer milliseconds UTC, positions WGS-84 degrees, the rest SI and degrees; confidences are the 95 %
classes of YD/T 3709 by their code. Unknown values are left out, never 0. Pure: times come in, nothing is kept.

A key has one type everywhere, that of the table which prints one: crossId, branchId and laneId String, linkId and
roadId Integer. A link's number is that of the node it comes from, as in MAP, or that of the site file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from perception.results import LanePlace
from rsu.site.identity import Identity

Payload = dict[str, object]


def ms(stamp_ns: int) -> int:
    """Return nanoseconds as the platform's milliseconds."""
    return stamp_ns // 1_000_000


def known(payload: Mapping[str, object]) -> Payload:
    """Leave out unknown values: None, NaN, empty text."""
    return {
        key: value
        for key, value in payload.items()
        if not (value is None or value == "" or (isinstance(value, float) and math.isnan(value)))
    }


def lane(identity: Identity, place: LanePlace | None) -> Payload:
    """Return linkId and laneId of a place in the lane map, as far as they are known."""
    return {} if place is None else known({"linkId": identity.links.get(place.link), "laneId": str(place.lane)})


def head(identity: Identity, stamp_ns: int) -> Payload:
    """Return the fields with which every payload begins."""
    return {"timeStamp": ms(stamp_ns), "rscuSn": identity.rscu_sn}


def rounded(value: float | None) -> float | None:
    """Return a number with two decimals."""
    return None if value is None else round(value, 2)
