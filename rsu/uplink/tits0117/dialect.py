"""T/ITS 0117 as a dialect: an RSU and the central subsystem, JSON over MQTT, topics named as the standard prints them.

| report of the station | topic |
|---|---|
| participant | V2X.RSU.RSM.UP |
| event | V2X.RSU.RSI.UP |
| lamp | V2X.RSU.SPAT.UP |
| basic-status | V2X.RSU.INFO.UP, answered on V2X.RSU.INFO.UP.ACK |
| run-status | V2X.RSU.HB.UP |

It has no topic for traffic statistics, and no word for records that were given up. It acknowledges INFO alone (table
A.1: seqNum, errorCode 0 received, 1 bad parameter, 2 not processed, errorDesc); the others are held when the broker has
them. A seqNum is the serial number of the RSU, the box's start and the record's number: the topics name no box.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from hw.decoding import UNDECODABLE
from rsu.bus.records import Report
from rsu.bus.told import DeviceStates, Participants, RoadEvents, SignalLamps, Told
from rsu.site.box import Box
from rsu.uplink import pieces
from rsu.uplink.csae53 import Json
from rsu.uplink.dialect import HELD, NOT_NOW, REFUSED, Answer, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.tits0117 import messages

_TOPICS = {
    "participant": "V2X.RSU.RSM.UP",
    "event": "V2X.RSU.RSI.UP",
    "lamp": "V2X.RSU.SPAT.UP",
    "basic-status": "V2X.RSU.INFO.UP",
    "run-status": "V2X.RSU.HB.UP",
}
_MEANING = {0: HELD, 1: REFUSED, 2: NOT_NOW}  # of errorCode
_LISTS = ("rsms", "rsis")
_encode = msgspec.json.Encoder().encode


class _TableA1(msgspec.Struct, rename="camel"):
    """Table A.1."""

    seq_num: str
    error_code: int
    error_desc: str = ""


class Tits0117:
    """One box in the words of the standard."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._esn = box.identity.rsu_sn
        self.upward, self.answered = "V2X.RSU.*.UP", "V2X.RSU.INFO.UP.ACK"
        self.answers = {self.answered: "basic-status"}

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's JSON without its number; empty: the standard has no topic for it."""
        content = self._content(kind, stamp_ns, told)
        return b"" if content is None else _encode(content)

    def _content(self, kind: str, stamp_ns: int, told: Told) -> Json | None:
        match told:
            case Participants():
                return messages.rsm(self._box, told)
            case RoadEvents():
                return messages.rsi(self._box, told)
            case SignalLamps() if self._box.identity.phases and told.lamps:
                return messages.spat(self._box, stamp_ns, told)
            case DeviceStates() if kind == "basic-status":
                return messages.info(self._box, told)
            case DeviceStates():
                return messages.heartbeat(self._box, stamp_ns, told)
            case _:
                return None

    def payload(self, report: Report) -> bytes:
        """Return a report's JSON with its number."""
        content = self._content(report.kind, report.stamp_ns, report.data)
        number: Json = {"seqNum": f"{self._esn}:{report.boot}:{report.seq}"}
        return b"" if content is None else _encode(number | content)

    def way(self, kind: str) -> str:
        """Return the kind itself: each that is sent has a topic of its own."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the topic of a kind that is sent."""
        return _TOPICS[kind]

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record in one message, or its RSMs or events in several with its number; none: it is not sent."""
        if not record.payload:
            return []
        topic = self.topic(record.kind)
        bodies = pieces.of(record.payload, room and room - len(topic), _items)
        return [Publication(topic, body, 1) for body in bodies]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return a heartbeat for a new connection; there is no word for going offline but silence."""
        if not online:
            return None
        number: Json = {"seqNum": f"{self._esn}:0:{now_ns // 1_000_000}"}
        return Publication(_TOPICS["run-status"], _encode(number | messages.heartbeat(self._box, now_ns, None)), 1)

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Return the content of an acknowledgement; of another box's: none. ValueError: nothing that can be used."""
        try:
            said = msgspec.json.decode(body, type=_TableA1)
        except UNDECODABLE as error:
            raise ValueError(str(error)) from error
        esn, _, number = said.seq_num.partition(":")
        boot, _, seq = number.rpartition(":")
        if esn != self._esn:
            return []
        if not (seq.isascii() and seq.isdigit()):
            raise ValueError(f"no number of a record: {said.seq_num[:40]}")
        code = _MEANING.get(said.error_code, said.error_code)
        return [Answer(kind, boot, int(seq), int(seq), code, said.error_desc)]


def _items(data: dict[str, Any]) -> list[Any]:
    return next((cast(list[Any], data[key]) for key in _LISTS if key in data), [])
