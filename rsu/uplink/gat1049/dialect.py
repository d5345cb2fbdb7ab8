"""GA/T 1049.2 as a dialect: traffic data of lanes for the traffic police's platform, XML over TCP.

| report of the station | message | answer |
|---|---|---|
| traffic | PUSH, Notify, CrossTrafficData | none: held when it is written |
| | REQUEST, Login, SDO_User | RESPONSE with the token that all further messages carry, or ERROR |
| | PUSH, Notify, SDO_HeartBeat, each 30 s | the platform's own |

Nothing else of a box has an object there. The number of a lane at the crossing (LaneNo) is its place in the lane map's
order of links and lanes.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rsu.bus.records import Report
from rsu.bus.told import RoadTraffic, Told
from rsu.site.box import Box
from rsu.uplink.dialect import Answer, Login, Publication
from rsu.uplink.gat1049 import messages
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import StreamWord

_MOST_OCTETS = 1 << 16  # of a message that the platform sends


class Gat1049:
    """One crossing in the words of the standard."""

    upward, answered = "CrossTrafficData", "RESPONSE"

    def __init__(self, box: Box) -> None:
        self._box = box
        self.answers: dict[str, str] = {}  # no topics

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return the content of a message; empty: the platform does not get the record."""
        content = messages.traffic(self._box, told.period) if isinstance(told, RoadTraffic) else None
        return b"" if content is None else ElementTree.tostring(content, encoding="utf-8")

    def payload(self, report: Report) -> bytes:
        """Return the octets for the spool: the content alone, since token and number are those of a connection."""
        return self.body(report.kind, report.stamp_ns, report.data)

    def way(self, kind: str) -> str:
        """Return the kind itself."""
        return kind

    def topic(self, kind: str) -> str:
        """Return the object's name."""
        return self.upward

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the record as one message; none: the platform does not get it."""
        return [Publication(f"{record.stamp_ns}", record.payload, 1)] if record.payload else []

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of the site file."""
        return given

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return None: login and heartbeat say it."""
        return None

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Refuse all: answers come on the stream."""
        raise ValueError("answers come on the stream")

    def session(self, login: Login) -> PoliceSession:
        """Return the session of a new connection."""
        return PoliceSession(login.username or login.name, login.password or "")


class PoliceSession:
    """One connection: its token, its count of messages."""

    beat_s, patience_s, misses = 30.0, 30.0, 3

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._token = ""
        self._count = 0
        self._buffer = b""

    def hello(self, now_ns: int) -> bytes:
        """Return the login."""
        return self._message("REQUEST", "Login", messages.login(self._user, self._password), now_ns)

    def beat(self, now_ns: int) -> bytes:
        """Return a heartbeat."""
        return self._message("PUSH", "Notify", Element("SDO_HeartBeat"), now_ns)

    def octets(self, said: Publication) -> bytes:
        """Return traffic data with the connection's token. The topic holds the record's time."""
        return self._message("PUSH", "Notify", ElementTree.fromstring(said.body), int(said.topic))

    def _message(self, kind: str, operation: str, content: Element, now_ns: int) -> bytes:
        self._count += 1
        return messages.message(kind, operation, content, now_ns, self._count, self._token)

    def received(self, data: bytes) -> list[StreamWord]:
        """Take octets from the line; return the whole messages in them. ValueError: this is another protocol."""
        *whole, self._buffer = (self._buffer + data).split(messages.END)
        if any(len(each) > _MOST_OCTETS for each in (*whole, self._buffer)):
            raise ValueError("no message ends")
        return [self._word(each + messages.END) for each in whole]

    def _word(self, octets: bytes) -> StreamWord:
        if b"<!" in octets:
            raise ValueError("a document with declarations")
        try:
            root = ElementTree.fromstring(octets.strip())
        except (ElementTree.ParseError, LookupError) as error:  # not XML, or of an encoding that does not exist
            raise ValueError(str(error)) from error
        kind, operation = root.findtext("Type"), root.find("Body/Operation")
        named = None if operation is None else operation.get("name")
        if kind == "RESPONSE" and named == "Login":
            self._token = root.findtext("Token") or ""
            return StreamWord("welcome") if self._token else StreamWord("unwelcome", text="no token")
        if kind == "ERROR":
            text = root.findtext("Body/Operation/SDO_Error/ErrDesc") or "no reason"
            return StreamWord("unwelcome", text=text[:100])
        return StreamWord("beat")
