"""BSM: received ones into the core's words, and proxies for tracked vehicles that have no radio."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from perception.geo import Reference
from perception.objects import NORMAL_95, Ints, Reception, RoadUser, VehicleReport
from perception.results import Tracks
from rsu.messages.bounds import position_95, speed_95
from rsu.messages.common import position, sec_mark_ms
from rsu.messages.row import Made, MessageRow, SiteUnit, Tick
from rsu.reasons.place import NO_UTC, PlaceReason
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.words import Reason
from v2x.confidence import POSITION_M, heading_confidence, position_confidence, speed_confidence
from v2x.records.bsm import BasicSafetyMessage, BrakeSystemStatus
from v2x.records.common import (
    Acceleration,
    BasicVehicleClass,
    MotionConfidenceSet,
    PositionConfidenceSet,
    Size,
    VehicleClassification,
)

_MINUTE_MS = 60_000
_NUMBERS = 65536  # of tracks
_KINDS = (  # BasicVehicleClass by tens
    (10, RoadUser.CAR),
    (20, RoadUser.TRUCK),
    (30, RoadUser.TRUCK),
    (40, RoadUser.MOTORCYCLE),
    (50, RoadUser.BUS),
    (60, RoadUser.CAR),
)
_ON_ITS_WAY = ("emergency", "pursuit")  # responses of an emergency vehicle
_CLASSES = {
    RoadUser.CAR: BasicVehicleClass.PASSENGER_CAR,
    RoadUser.TRUCK: BasicVehicleClass.TRUCK,
    RoadUser.BUS: BasicVehicleClass.TRANSIT,
    RoadUser.MOTORCYCLE: BasicVehicleClass.MOTORCYCLE,
}


def vehicle_report(message: BasicSafetyMessage, reception: Reception, correction_ns: int = 0) -> VehicleReport | None:
    """Return the sender's report in a BSM, at the time of its position fix; None: it has no place or no time.

    `correction_ns`: UTC, in which vehicles mark time, less steady time.
    """
    if message.position is None or message.sec_mark_ms is None:
        return None
    confidence = message.position_confidence
    return VehicleReport(
        device=reception.device,
        stamp_ns=_stamp(message.sec_mark_ms, reception.stamp_ns + correction_ns) - correction_ns,
        receipt_ns=reception.receipt_ns,
        id=message.id,
        latitude_deg=message.position.latitude_deg,
        longitude_deg=message.position.longitude_deg,
        position_95_m=POSITION_M.get(confidence.position) if confidence else None,
        speed_mps=message.speed_mps,
        heading_deg=message.heading_deg,
        length_m=message.size.length_m,
        width_m=message.size.width_m,
        height_m=message.size.height_m,
        kind=dict(_KINDS).get(message.vehicle_class.classification // 10 * 10, RoadUser.UNKNOWN),
        emergency=_is_on_its_way(message),
    )


def _is_on_its_way(message: BasicSafetyMessage) -> bool:
    """Tell whether the sender is an emergency vehicle with siren or lights in use, or says that it responds."""
    more = message.emergency
    return more is not None and (more.siren == "inUse" or more.lightbar == "inUse" or more.response in _ON_ITS_WAY)


def _stamp(mark_ms: int, received_ns: int) -> int:
    """Return the time nearest to the reception that has this mark inside its UTC minute."""
    received_ms = received_ns // 1_000_000
    late_ms = (received_ms - mark_ms + _MINUTE_MS // 2) % _MINUTE_MS - _MINUTE_MS // 2
    return (received_ms - late_ms) * 1_000_000


def without_radio(tracks: Tracks) -> Ints:
    """Return the rows of motor vehicles that send no BSM themselves."""
    motor = np.isin(tracks.kind, [*_CLASSES])
    silent = np.array([one is None for one in tracks.vehicle_id], dtype=np.bool_)
    rows: Ints = (motor & silent).nonzero()[0]
    return rows


def proxies(tracks: Tracks, reference: Reference, site_id: bytes, count: int) -> list[BasicSafetyMessage]:
    """Return a BSM for every vehicle; ids are the unit's and the track's."""
    place_95, motion_95 = position_95(tracks), speed_95(tracks)
    return [
        _proxy(tracks, row, reference, site_id, count, float(place_95[row]), float(motion_95[row]))
        for row in range(len(tracks))
    ]


def _proxy(
    tracks: Tracks, row: int, reference: Reference, site_id: bytes, count: int, place_95: float, motion_95: float
) -> BasicSafetyMessage:
    heading = float(tracks.heading_deg[row])
    return BasicSafetyMessage(
        msg_cnt=count,
        id=site_id[:6] + int(tracks.id[row]).to_bytes(2),
        sec_mark_ms=sec_mark_ms(int(tracks.stamp_ns[row])),
        position=position(float(tracks.position_m[row, 0]), float(tracks.position_m[row, 1]), reference),
        position_confidence=PositionConfidenceSet(position=position_confidence(place_95)),
        transmission="unavailable",
        speed_mps=math.hypot(*map(float, tracks.velocity_mps[row])),
        heading_deg=None if math.isnan(heading) else heading,
        motion_confidence=MotionConfidenceSet(
            speed=speed_confidence(motion_95),
            heading=heading_confidence(NORMAL_95 * float(tracks.heading_sd_deg[row])),
        ),
        acceleration=Acceleration(longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0),
        brakes=BrakeSystemStatus(),
        size=Size(
            width_m=float(tracks.size_m[row, 1]),
            length_m=float(tracks.size_m[row, 0]),
            height_m=float(tracks.size_m[row, 2]),
        ),
        vehicle_class=VehicleClassification(classification=_CLASSES[RoadUser(tracks.kind[row])]),
    )


class ProxyComposer:
    """Proxies' BSM leave at every tick, where the site wants them, for vehicles without a radio that find room."""

    def __init__(self, unit: SiteUnit) -> None:
        site = unit.config.site
        self._channel = unit.channel
        self._wanted = site.messages.proxy_bsm
        self._id = unit.id
        self._reference = site.site.reference.reference()
        self._proxied = 0  # the track of the newest proxy

    def conditions(self, tick: Tick) -> Iterator[Reason]:
        """Yield the reasons of the site (no BSM wanted) and of the channel."""
        if not self._wanted:
            yield RadioReason.SWITCHED_OFF
        yield from self._channel.conditions(tick.moment.now_ns)

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield those there is room for, in turn: first of those without room before."""
        tracks, room = tick.road.labelled().tracks, tick.room
        rows = without_radio(tracks)
        rows = rows[np.argsort((tracks.id[rows] - self._proxied - 1) % _NUMBERS)]
        chosen = tracks.take(rows[: room.frames if room.left else 0])
        made = proxies(chosen, self._reference, self._id, tick.next_count()) if len(chosen) else []
        said = 0
        for number, message in zip(chosen.id.tolist(), made, strict=True):
            if not room.left:
                break
            said, self._proxied = said + 1, number
            yield Made(message)
        if said < len(rows):
            self._channel.wait(tick.moment.now_ns)


ROW = MessageRow(
    kind="bsm",
    title="Basic safety message, by proxy for vehicles without a radio",
    title_zh="基本安全消息：代未装车载单元的车辆发送",
    services=("bsm",),
    period_ticks=1,
    silent=NO_UTC | {PlaceReason.TIME_UNCERTAIN_50MS, SensorReason.NO_SENSORS},
    degraded=frozenset(SensorReason) | {RadioReason.CHANNEL_BUSY, RadioReason.SHARE_FULL},
    turn=2,
    shares=True,
    composer=ProxyComposer,
)
