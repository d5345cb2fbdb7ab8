"""Messages of vehicles as a radio hands them over."""

from __future__ import annotations

from collections.abc import Iterator

import v2x
from perception.geo import Reference, to_wgs84
from perception.objects import Reception
from rsu.site.vehicles import VehicleCheckSettings
from rsu.station.vehicles.receiver import Receiver
from v2x import dsmp

NS = 1_000_000_000
START_NS = 1_795_000_000 * NS
REFERENCE = Reference(22.5431, 114.0579, 12.0)


def bsm(stamp_ns: int, east: float, north: float, **said: object) -> v2x.BasicSafetyMessage:
    """Return a message of a car that drives north."""
    latitude, longitude = to_wgs84(east, north, REFERENCE)
    fields: dict[str, object] = {
        "msg_cnt": stamp_ns // 100_000_000 % 128,
        "id": b"vehicle1",
        "sec_mark_ms": stamp_ns // 1_000_000 % 60_000,
        "position": v2x.Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        "position_confidence": v2x.PositionConfidenceSet(position="a1m"),
        "transmission": "forwardGears",
        "speed_mps": 10.0,
        "heading_deg": 0.0,
        "acceleration": v2x.Acceleration(
            longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0
        ),
        "brakes": v2x.BrakeSystemStatus(),
        "size": v2x.Size(width_m=1.8, length_m=4.6, height_m=1.5),
        "vehicle_class": v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR),
    }
    return v2x.BasicSafetyMessage(**{**fields, **said})  # type: ignore[arg-type]  # the fields are as its own


def reception(
    message: v2x.Message | bytes, receipt_ns: int, source: int = 7, aid: int = 111, inner: int | None = None
) -> Reception:
    """Return a message, or octets instead of one, as received; `inner`: AID of the DSMP header."""
    payload = message if isinstance(message, bytes) else v2x.encode(message)
    frame = dsmp.frame(aid if inner is None else inner, payload)
    return Reception(device="radio", stamp_ns=receipt_ns, receipt_ns=receipt_ns, aid=aid, payload=frame, source=source)


def receiver(**settings: object) -> Receiver:
    return Receiver(VehicleCheckSettings.model_validate(settings), "ydt3709-2020", REFERENCE)


def drive(seconds: float, begin_s: float = 0.0) -> Iterator[tuple[float, int, float]]:
    """Yield (s, ns, north) of a car at 10 m/s, 10 times a second."""
    for step in range(round(seconds * 10)):
        t = begin_s + step * 0.1
        yield t, START_NS + round(t * NS), -60.0 + 10.0 * t


def reasons(made: Receiver) -> set[str]:
    """Return the offences so far."""
    return {name.removeprefix("misbehaviour: ") for name in made.counters if name.startswith("misbehaviour")}
