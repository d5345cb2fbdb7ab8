"""Huawei's road network service DRIS as a dialect: JSON over MQTT with TLS.

| report of the station | topic |
|---|---|
| participant | v2x/v1/rsu/{esn}/rsm/up |
| event | v2x/v1/rsu/{esn}/rsi/up, events that run |
| lamp | v2x/v1/rsu/{esn}/spat/up |

It has no topic for statistics, for the box and its devices, for ended events, or for records that were given up: it
knows by the connection that the box is there. It acknowledges nothing upwards: a publication that the broker has taken
counts as held. The login is made of the serial number, the hour and the device's secret: `login`.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import msgspec

from rsu.bus.records import Report
from rsu.bus.told import Participants, RoadEvents, SignalLamps, Told
from rsu.site.box import Box
from rsu.uplink import pieces
from rsu.uplink.csae53 import Json
from rsu.uplink.dialect import Answer, Login, Publication
from rsu.uplink.dris import messages
from rsu.uplink.record import SpooledRecord

_TOPICS = {"participant": "rsm/up", "event": "rsi/up", "lamp": "spat/up"}
_LISTS = ("rsms", "rsiDatas")
_encode = msgspec.json.Encoder().encode


class Dris:
    """One RSU in the words of the service."""

    answered = ""
    answers: ClassVar[dict[str, str]] = {}

    def __init__(self, box: Box) -> None:
        self._box = box
        self._esn = box.identity.rsu_sn
        self.upward = f"v2x/v1/rsu/{self._esn}/+/up"

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's JSON; empty: the service has no topic for it."""
        content = self._content(stamp_ns, told)
        return b"" if content is None else _encode(content)

    def _content(self, stamp_ns: int, told: Told) -> Json | None:
        match told:
            case Participants():
                return messages.rsm(self._box, told)
            case RoadEvents():
                return messages.rsi(self._box, told)
            case SignalLamps() if self._box.identity.phases and told.lamps:
                return messages.spat(self._box, stamp_ns, told)
            case _:
                return None

    def payload(self, report: Report) -> bytes:
        """Return the octets for the spool: without additions, as records have no number here."""
        return self.body(report.kind, report.stamp_ns, report.data)

    def way(self, kind: str) -> str:
        """Return the kind itself: each that is sent has a topic of its own."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the topic of a kind that is sent."""
        return f"v2x/v1/rsu/{self._esn}/{_TOPICS[kind]}"

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record in one message, or its RSMs or RSIs in several; none: it is not sent."""
        if not record.payload:
            return []
        topic = self.topic(record.kind)
        bodies = pieces.of(record.payload, room and room - len(topic.encode()), _items)
        return [Publication(topic, body, 1) for body in bodies]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of this hour: the secret (`given.password`) itself is never sent.

        Client {esn}_0_0_{YYYYMMDDHH, UTC}; password: HMAC-SHA256 of the secret with that time as the key.
        """
        hour = f"{datetime.fromtimestamp(now_ns // 1_000_000_000, UTC):%Y%m%d%H}"
        name = f"{self._esn}_0_0_{hour}"
        if given.password is None:
            return Login(name, self._esn, None)
        return Login(name, self._esn, hmac.new(hour.encode(), given.password.encode(), hashlib.sha256).hexdigest())

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return None: the service has no such message."""
        return None

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: nothing is answered."""
        raise ValueError("this platform acknowledges nothing")


def _items(data: dict[str, Any]) -> list[Any]:
    return next((cast(list[Any], data[key]) for key in _LISTS if key in data), [])
