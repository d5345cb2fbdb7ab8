"""The row of a message type: all that the station knows of it. Each module of a message has one, beside its builder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple, Protocol

from rsu.messages.channel import ChannelShare, Room
from rsu.messages.common import MessageCounter
from rsu.messages.scene import Moment, Scene
from rsu.reasons.place import PlaceReason
from rsu.reasons.radio import RadioReason
from rsu.reasons.words import Reason
from rsu.site.config import Config
from rsu.site.model import MessageKind
from v2x import Message
from v2x.aids import Kind

# no message leaves while one of these holds, and each is degraded by one of those
SILENCE = frozenset(
    {
        PlaceReason.NO_POSITION,
        PlaceReason.POSITION_MISMATCH,
        PlaceReason.SITE_IN_GCJ02,
        RadioReason.RADIO_LOST,
        RadioReason.SWITCHED_OFF,
        RadioReason.ORDERED_OFF,
        RadioReason.NOTHING_TO_SAY,
    }
)
DOUBT = frozenset({RadioReason.RADIO_FAULT, RadioReason.ONE_RADIO_LOST})


class Permission(IntEnum):
    """Decisions on a message, worst last."""

    SEND = 0
    DEGRADED = 1
    SILENT = 2


class SiteUnit(NamedTuple):
    """Which unit composes messages."""

    config: Config
    id: bytes  # of the RSU, 8 octets
    channel: ChannelShare


class Tick(NamedTuple):
    """The input of a message type's builder at one tick."""

    moment: Moment
    scene: Scene | None  # None: fusion has not looked at the road yet
    conditions: Collection[str]  # reasons that hold
    silent: Collection[str]  # message types that the gate kept silent last
    room: Room  # left in the unit's share of the channel
    next_count: MessageCounter

    @property
    def road(self) -> Scene:
        """Return the scene, for types whose turn comes after fusion."""
        assert self.scene is not None
        return self.scene


class Made(NamedTuple):
    """One message, and the receipt of the newest measurement in it."""

    message: Message
    newest_receipt_ns: int | None = None
    order: str = ""  # of the platform that it carries out


class Composer(Protocol):
    """Decides which messages of one type are due."""

    def conditions(self, tick: Tick) -> Iterable[Reason]:
        """Return the reasons of this type alone that hold."""

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield messages that are due and pass the gate; asking for the next one means that the one before was sent."""


class MessageRow(NamedTuple):
    """One message type."""

    kind: MessageKind
    title: str
    title_zh: str
    services: tuple[Kind, ...]  # under which its messages leave: AID and priority (`v2x.aids`)
    period_ticks: int  # from one to the next, 100 ms each (T/CSAE 159-2020)
    silent: frozenset[Reason]  # while one of these holds it does not leave
    degraded: frozenset[Reason]  # while one of these holds it says less, or says that it is uncertain
    turn: int  # among the types of a tick, the most urgent first; 0: before fusion looks at the road
    shares: bool  # its frames count into the unit's share of the channel
    composer: Callable[[SiteUnit], Composer]

    def decision(self, reason: Reason) -> Permission:
        """Return the effect of each reason on the message: the row of the gate."""
        if reason in SILENCE | self.silent:
            return Permission.SILENT
        return Permission.DEGRADED if reason in DOUBT | self.degraded else Permission.SEND
