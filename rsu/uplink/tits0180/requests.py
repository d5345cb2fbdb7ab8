"""T/ITS 0180.1-2021 over HTTP(S), which it allows for low rates: statistics, events, basic and run status.

Request {timeStamp, data: the record}, reply {status, responseTime, data}; the token, which a platform gives for user
and password, stands in `Authorization` and is the first line of `password_file`. The standard prints no paths: they are
the topics. Participants and lamps are for MQTT. A reply with status 0 or 200 frees the record; HTTP 400 refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hw.decoding import UNDECODABLE
from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import Told
from rsu.site.box import Box
from rsu.uplink.dialect import HELD, NOT_NOW, REFUSED, Answer, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import ReplyVerdict
from rsu.uplink.tits0180.dialect import Tits0180

_KINDS = frozenset(RANK) - {"participant", "lamp"}
_GOOD, _BAD_REQUEST = (0, 200), 400


class _HttpReply(msgspec.Struct):
    """The body of a reply."""

    status: int


class Tits0180Requests:
    """One box in the words of the standard, for a platform that is asked by HTTP."""

    upward, answered = "POST /rscu/+/+/up", "HTTP"

    def __init__(self, box: Box) -> None:
        self._records = Tits0180(box)
        self.answers: dict[str, str] = {}  # no topics

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's JSON without its numbers; empty: it is for MQTT."""
        return self._records.body(kind, stamp_ns, told) if kind in _KINDS else b""

    def payload(self, report: Report) -> bytes:
        """Return a report's JSON with its numbers; empty for a marker, and for records that go by MQTT."""
        return self._records.payload(report) if report.kind in _KINDS else b""

    def way(self, kind: str) -> str:
        """Return the kind under which records of a kind travel: markers go as run status."""
        return self._records.way(kind)

    def topic(self, kind: str) -> str:
        """Return the path of a kind of record."""
        return f"/{self._records.topic(kind)}"

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record as one request; none: it is for MQTT."""
        if record.kind not in _KINDS or (not record.payload and record.kind != SKIPPED):
            return []
        (said,) = self._records.publications(record, None)
        body = b'{"timeStamp":%d,"data":%s}' % (record.stamp_ns // 1_000_000, said.body)
        return [Publication(self.topic(record.kind), body, 1)]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return None: a request says by itself that the box is there."""
        return None

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: answers are replies."""
        raise ValueError("answers are replies")

    def headers(self, login: Login) -> Mapping[str, str]:
        """Return the headers of each request."""
        token = {} if login.password is None else {"Authorization": login.password}
        return {"Content-Type": "application/json", **token}

    def verdict(self, status: int, body: bytes) -> ReplyVerdict:
        """Return the meaning of a reply; one that cannot be read has the record sent again."""
        if status == _BAD_REQUEST:
            return ReplyVerdict(REFUSED, body[:128].decode("utf-8", "replace"))
        try:
            reply = msgspec.json.decode(body, type=_HttpReply)
        except UNDECODABLE:
            return ReplyVerdict(NOT_NOW, f"HTTP {status}")
        return ReplyVerdict(HELD if reply.status in _GOOD else NOT_NOW, f"status {reply.status}")
