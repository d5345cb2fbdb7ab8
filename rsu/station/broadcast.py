"""The output on air in one cycle of 100 ms: the messages that are due, the gate's decisions, and their frames.

Periods, AIDs and priorities are those of T/CSAE 159-2020; RSI goes out only together with MAP, events and signs in
messages of their own.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import structlog

import v2x
from rsu.bus.snapshot import MessageState
from rsu.messages.channel import ChannelShare, Room
from rsu.messages.common import MessageCounter
from rsu.messages.row import Made, MessageRow, Permission, SiteUnit, Tick
from rsu.messages.scene import Moment, Scene
from rsu.messages.table import ROWS
from rsu.reasons.radio import RadioReason
from rsu.site.config import Config
from rsu.station.checks.devices import RadioConditions
from rsu.station.gate import KINDS, Verdict, judge
from rsu.station.ordered import PlatformOrders
from v2x import dsmp
from v2x.aids import SERVICES, kind_of

_RATE_NS = 5_000_000_000
_FIRST = [row for row in ROWS.values() if row.turn == 0]
_LATER = sorted((row for row in ROWS.values() if row.turn), key=lambda row: row.turn)
_log = structlog.get_logger()


class Outgoing(NamedTuple):
    """One frame for the radio."""

    kind: str  # of rsu.station.gate.KINDS
    aid: int
    priority: int  # DSM priority, 255 the highest
    payload: bytes  # UPER
    frame: bytes  # DSMP, the payload in it
    newest_receipt_ns: int | None  # of the newest measurement in it
    order: str = ""  # of the platform that it carries out


class Broadcaster:
    """Builds the frames of each cycle. `seed` gives the unit's id and the first message counts."""

    def __init__(self, config: Config, seed: bytes) -> None:
        site = config.site
        chance = random.Random(seed)
        self._site = site
        self._profile = site.messages.profile
        self._limit = site.messages.max_frame_octets
        rsu_id = chance.randbytes(8)
        self._count = {kind: MessageCounter(chance) for kind in KINDS}
        self.channel = ChannelShare(site.messages.channel)
        unit = SiteUnit(config, rsu_id, self.channel)
        self.orders = PlatformOrders(self._profile, rsu_id)
        self._radios = RadioConditions(site.radio)
        self._composers = {kind: row.composer(unit) for kind, row in ROWS.items()}
        self._verdicts = {kind: Verdict(Permission.SILENT, (RadioReason.NOTHING_TO_SAY,)) for kind in KINDS}
        self._cycles: dict[str, deque[int]] = {kind: deque() for kind in KINDS}
        self._frames: Counter[str] = Counter()
        self.counters: Counter[str] = Counter()  # reasons why a frame was not made, or a measurement not sent as it is

    def take_over(self, before: Broadcaster) -> None:
        """Go on with the message counts, decisions and figures of another one."""
        self._count, self._verdicts = before._count, before._verdicts
        self._cycles, self._frames, self.counters = before._cycles, before._frames, before.counters
        self.channel.take_over(before.channel)
        self.orders.take_over(before.orders)

    def signals(self, moment: Moment) -> Iterator[Outgoing]:
        """Yield the frames of a tick that need nothing of the road: SPAT."""
        for row in _FIRST:
            yield from self._pass(row, moment, None, self.channel.room(moment.now_ns))

    def others(self, scene: Scene) -> Iterator[Outgoing]:
        """Yield the other frames of a tick, each the moment it is made, the most urgent first."""
        room = self.channel.room(scene.moment.now_ns)
        for row in _LATER:
            yield from self._pass(row, scene.moment, scene, room)

    def _pass(self, row: MessageRow, moment: Moment, scene: Scene | None, room: Room) -> Iterator[Outgoing]:
        """Yield the frames of one message type, where the gate lets them pass."""
        kind, composer = row.kind, self._composers[row.kind]
        silent = [name for name, verdict in self._verdicts.items() if verdict.decision is Permission.SILENT]
        tick = Tick(moment, scene, moment.conditions, silent, room, self._count[kind])
        conditions = {*moment.conditions, *composer.conditions(tick), *self._radios.conditions(kind, moment.health)}
        if kind in self._site.messages.silent:
            conditions.add(RadioReason.SWITCHED_OFF)
        conditions = self.orders.conditions(kind, tick, conditions)
        self._verdicts[kind] = judge(kind, conditions)
        if self._verdicts[kind].decision is Permission.SILENT:
            return
        tick = tick._replace(conditions=conditions)
        own = composer.messages(tick) if self.orders.local(kind) else iter(())
        made = chain(own, self.orders.messages(kind, tick))
        for number, frame in enumerate(frame for each in made for frame in self._frame(row, each, room)):
            self._frames[kind] += 1
            if number == 0:
                self._cycles[kind].append(moment.now_ns)
            yield frame

    def states(self, now_ns: int) -> list[MessageState]:
        """Return the gate's last decisions, and the messages that left, by message type."""
        return [self._state(kind, now_ns) for kind in KINDS]

    def _state(self, kind: str, now_ns: int) -> MessageState:
        cycles, verdict = self._cycles[kind], self._verdicts[kind]
        while cycles and cycles[0] <= now_ns - _RATE_NS:
            cycles.popleft()
        rate_hz = len(cycles) * 1e9 / _RATE_NS
        return MessageState(kind, verdict.decision.name.lower(), list(verdict.reasons), rate_hz, self._frames[kind])

    def _frame(self, row: MessageRow, made: Made, room: Room) -> Iterator[Outgoing]:
        """Yield the frame of a message, or count why there is none: one bad message never costs the others."""
        kind, message = row.kind, made.message
        service = SERVICES[kind_of(message)]
        try:
            payload = v2x.encode(message, self._profile)
            frame = dsmp.frame(service.aid, payload, self._limit)
        except v2x.CodecError as error:
            self.counters[f"{kind}-not-encoded"] += 1
            if self.counters[f"{kind}-not-encoded"] == 1:
                _log.error("message not encoded", kind=kind, why=str(error))
            return
        if row.shares:
            room.take(frame)
        yield Outgoing(kind, service.aid, service.priority, payload, frame, made.newest_receipt_ns, made.order)
        self._count_adjusted(kind, message)

    def _count_adjusted(self, kind: str, message: v2x.Message) -> None:
        """Count the measurements that were clamped or dropped, by field and reason; say the first of each."""
        for one in v2x.adjusted(message, self._profile):
            what = f"{kind} {one.field}: {one.reason}"
            self.counters[what] += 1
            if self.counters[what] == 1:
                _log.warning("measurement adjusted", kind=kind, path=one.path, value=str(one.value), sent=str(one.sent))
