"""The connection to a platform as the sender knows it; the dialect's row says which: MQTT, a TCP stream, HTTP."""

from __future__ import annotations

from importlib import import_module
from queue import SimpleQueue
from typing import Protocol

from rsu.reasons.broker import Cause
from rsu.site.dialects import DIALECTS
from rsu.site.uplink import PlatformSettings
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import Answer, Dialect, Publication
from rsu.uplink.record import SpooledRecord

_MAKERS = {  # imported when one is made
    "mqtt": "rsu.uplink.link:BrokerLink",
    "tcp": "rsu.uplink.stream:StreamLink",
    "http": "rsu.uplink.requests:RequestLink",
}


class PlatformLink(Protocol):
    """One attempt to connect, and the connection that comes of it; it ends once and says why."""

    answers: SimpleQueue[Answer]
    connected: bool
    ended: Cause | None
    unreadable: int  # answers
    unheard: bool  # the broker has no subscriber for the sent topics
    denied: dict[str, str]  # kind -> why the other side does not take it
    peer_until: str | None  # end of the other side's certificate

    @property
    def room(self) -> int | None:
        """Return how many octets topic and body may have together; None: any number."""

    def start(self) -> None:
        """Begin to connect."""

    def send(self, record: SpooledRecord, said: list[Publication]) -> bool:
        """Give a record to the connection as the dialect says it; False: it is down, nothing was taken."""

    def look(self) -> None:
        """Take note of the other side's answers."""

    def stop(self) -> None:
        """End the connection."""


class _LinkMaker(Protocol):
    def __call__(
        self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
    ) -> PlatformLink: ...


def make(
    settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
) -> PlatformLink:
    """Return a new connection of the dialect's transport. `max_qos`: that a broker takes, as far as it has said so."""
    module, attribute = _MAKERS[DIALECTS[settings.dialect].transport].split(":")
    maker: _LinkMaker = getattr(import_module(module), attribute)
    return maker(settings, rscu, credentials, dialect, max_qos)
