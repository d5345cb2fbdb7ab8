"""Messages that the platform orders on air: made of a command's content, or checked octet for octet. Pure."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable
from datetime import datetime

import v2x
from hw.detail import Detail
from perception.geo import to_site
from rsu.bus.orders import AirOrder
from rsu.downlink.contents import GeoPoint, OrderedEvent
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import Circumstances, orders
from rsu.messages.common import minute_of_year
from rsu.reasons import commands as words
from v2x import Position
from v2x.records import rsi
from v2x.records.roadmap import MapData
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming

FIRST_ID, LAST_ID = 192, 255  # rteId of ordered events; the box's own have those below
_FARTHEST_M = 5_000.0  # from the site
_MOMENT_NS = 1_000_000_000  # a message that is sent once has so long to leave
_LONGEST_NS = 31_536_000_000_000_000  # a year
_KINDS: dict[str, type[v2x.Message]] = {
    "map": MapData,
    "spat": SignalPhaseAndTiming,
    "rsm": RoadsideSafetyMessage,
}
_NOT_BASE64 = Detail("not base64", "不是 base64")
_OTHER_TYPE = Detail("it is no {}", "不是 {} 消息")
_FAR = Detail("its place is {} m from this box", "其位置距本机 {} m")
_OWN_SIGNAL = Detail("this box tells the lights of its own signal controller", "本机播发自有信号机的灯态")
_NO_NUMBER_LEFT = Detail("{} events are on air already", "已有 {} 个事件在播发")
_NO_PLACE = Detail("it has no place", "缺少位置")


def event(ordered: OrderedEvent, at: Circumstances) -> AirOrder:
    """Return the order of an RSI event; one on air under its alertID keeps its number."""
    points = [*ordered.event_position, *(point for path in ordered.reference_paths for point in path.active_path)]
    _near(map(_position, points), at)
    return AirOrder(
        id=ordered.alert_id,
        kind="rsi",
        issuer=at.issuer,
        payload=_encoded(_message(ordered, _number(ordered.alert_id, at), at), at),
        since_ns=at.utc_ns,
        until_ns=at.utc_ns + (ordered.duration * 1_000_000_000 or _MOMENT_NS),
        once=ordered.duration == 0,
    )


def message(kind: str, name: str, text: str, at: Circumstances) -> AirOrder:
    """Return the order of a MAP, SPAT or RSM, base64 of its UPER; all but MAP are of a moment, and sent once."""
    if kind == "spat" and at.own_signal:
        raise RefusedError(words.NOT_AIRABLE.of(_OWN_SIGNAL))
    try:
        payload = base64.b64decode(text, validate=True)
        found = v2x.decode(payload, at.profile)
    except (binascii.Error, v2x.CodecError) as error:
        why = _NOT_BASE64 if isinstance(error, binascii.Error) else error
        raise RefusedError(words.NOT_AIRABLE.of(why), BAD_PARAMETER) from error
    if not isinstance(found, _KINDS[kind]):
        raise RefusedError(words.NOT_AIRABLE.of(_OTHER_TYPE.of(kind.upper())), BAD_PARAMETER)
    _near(_places(found), at)
    once = kind != "map"
    until_ns = at.utc_ns + (_MOMENT_NS if once else _LONGEST_NS)
    return AirOrder(name, kind, at.issuer, _encoded(found, at), at.utc_ns, until_ns, once)


def _places(found: v2x.Message) -> list[Position | None]:
    if isinstance(found, MapData):
        return [node.position for node in found.nodes]
    return [found.position] if isinstance(found, RoadsideSafetyMessage) else []


def _near(places: Iterable[Position | None], at: Circumstances) -> None:
    """Refuse places that are not around the box."""
    for place in places:
        if place is None:
            raise RefusedError(words.NOT_AIRABLE.of(_NO_PLACE), BAD_PARAMETER)
        east, north = to_site(place.latitude_deg, place.longitude_deg, at.reference)
        if not (away_m := math.hypot(float(east), float(north))) <= _FARTHEST_M:
            raise RefusedError(words.NOT_AIRABLE.of(_FAR.of(round(away_m))), BAD_PARAMETER)


def _encoded(found: v2x.Message, at: Circumstances) -> bytes:
    try:
        return v2x.encode(found, at.profile)
    except v2x.CodecError as error:
        raise RefusedError(words.NOT_AIRABLE.of(error), BAD_PARAMETER) from error


def _number(alert_id: str, at: Circumstances) -> int:
    """Return the rteId of an ordered event: the one that it has, or the lowest that is free."""
    taken: dict[int, str] = {}
    for order in orders(at.values):
        if order.kind == "rsi":
            there = v2x.decode(order.payload, at.profile)
            assert isinstance(there, rsi.RoadSideInformation)
            taken[there.events[0].rte_id] = order.id
    numbers = range(FIRST_ID, LAST_ID + 1)
    known = (number for number in numbers if taken.get(number) == alert_id)
    found = next(known, None) or next((number for number in numbers if number not in taken), None)
    if found is None:
        raise RefusedError(words.NOT_AIRABLE.of(_NO_NUMBER_LEFT.of(len(taken))))
    return found


def _message(ordered: OrderedEvent, number: int, at: Circumstances) -> rsi.RoadSideInformation:
    """Return the RSI with one event; count, time and unit of the box are put in when it is sent."""
    confidence = ordered.event_confidence
    one = rsi.Event(
        rte_id=number,
        event_type=ordered.event_type,
        source=ordered.event_source,
        position=_position(ordered.event_position[0]),
        radius_m=None if ordered.event_radius is None else ordered.event_radius / 10,
        description=ordered.event_description or None,
        time=rsi.TimeDetails(start_moy=_begin_moy(ordered.time_stamp, at.utc_ns)),
        priority=ordered.event_priority,
        paths=tuple(
            rsi.ReferencePath(points=tuple(map(_position, path.active_path)), radius_m=path.path_radius / 10)
            for path in ordered.reference_paths
        ),
        confidence_percent=None if confidence is None else confidence / 2,
    )
    reference = at.reference
    place = Position(
        latitude_deg=reference.latitude_deg,
        longitude_deg=reference.longitude_deg,
        elevation_m=reference.elevation_m,
    )
    return rsi.RoadSideInformation(msg_cnt=0, id=bytes(8), position=place, events=(one,))


def _begin_moy(said: str | int | None, otherwise_ns: int) -> int:
    """Return the minute of the year in which an event began. `said`: ms since 1970, or ISO 8601."""
    try:
        if isinstance(said, str):
            return minute_of_year(round(datetime.fromisoformat(said).timestamp() * 1e9))
        return minute_of_year(otherwise_ns if said is None else said * 1_000_000)
    except (ValueError, OverflowError) as error:  # a year that no date has
        raise RefusedError(words.NOT_READ.of(error), BAD_PARAMETER) from error


def _position(point: GeoPoint) -> Position:
    height_m = None if point.ele is None else point.ele / 10
    return Position(latitude_deg=point.lat / 1e7, longitude_deg=point.lon / 1e7, elevation_m=height_m)
