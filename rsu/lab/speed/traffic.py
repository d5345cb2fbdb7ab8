"""Synthetic traffic of a site: road users spread evenly over its lanes, as sensors and radio report them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import v2x
from perception.geo import Reference, heading_of, to_wgs84
from perception.objects import Detections, Floats, Mask, Reception, RoadUser
from perception.sensing.scan import rotation_of
from perception.sensor import Sensor
from v2x import dsmp

SPEED_MPS = 8.0
LATENCY_NS = 60_000_000  # from measurement to receipt
SIZE_M = (4.6, 1.8, 1.5)
NOISE_M, NOISE_MPS = 0.3, 0.2  # errors of the sensors, 1 sigma
_BSM = v2x.SERVICES["bsm"].aid


class Flow(NamedTuple):
    """All road users at one time, site frame."""

    position_m: Floats  # (n, 2) m
    velocity_mps: Floats  # (n, 2) m/s


class EvenTraffic:
    """`count` road users on those parts of lanes, lines (k, 2) in m, that sensors see.

    One that comes to the end begins again.
    """

    def __init__(self, lanes: Sequence[Floats], sensors: Sequence[Sensor], count: int) -> None:
        parts = [part for line in lanes if len(part := _in_view(_finely(line), sensors)) > 1]
        self._lanes = parts or list(lanes)
        number, each = np.arange(count), -(-count // len(self._lanes))  # road users of a lane
        self._lane, self._begin = number % len(self._lanes), number // len(self._lanes) / each

    def at(self, time_s: float) -> Flow:
        """Return the road users at a time, s since the begin."""
        position, velocity = np.empty((2, len(self._lane), 2))
        for number, line in enumerate(self._lanes):
            rows = self._lane == number
            step = np.diff(line, axis=0)
            length = np.hypot(step[:, 0], step[:, 1])
            ends = np.concatenate([[0.0], np.cumsum(length)])
            along = (self._begin[rows] * ends[-1] + SPEED_MPS * time_s) % ends[-1]
            part = np.minimum(np.searchsorted(ends, along, side="right") - 1, len(step) - 1)
            ahead = step[part] / length[part, None]
            position[rows] = line[part] + ahead * (along - ends[part])[:, None]
            velocity[rows] = ahead * SPEED_MPS
        return Flow(position, velocity)


def _finely(line: Floats) -> Floats:
    """Return a line (k, 2) with a point for each metre."""
    ends = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0.0, ends[-1], max(2, round(ends[-1])))
    return np.array([np.interp(at, ends, axis) for axis in line.T]).T


def _in_view(line: Floats, sensors: Sequence[Sensor]) -> Floats:
    """Return the part (k, 2) of a line (n, 2) from the first to the last point that a sensor sees."""
    seen = np.flatnonzero(np.any([_views(sensor, line) for sensor in sensors], axis=0))
    return line[seen[0] : seen[-1] + 1] if len(seen) else line[:0]


def _views(sensor: Sensor, position: Floats) -> Mask:
    """Return which places (n, 2), site frame, are in a sensor's field of view."""
    x, y = ((position - [sensor.mount.east_m, sensor.mount.north_m]) @ rotation_of(sensor.mount)).T
    away, field = np.hypot(x, y), sensor.field_of_view
    aside = np.abs(np.degrees(np.arctan2(y, x)))
    inside: Mask = (aside < field.width_deg / 2.0) & (away < field.range_m) & (away > field.near_m)
    return inside


def seen_by(sensor: Sensor, flow: Flow, now_ns: int, noise: np.random.Generator) -> Detections:
    """Return the scan of a sensor: the road users (n, 2) in its field of view."""
    inside, turn = _views(sensor, flow.position_m), rotation_of(sensor.mount)
    place = (flow.position_m[inside] - [sensor.mount.east_m, sensor.mount.north_m]) @ turn
    count, velocity = len(place), flow.velocity_mps[inside] @ turn
    return Detections(
        device=sensor.device,
        stamp_ns=now_ns - LATENCY_NS,
        receipt_ns=now_ns,
        position_m=place + noise.normal(0.0, NOISE_M, place.shape),
        covariance_m2=np.tile(NOISE_M**2 * np.eye(2), (count, 1, 1)),
        velocity_mps=velocity + noise.normal(0.0, NOISE_MPS, place.shape),
        velocity_variance_m2ps2=np.full(count, np.nan),
        box_px=np.full((count, 4), np.nan),
        size_m=np.tile(SIZE_M, (count, 1)),
        kind=np.full(count, int(RoadUser.CAR)),
        confidence=np.full(count, 0.9),
        source_id=np.flatnonzero(inside),
    )


def reported_by(number: int, flow: Flow, radio: str, stamp_ns: int, reference: Reference) -> Reception:
    """Return the BSM of one of the road users as the radio receives it; time: steady, UTC with it."""
    latitude, longitude = to_wgs84(flow.position_m[number, 0], flow.position_m[number, 1], reference)
    message = v2x.BasicSafetyMessage(
        msg_cnt=stamp_ns // 100_000_000 % 128,
        id=(number + 1).to_bytes(8, "big"),
        sec_mark_ms=stamp_ns // 1_000_000 % 60_000,
        position=v2x.Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        position_confidence=v2x.PositionConfidenceSet(position="a1m"),
        transmission="forwardGears",
        speed_mps=SPEED_MPS,
        heading_deg=float(heading_of(flow.velocity_mps[number])),
        acceleration=v2x.Acceleration(longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0),
        brakes=v2x.BrakeSystemStatus(),
        size=v2x.Size(length_m=SIZE_M[0], width_m=SIZE_M[1], height_m=SIZE_M[2]),
        vehicle_class=v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR),
    )
    payload = dsmp.frame(_BSM, v2x.encode(message))
    return Reception(device=radio, stamp_ns=stamp_ns, receipt_ns=stamp_ns, aid=_BSM, payload=payload, source=number + 1)
