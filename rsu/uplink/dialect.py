"""The contract of a dialect: a folder in `rsu/uplink/` and a row in `rsu/site/dialects.py`.

A dialect is pure. It turns the station's reports into the octets that the spool keeps, those into publications, and
the platform's answers into numbers of records. Windows, repeats, the spool and the connection know no dialect.

A record of a kind that the platform does not acknowledge (`answers` has no topic for it) is held when the broker has
it: then PUBACK frees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from rsu.bus.records import Report
from rsu.site.box import Teller
from rsu.uplink.record import SpooledRecord

HELD, REFUSED, NOT_NOW = 0, 1, 2  # code of an answer; others: as REFUSED


class Publication(NamedTuple):
    """One message to the broker, or to the platform itself."""

    topic: str
    body: bytes
    qos: int
    key: str = ""  # by which an answer names it, where answers name messages and no records


class Login(NamedTuple):
    """The name and the words with which a connection begins; None: none are sent."""

    name: str  # the client's
    username: str | None
    password: str | None


class Answer(NamedTuple):
    """The platform's word on numbers of one kind."""

    kind: str  # under which the records travelled
    boot: str | None  # None: not said
    first: int
    last: int
    code: int
    text: str


class Dialect(Teller, Protocol):
    """One way to speak to a platform."""

    upward: str  # filter of the topics on which the platform listens
    answered: str  # filter of the topics on which it answers; empty: on none

    @property
    def answers(self) -> Mapping[str, str]:
        """Return topic -> kind of the records that it answers."""

    def payload(self, report: Report) -> bytes:
        """Return a report's octets for the spool; empty: for a marker, or a report that this platform does not get."""

    def way(self, kind: str) -> str:
        """Return the kind under which records of a kind travel."""

    def topic(self, kind: str) -> str:
        """Return the topic of a kind of record."""

    def publications(self, record: SpooledRecord, room: int | None) -> list[Publication]:
        """Return the publications of a record, in order; empty: the platform does not get it.

        `room`: octets that topic and body may have together; None: any number. TooLargeError: it never fits.
        """

    def login(self, given: Login, now_ns: int) -> Login:
        """Return the login of a new connection. `given`: the box's number, user and password of the site file."""

    def presence(self, now_ns: int, online: bool) -> Publication | None:
        """Return the presence message: sent at every connection, and (offline) the connection's will."""

    def read(self, kind: str, body: bytes) -> list[Answer]:
        """Return the content of an answer; ValueError: nothing that can be used."""
