"""One look at the station: its snapshot, the road users that left in RSMs with it, and the places that sensors saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np

import v2x
from perception.geo import Reference, to_site
from rsu.bus.records import SensorSight, Sent
from rsu.bus.snapshot import Snapshot
from rsu.site.model import Site
from v2x import dsmp
from v2x.profiles import Profile
from v2x.records.rsm import Participant, RoadsideSafetyMessage

_MINUTE_MS = 60_000


class Carried(NamedTuple):
    """A road user in one RSM."""

    id: int
    sent_ns: int  # UTC, when the message left
    newest_ns: int | None  # UTC, receipt of the newest measurement in the message; None: there is none
    stamp_ns: int  # UTC, when the values were true
    position_m: tuple[float, float]  # m, site frame
    speed_mps: float | None
    heading_deg: float | None


class RsmReading(NamedTuple):
    """Reference point and profile of a site: with them its RSMs are read."""

    reference: Reference
    profile: Profile

    @classmethod
    def of(cls, site: Site) -> Self:
        """Return that of a site file."""
        return cls(site.site.reference.reference(), site.messages.profile)


class Look(NamedTuple):
    """The station at one tick."""

    snapshot: Snapshot
    carried: tuple[Carried, ...] = ()
    seen: tuple[SensorSight, ...] = ()


def carried(sent: Sent, air: RsmReading) -> Iterator[Carried]:
    """Yield the road users in an RSM; another message, and one that cannot be read, has none."""
    if sent.kind != "rsm":
        return
    try:
        message = v2x.decode(dsmp.parse(sent.frame).payload, air.profile)
    except v2x.CodecError:
        return
    if isinstance(message, RoadsideSafetyMessage):
        placed = [(e, e.position) for e in message.participants if e.ptc_type != "rsu" and e.position is not None]
        degrees = np.array([(place.latitude_deg, place.longitude_deg) for _, place in placed]).reshape(-1, 2)
        east, north = to_site(degrees[:, 0], degrees[:, 1], air.reference)
        for (each, _), east_m, north_m in zip(placed, east.tolist(), north.tolist(), strict=True):
            yield _carried(each, (east_m, north_m), sent)


def _carried(each: Participant, position_m: tuple[float, float], sent: Sent) -> Carried:
    age_ms = 0 if each.sec_mark_ms is None else (sent.stamp_ns // 1_000_000 - each.sec_mark_ms) % _MINUTE_MS
    return Carried(
        id=each.ptc_id,
        sent_ns=sent.stamp_ns,
        newest_ns=sent.newest_receipt_ns,
        stamp_ns=sent.stamp_ns - age_ms * 1_000_000,
        position_m=position_m,
        speed_mps=each.speed_mps,
        heading_deg=each.heading_deg,
    )
