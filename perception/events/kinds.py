"""Every event that a rule finds: its code, its words, and its way on air and into recordings, one row each."""

from __future__ import annotations

from typing import NamedTuple


class EventKind(NamedTuple):
    """One kind of event; all are recorded and uploaded."""

    code: int  # YD/T 3709-2020 Annex A, GB/T 29100-2012 and its use in the field; from 9900 on: in no standard
    name: str
    name_zh: str
    urgency: int = 3  # priority in RSI, 0..7, 7 highest: an own scale
    on_air: bool = True  # unless the site file says otherwise; an event without a standard's code: platform only
    keep_recording: bool = True  # unless the site file says otherwise


STOPPED_VEHICLE = EventKind(903, "Stopped vehicle", "异常停车", urgency=5)
WRONG_WAY = EventKind(904, "Wrong-way driving", "逆行", urgency=7)
OVERSPEED = EventKind(901, "Overspeed", "超速")
SLOW_VEHICLE = EventKind(902, "Slow vehicle", "慢行", urgency=4)
CONGESTION = EventKind(707, "Congestion", "拥堵")
PEDESTRIAN = EventKind(405, "Pedestrian on the road", "行人", urgency=6)
OBJECT = EventKind(401, "Object on the road", "抛洒物", urgency=5)
EMERGENCY_VEHICLE = EventKind(905, "Emergency vehicle", "紧急车辆", urgency=6)
QUEUE_END = EventKind(9911, "Queue end", "队尾", on_air=False, keep_recording=False)
RED_LIGHT = EventKind(9912, "Red light run", "闯红灯", on_air=False)
NEAR_MISS = EventKind(9913, "Near miss", "险情", on_air=False)

KINDS = {
    kind.code: kind
    for kind in (
        STOPPED_VEHICLE,
        WRONG_WAY,
        OVERSPEED,
        SLOW_VEHICLE,
        CONGESTION,
        PEDESTRIAN,
        OBJECT,
        EMERGENCY_VEHICLE,
        QUEUE_END,
        RED_LIGHT,
        NEAR_MISS,
    )
}


def urgency(code: int) -> int:
    """Return the priority in RSI of an event by its code, which a site may have changed to one of its own."""
    return KINDS[code].urgency if code in KINDS else 3
