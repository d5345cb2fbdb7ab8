"""T/ITS 0180.1-2021 as a dialect: its records, topics, numbers, parts and acknowledgements."""

from __future__ import annotations

import msgspec

from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import DeviceStates, GivenUp, Participants, RoadEvents, RoadTraffic, SignalLamps, Told
from rsu.site.box import Box
from rsu.uplink.dialect import Answer, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.tits0180 import answers, envelope, events, lamps, participants, parts, status, traffic
from rsu.uplink.tits0180.common import Payload

_encode = msgspec.json.Encoder().encode


class Tits0180:
    """One box in the words of the standard."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._rscu = box.identity.rscu_sn
        self.upward, self.answered = f"rscu/{self._rscu}/#", f"rscu/{self._rscu}/+/up/ack"
        kinds = [kind for kind in RANK if kind != SKIPPED]
        self.answers = {f"{self.topic(kind)}/ack": kind for kind in kinds}

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's JSON without its numbers."""
        return _encode(self._payload(kind, stamp_ns, told))

    def _payload(self, kind: str, stamp_ns: int, told: Told) -> Payload:
        match told:
            case Participants():
                return participants.build(self._box, stamp_ns, told)
            case RoadEvents():
                return events.build(self._box, stamp_ns, told)
            case RoadTraffic():
                return traffic.build(self._box, stamp_ns, told)
            case SignalLamps():
                return lamps.build(self._box, stamp_ns, told)
            case DeviceStates() if kind == "basic-status":
                return status.basic(self._box, stamp_ns, told)
            case DeviceStates():
                return status.run(self._box, stamp_ns, told)
            case GivenUp():
                raise ValueError("a marker is made when it is sent")

    def payload(self, report: Report) -> bytes:
        """Return a report's JSON with its numbers; empty for a marker."""
        if report.kind == SKIPPED:
            return b""
        return _encode(self._payload(report.kind, report.stamp_ns, report.data) | envelope.numbers(report))

    def way(self, kind: str) -> str:
        """Return the kind under which records of a kind travel: markers go as run status."""
        return envelope.TOPIC_OF_MARKERS if kind == SKIPPED else kind

    def topic(self, kind: str) -> str:
        """Return the topic of a kind of record."""
        return f"rscu/{self._rscu}/{self.way(kind)}/up"

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record in one message, or in parts; a marker's is made here: markers grow while they wait."""
        topic = self.topic(record.kind)
        whole = envelope.marker(self._rscu, record) if record.kind == SKIPPED else record.payload
        bodies = [whole] if room is None else parts.parted(whole, room - len(topic.encode()))
        return [Publication(topic, body, envelope.QOS[record.kind]) for body in bodies]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication:
        """Return the unnumbered basic status that says whether the box is connected."""
        body = _encode(status.presence(self._rscu, now_ns, online))
        return Publication(self.topic("basic-status"), body, envelope.QOS["basic-status"])

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Return the content of an acknowledgement; ValueError: nothing that can be used."""
        return answers.read(kind, body)
