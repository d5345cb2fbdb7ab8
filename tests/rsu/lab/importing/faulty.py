"""Detections as roadside devices report them in JSON, with the faults that they were seen to have on the road.

Vehicles drive north at the mapping's place, three in front of each sensor; every number is a function of the frame's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_M_PER_DEG = 111_320  # of latitude
SET_S = 1_790_000_000  # when the frames were made, if the clock was set
NEVER_SET = datetime(2015, 5, 16, 3, 49, 34, tzinfo=UTC)
FRAMES, FIRST_STUCK, STUCK = 120, 60, 25
GAP_AT, GAP_MS = 40, 2000


def two_radars_under_one_name(place: tuple[float, float]) -> list[dict[str, Any]]:
    """Return `targets` of two radars in turn; the clock of one is 1 s slow, and both send each scan twice."""
    found = []
    for number in range(FRAMES):
        radar, scan = number % 2, number // 4
        targets = _targets(place, scan, first_id=100 * (1 + radar), speed_scale=-1)
        found.append({"timeStamp": f"{SET_S + number // 20 - radar}000", "targets": targets})
    return found


def a_clock_never_set(place: tuple[float, float]) -> list[dict[str, Any]]:
    """Return `targets` with times of 2015 that go back once, and with one scan repeated for a while."""
    found = []
    for number in range(FRAMES):
        since = number - (30 if number >= FRAMES // 2 else 0)
        stamp = datetime.fromtimestamp(NEVER_SET.timestamp() + since, UTC)
        scan = FIRST_STUCK if FIRST_STUCK <= number < FIRST_STUCK + STUCK else number
        said = f"{stamp:%Y-%m-%d %H:%M:%S}"
        found.append({"timeStamp": said, "targets": _targets(place, scan, first_id=4000, speed_scale=1)})
    return found


def participants_with_a_gap(place: tuple[float, float]) -> list[dict[str, Any]]:
    """Return messages of `participants` every 100 ms, the first one empty, that stop for 2 s once."""
    found: list[dict[str, Any]] = [{"content": {"rsms": []}}]
    for number in range(FRAMES):
        mark_ms = 1000 + 100 * number + (GAP_MS if number >= GAP_AT else 0)
        participants = [
            {"ptcType": "motor", "ptcId": 1 + lane, "secMark": mark_ms, "speed": 500, "heading": 0,
             "pos": {"lat": 1e7 * latitude_deg, "lon": 1e7 * longitude_deg},
             "size": {"width": 180, "length": 450, "height": 30}}
            for lane, latitude_deg, longitude_deg in _places(place, number)
        ]  # fmt: skip
        found.append({"content": {"rsms": [{"participants": participants}]}})
    return found


def _targets(place: tuple[float, float], scan: int, first_id: int, speed_scale: int) -> list[dict[str, Any]]:
    return [
        {"targetId": first_id + lane, "targetType": 3, "confidenceLevel": 90, "latitude": latitude_deg,
         "longitude": longitude_deg, "speed": speed_scale * 36.0, "headingAngle": 0.0, "targetLength": 4.5,
         "targetWidth": 1.8, "targetHeight": 1.5}
        for lane, latitude_deg, longitude_deg in _places(place, scan)
    ]  # fmt: skip


def _places(place: tuple[float, float], scan: int) -> list[tuple[int, float, float]]:
    """Return (lane, latitude, longitude in deg) of three vehicles at 10 m/s, seen every 100 ms."""
    return [
        (lane, place[0] + (20 + 30 * lane + scan) / _M_PER_DEG, place[1] + 3.5 * lane / _M_PER_DEG) for lane in range(3)
    ]
