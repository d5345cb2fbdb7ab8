"""Messages of vehicles as the air brings them, and a receiver that hears them."""

from __future__ import annotations

import v2x
from perception.objects import Reception
from rsu.station.vehicles.receiver import Receiver
from tests.rsu.station.vehicles.air import NS, START_NS, bsm, drive, reception

AIR_NS = 20_000_000
HERE = v2x.Position(latitude_deg=22.5431, longitude_deg=114.0579)
UNIT = v2x.Participant(
    ptc_type="rsu", ptc_id=0, source="selfinfo", sec_mark_ms=0, position=HERE, speed_mps=0.0, heading_deg=0.0,
    position_confidence=v2x.PositionConfidenceSet(position="a1m"), size=v2x.Size(width_m=None, length_m=None),
)  # fmt: skip
RSM = v2x.RoadsideSafetyMessage(msg_cnt=1, id=bytes(8), position=HERE, participants=(UNIT,))


def play(made: Receiver, receptions: list[Reception]) -> int:
    """Let receptions come, with a tick each 100 ms; return how many may be used."""
    used, tick_ns = 0, START_NS
    for one in receptions:
        while one.receipt_ns >= tick_ns:
            used += len(made.reports(0, on_time=True))
            tick_ns += NS // 10
        made.add(one)
    return used + len(made.reports(0, on_time=True))


def honest(seconds: float, source: int = 7, begin_s: float = 0.0, **said: object) -> list[Reception]:
    return [
        reception(bsm(stamp_ns, 0.0, north, **said), stamp_ns + AIR_NS, source)
        for _, stamp_ns, north in drive(seconds, begin_s)
    ]
