"""The contracts of dialects without a broker: over a TCP stream, one session a connection; over HTTP. Both are pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from rsu.uplink.dialect import HELD, Dialect, Login, Publication


class StreamWord(NamedTuple):
    """One message of the other side.

    `welcome`: the session has begun; `unwelcome`: it is refused; `beat`: the other side is there; `answer`: to the
    message with this key.
    """

    word: Literal["welcome", "unwelcome", "beat", "answer"]
    key: str = ""
    code: int = HELD
    text: str = ""


class StreamSession(Protocol):
    """One connection in the platform's words."""

    beat_s: float  # between two heartbeats
    patience_s: float  # for the answer to one
    misses: int  # so many of them without an answer in a row end the connection

    def hello(self, now_ns: int) -> bytes:
        """Return the octets with which a connection begins; the other side answers with `welcome`."""

    def beat(self, now_ns: int) -> bytes:
        """Return a heartbeat."""

    def octets(self, said: Publication) -> bytes:
        """Return a message as it goes onto the line."""

    def received(self, data: bytes) -> list[StreamWord]:
        """Take octets from the line; return the whole messages in them. ValueError: this is another protocol."""


class StreamDialect(Dialect, Protocol):
    """A dialect whose messages go over a stream; `Publication.key` names the answer to one, empty: none comes."""

    def session(self, login: Login) -> StreamSession:
        """Return the session of a new connection."""


class ReplyVerdict(NamedTuple):
    """The platform's word on one request."""

    code: int  # HELD, REFUSED, NOT_NOW
    text: str


class RequestDialect(Dialect, Protocol):
    """A dialect whose messages are requests: `Publication.topic` is the path, POST the method."""

    def headers(self, login: Login) -> Mapping[str, str]:
        """Return the headers of each request."""

    def verdict(self, status: int, body: bytes) -> ReplyVerdict:
        """Return the meaning of a reply."""
