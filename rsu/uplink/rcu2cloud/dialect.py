"""RCU2CLOUD as a dialect: binary frames over TCP, as a rule with TLS (`rsu/uplink/rcu2cloud/frames.py`).

| report of the station | frame | answer |
|---|---|---|
| participant | OBJS 121 | none: held when it is written |
| event | EVENT 123, one each | 124 with the eventId |
| run-status | STATUS 129 | 130 |
| | HEARTBEAT 141 | 142 |

It has no frame for lamps and statistics; the one for ended events is not known. Events are those with a number in
`uplink: {standard: {event_types}}`. Three heartbeats without an answer within 2 s end the connection.
"""

from __future__ import annotations

import msgspec

from rsu.bus.records import Report
from rsu.bus.told import DeviceStates, Participants, RoadEvents, Told
from rsu.site.box import Box
from rsu.uplink.dialect import Answer, Login, Publication
from rsu.uplink.rcu2cloud import frames
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import StreamWord

_NAMES = {"participant": "OBJS", "event": "EVENT", "run-status": "STATUS"}
_STATUS_KEY = "status"
_MOST_OCTETS = 1 << 16  # of an answer


class _Frame(msgspec.Struct, array_like=True):
    """One frame in the spool."""

    key: str  # of its answer, empty: none comes
    octets: bytes


class Rcu2Cloud:
    """One box in the words of the protocol."""

    upward, answered = "OBJS, EVENT, STATUS", "124, 130, 142"

    def __init__(self, box: Box) -> None:
        self._box = box
        self.answers: dict[str, str] = {}  # no topics

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record's frames; empty: the protocol has none for it."""
        return b"".join(each.octets for each in self._frames(kind, stamp_ns, told))

    def _frames(self, kind: str, stamp_ns: int, told: Told) -> list[_Frame]:
        match told:
            case Participants():
                return [_Frame("", frames.objs(self._box, stamp_ns, told))]
            case RoadEvents():
                numbers = self._box.standard.event_types
                return [
                    _Frame(frames.event_id(each), frames.event(self._box, each, numbers[each.code]))
                    for each in told.events
                    if each.state != "end" and each.code in numbers
                ]
            case DeviceStates() if kind == "run-status":
                return [_Frame(_STATUS_KEY, frames.status(self._box, stamp_ns, told))]
            case _:
                return []

    def payload(self, report: Report) -> bytes:
        """Return the frames with the keys of their answers."""
        found = self._frames(report.kind, report.stamp_ns, report.data)
        return msgspec.msgpack.encode(found) if found else b""

    def way(self, kind: str) -> str:
        """Return the kind itself."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the name of a kind's frames."""
        return _NAMES[kind]

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the frames of a record; none: the platform does not get it."""
        if not record.payload:
            return []
        found = msgspec.msgpack.decode(record.payload, type=list[_Frame])
        return [Publication(self.topic(record.kind), each.octets, 1, each.key) for each in found]

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file: the protocol has none, TLS proves the identity of the box."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return None: the heartbeat says it."""
        return None

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: answers come on the stream."""
        raise ValueError("answers come on the stream")

    def session(self, login: Login) -> CloudSession:
        """Return the session of a new connection."""
        return CloudSession()


class CloudSession:
    """One connection."""

    beat_s, patience_s, misses = 10.0, 2.0, 3

    def __init__(self) -> None:
        self._buffer = b""

    def hello(self, now_ns: int) -> bytes:
        """Return a heartbeat: the platform is there when it answers."""
        return self.beat(now_ns)

    def beat(self, now_ns: int) -> bytes:
        """Return a heartbeat."""
        return frames.frame(frames.BEAT, now_ns)

    def octets(self, said: Publication) -> bytes:
        """Return a message as it goes onto the line."""
        return said.body

    def received(self, data: bytes) -> list[StreamWord]:
        """Take octets from the line; return the whole frames in them. ValueError: this is another protocol."""
        self._buffer += data
        words: list[StreamWord] = []
        while len(self._buffer) >= frames.HEADER.size:
            start, size, kind, *_ = frames.HEADER.unpack_from(self._buffer)
            end = frames.HEADER.size + int.from_bytes(size, "big")
            if start != frames.START or end > _MOST_OCTETS:
                raise ValueError(f"octets {self._buffer[:4].hex()} where a frame begins")
            if len(self._buffer) < end:
                break
            words += _word(kind, self._buffer[frames.HEADER.size : end])
            self._buffer = self._buffer[end:]
        return words


def _word(kind: int, body: bytes) -> list[StreamWord]:
    """Return the meaning of a frame; none of a kind that nothing was asked of."""
    if kind == frames.BEAT_REPLY:
        return [StreamWord("beat")]
    if kind == frames.STATUS_REPLY:
        return [StreamWord("answer", _STATUS_KEY)]
    if kind == frames.EVENT_REPLY:
        return [StreamWord("answer", body[:16].decode("ascii", "replace"))]
    return []
