"""OpenV2X's edge platform as a dialect: JSON over MQTT as its `cerebrum` and `dandelion` read it (release 1.0).

| report of the station | topic | read there as |
|---|---|---|
| participant | V2X/RSU/{esn}/RSM/UP | road users in units of T/CSAE 53 |
| event | V2X/RSU/{esn}/RSI/UP | traffic events |
| basic-status | V2X/RSU/INFO/UP | the box registers itself, or renews its entry |
| run-status | V2X/RSU/HB/UP | a heartbeat: the box counts as online for 15 s after each |

It has no topic for traffic statistics, none for records that were given up, and prints no meaning for the light
numbers of its SPAT: these are not sent. It acknowledges nothing upwards and knows no will: a publication that the
broker has taken counts as held. Its topics carry no identity of a record, so that a repeat after a lost PUBACK is one
more message.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import msgspec

from rsu.bus.records import Report
from rsu.bus.told import DeviceStates, Participants, RoadEvents, Told
from rsu.site.box import Box
from rsu.uplink import pieces
from rsu.uplink.dialect import Answer, Login, Publication
from rsu.uplink.openv2x import rsi, rsm, status
from rsu.uplink.record import SpooledRecord

_encode = msgspec.json.Encoder().encode


class OpenV2X:
    """One box in OpenV2X's words."""

    upward, answered = "V2X/RSU/#", ""
    answers: ClassVar[dict[str, str]] = {}

    def __init__(self, box: Box) -> None:
        self._box = box
        esn = box.identity.rsu_sn
        self._topics = {
            "participant": f"V2X/RSU/{esn}/RSM/UP",
            "event": f"V2X/RSU/{esn}/RSI/UP",
            "basic-status": "V2X/RSU/INFO/UP",
            "run-status": "V2X/RSU/HB/UP",
        }

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's JSON; empty: the platform has no topic for it."""
        match told:
            case Participants():
                return _encode(rsm.build(self._box, told))
            case RoadEvents():
                return _encode(rsi.build(self._box, told))
            case DeviceStates() if kind == "basic-status":
                return _encode(status.info(self._box, told))
            case DeviceStates():
                return _encode(status.heartbeat(self._box, stamp_ns, told))
            case _:
                return b""

    def payload(self, report: Report) -> bytes:
        """Return the octets for the spool: without additions, as records have no number here."""
        return self.body(report.kind, report.stamp_ns, report.data)

    def way(self, kind: str) -> str:
        """Return the kind itself: each that is sent has a topic of its own."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the topic of a kind that is sent."""
        return self._topics[kind]

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record in one message, or its road users or events in several; none: it is not sent."""
        if not record.payload:
            return []
        topic = self.topic(record.kind)
        bodies = pieces.of(record.payload, room and room - len(topic.encode()), _items)
        return [Publication(topic, body, 1) for body in bodies]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return a heartbeat for a new connection; there is no word for going offline but silence."""
        if not online:
            return None
        return Publication(self.topic("run-status"), _encode(status.heartbeat(self._box, now_ns, None)), 1)

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: nothing is answered."""
        raise ValueError("this platform acknowledges nothing")


def _items(data: dict[str, Any]) -> list[Any]:
    found = data["content"]["rsms"][0]["participants"] if "content" in data else data.get("rsiDatas", [])
    return cast(list[Any], found)
