"""The traffic police's cooperative vehicle-infrastructure services as a dialect: objects as JSON over HTTP(S).

Source: the draft of the general requirements for such services; `IM_<object>` is a POST to the police.

| report of the station | object |
|---|---|
| traffic over 60 s or more | IM_1004, live state of a link: RecordTime, LinkID, Speed km/h, Status 0-3 |
| event that begins | IM_2001: RecordTime, Type, Desc, Location "lon,lat" |

An event has no number there: it is told when it begins, and never again. The draft's keys of signals are not at hand;
vehicles' own positions are not a box's to tell. The header `api-key` is the first line of `password_file`. A reply
{code, message, data} with code 00200 frees the record, 00400 refuses it, any other has it sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hw.decoding import UNDECODABLE
from perception.events.settings import KINDS
from perception.geo import to_wgs84
from perception.results import LaneFlow, RoadEvent
from rsu.bus.records import Report
from rsu.bus.told import RoadEvents, RoadTraffic, Told
from rsu.site.box import Box
from rsu.uplink.dialect import HELD, NOT_NOW, REFUSED, Answer, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import ReplyVerdict

_PATHS = {"traffic": "/IM_1004", "event": "/IM_2001"}
_LEAST_NS = 60 * 10**9  # shorter periods are none of this interface's
_KMH = 3.6
_CONGESTION, _HAZARD, _QUEUE, _INCIDENT, _WEATHER, _VIOLATION = (
    "A01001", "A01002", "A01005", "A01009", "A01010", "A01011",
)  # fmt: skip
_TYPES = {
    707: _CONGESTION, 9911: _QUEUE, 903: _INCIDENT, 904: _VIOLATION, 901: _VIOLATION, 9912: _VIOLATION, 409: _WEATHER,
}  # fmt: skip
_MEANING = {"00200": HELD, "00400": REFUSED}
_encode = msgspec.json.Encoder().encode


class _Reply(msgspec.Struct):
    """The body of a reply."""

    code: str
    message: str = ""


class Cooperative:
    """One box in the words of the draft."""

    upward, answered = "POST /IM_1004, /IM_2001", "HTTP"

    def __init__(self, box: Box) -> None:
        self._box = box
        self.answers: dict[str, str] = {}  # no topics

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's objects, a JSON list; empty: the platform does not get it."""
        found = self._objects(told)
        return _encode(found) if found else b""

    def _objects(self, told: Told) -> list[dict[str, Any]]:
        match told:
            case RoadTraffic() if told.period.end_ns - told.period.start_ns >= _LEAST_NS:
                links = list(dict.fromkeys(flow.link for flow in told.period.lanes))
                rows = [self._link(link, [flow for flow in told.period.lanes if flow.link == link]) for link in links]
                return [row for row in rows if row is not None]
            case RoadEvents():
                return [self._event(event) for event in told.events if event.state == "start"]
            case _:
                return []

    def _link(self, link: str, flows: list[LaneFlow]) -> dict[str, Any] | None:
        """Return the live state of a link; None: no vehicle crossed, or no lane is judged."""
        judged = [flow.congestion for flow in flows if flow.congestion is not None]
        weights = [(flow.mean_speed_mps, flow.volume) for flow in flows if flow.mean_speed_mps is not None]
        crossed = sum(volume for _, volume in weights)
        if not judged or not crossed:
            return None
        speed_mps = sum(speed * volume for speed, volume in weights) / crossed
        return {
            "RecordTime": flows[0].end_ns // 1_000_000_000,
            "LinkID": str(self._box.identity.links.get(link, link)),
            "Speed": round(speed_mps * _KMH),
            "Status": max(judged),
        }

    def _event(self, event: RoadEvent) -> dict[str, Any]:
        latitude, longitude = to_wgs84(*event.position_m, self._box.identity.reference)
        weather = event.code // 100 == 3
        return {
            "RecordTime": event.stamp_ns // 1_000_000_000,
            "Type": _WEATHER if weather else _TYPES.get(event.code, _HAZARD),
            "Desc": KINDS[event.code].name_zh if event.code in KINDS else str(event.code),
            "Location": f"{float(longitude):.7f},{float(latitude):.7f}",
        }

    def payload(self, report: Report) -> bytes:
        """Return the octets for the spool."""
        return self.body(report.kind, report.stamp_ns, report.data)

    def way(self, kind: str) -> str:
        """Return the kind itself."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the path of a kind's objects."""
        return _PATHS[kind]

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return one request an object; none: the platform does not get the record."""
        found = msgspec.json.decode(record.payload) if record.payload else []
        return [Publication(self.topic(record.kind), _encode(each), 1) for each in found]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file: its password is the key."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return None: the draft has no such object."""
        return None

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: answers are replies."""
        raise ValueError("answers are replies")

    def headers(self, login: Login) -> Mapping[str, str]:
        """Return the headers of each request."""
        key = {} if login.password is None else {"api-key": login.password}
        return {"Content-Type": "application/json", **key}

    def verdict(self, status: int, body: bytes) -> ReplyVerdict:
        """Return the meaning of a reply; one that cannot be read has the record sent again."""
        try:
            reply = msgspec.json.decode(body, type=_Reply)
        except UNDECODABLE:
            return ReplyVerdict(NOT_NOW, f"HTTP {status}")
        return ReplyVerdict(_MEANING.get(reply.code, NOT_NOW), f"{reply.code} {reply.message}"[:128])
