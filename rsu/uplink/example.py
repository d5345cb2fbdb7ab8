"""A dialect to begin with: JSON that a platform acknowledges. Copy this file, and adapt it to your platform.

    boxes/SN/users, boxes/SN/events, boxes/SN/health     from the box: {"time_ms", "boot", "seq", "content": [...]}
    boxes/SN/online                                      from the box: {"time_ms", "online"}
    boxes/SN/users/held ... {"boot": "...", "seq": 17}   from the platform: it keeps this record

Describe your platform's topics, fields and units here in the same way, with its source (document, edition, section).
"""

from __future__ import annotations

import msgspec

from hw.decoding import UNDECODABLE
from perception.geo import to_wgs84
from rsu.bus.records import Report
from rsu.bus.told import DeviceStates, Participants, RoadEvents, Told, ToldUser
from rsu.site.box import Box
from rsu.uplink.dialect import HELD, Answer, Login, Publication
from rsu.uplink.errors import TooLargeError
from rsu.uplink.record import SpooledRecord

TOPICS = {"participant": "users", "event": "events", "run-status": "health"}  # of the kinds that it is told of
_encode = msgspec.json.Encoder().encode


class _Held(msgspec.Struct):
    """An acknowledgement."""

    boot: str
    seq: int


class Acme:
    """One box in the platform's words."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._root = f"boxes/{box.identity.rscu_sn}"
        self.upward, self.answered = f"{self._root}/#", f"{self._root}/+/held"
        self.answers = {f"{self.topic(kind)}/held": kind for kind in TOPICS}

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record without its number; empty: the platform is not told of it."""
        content = self._content(kind, told)
        return b"" if content is None else _encode({"time_ms": stamp_ns // 1_000_000, "content": content})

    def payload(self, report: Report) -> bytes:
        """Return the octets of a report for the spool: the record with its number."""
        content = self._content(report.kind, report.data)
        if content is None:
            return b""
        number = {"boot": report.boot, "seq": report.seq}
        return _encode({"time_ms": report.stamp_ns // 1_000_000, "content": content} | number)

    def way(self, kind: str) -> str:
        """Return the kind under which a record travels: its own."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the topic of a kind."""
        return f"{self._root}/{TOPICS[kind]}"

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record as one message; none: the platform is not told of it."""
        if not record.payload:
            return []
        topic = self.topic(record.kind)
        if room is not None and len(topic) + len(record.payload) > room:
            raise TooLargeError(f"{len(record.payload)} octets, and the broker's packets have room for {room}")
        return [Publication(topic, record.payload, 1)]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return the presence message: the box is there, or gone."""
        return Publication(f"{self._root}/online", _encode({"time_ms": now_ns // 1_000_000, "online": online}), 1)

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Return the content of an acknowledgement; ValueError: nothing that can be used."""
        try:
            held = msgspec.json.decode(body, type=_Held)
        except UNDECODABLE as error:
            raise ValueError(str(error)) from error
        return [Answer(kind, held.boot, held.seq, held.seq, HELD, "")]

    def _content(self, kind: str, told: Told) -> list[dict[str, object]] | None:
        match told:
            case Participants() if kind in TOPICS:
                return [self._user(user) for user in told.users]
            case RoadEvents() if kind in TOPICS:
                return [{"id": each.id, "code": each.code, "ends": each.state == "end"} for each in told.events]
            case DeviceStates() if kind in TOPICS:
                return [{"device": each.name, "ok": each.ok, "fault": each.fault} for each in told.devices]
            case _:
                return None

    def _user(self, user: ToldUser) -> dict[str, object]:
        latitude, longitude = to_wgs84(user.east_m, user.north_m, self._box.identity.reference)
        seen_by = {self._box.modalities[device].name for device in user.sources if device in self._box.modalities}
        return {
            "id": user.id,
            "class": user.kind.name.lower(),
            "latitude_deg": round(float(latitude), 7),
            "longitude_deg": round(float(longitude), 7),
            "speed_kmh": round(user.speed_mps * 3.6, 1),
            "seen_by": sorted(seen_by),
        }
