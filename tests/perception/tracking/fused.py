"""Fusion that is fed with a stream of scans, and reports of vehicles for it."""

from typing import Any

from perception.geo import to_wgs84
from perception.objects import RoadUser, VehicleReport
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from tests.perception.scenario import (
    REFERENCE,
    SECOND_NS,
    START_NS,
    User,
    stop_and_go,
    straight,
    truth,
    turn,
)
from tests.perception.score import Score

CAR, PERSON = RoadUser.CAR, RoadUser.PEDESTRIAN


CYCLE_NS = SECOND_NS // 10


TRAFFIC = [
    User(1, CAR, straight(3, -90, 0, 12), equipped=True),
    User(2, CAR, straight(-3, 90, 0, -10)),
    User(3, RoadUser.BUS, straight(-80, -3, 8, 0)),
    User(4, PERSON, straight(-12, 10, 1.2, 0)),
    User(5, PERSON, straight(12, 11, -1.3, 0)),
    User(6, CAR, stop_and_go(6.5, 12, 3, 10)),
    User(7, CAR, turn(0, 0, 10, 7), equipped=True),
    User(8, RoadUser.BICYCLE, straight(30, 14, -4, 0)),
]


def fused(sensors, **settings):
    return Fusion(list(sensors.values()), FusionSettings(**settings), REFERENCE)


def play(fusion, stream, world, seconds, after=1.0, radius=60.0):
    """Feed a stream, look every 100 ms from `after` on; return the score."""
    score, now_ns = Score(radius=radius), START_NS + CYCLE_NS
    for measurement in stream:
        while measurement.receipt_ns >= now_ns <= START_NS + seconds * SECOND_NS:
            if now_ns >= START_NS + after * SECOND_NS:
                score.look(fusion.tracks(now_ns), world, now_ns)
            now_ns += CYCLE_NS
        fusion.ingest(measurement)
    return score


def world_of(users):
    return lambda stamp_ns: truth(users, stamp_ns)


def report(stamp_ns, east, north, **fields):
    latitude, longitude = map(float, to_wgs84(east, north, REFERENCE))
    said: dict[str, Any] = {"speed_mps": 10.0, "heading_deg": 0.0, "position_95_m": 1.0, "kind": CAR}
    said |= {"length_m": 4.2, "width_m": 1.7, "height_m": 1.4}
    said |= {"id": b"\x00\x01vehicle"[:8], "device": "radio"} | fields
    return VehicleReport(stamp_ns=stamp_ns, receipt_ns=stamp_ns, latitude_deg=latitude, longitude_deg=longitude, **said)
