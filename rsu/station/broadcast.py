"""What goes on air in one cycle of 100 ms: which messages are due, what the gate says, and their frames.

Periods, AIDs and priorities are those of T/CSAE 159-2020; RSI goes out only together with MAP, events and signs in
messages of their own.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec
import structlog

import v2x
from rsu.bus.records import MessageState
from rsu.messages import mapdata, rsi
from rsu.messages.channel import Channel, Room
from rsu.messages.common import MessageCounter
from rsu.messages.row import Decision
from rsu.reasons.place import NO_UTC
from rsu.reasons.radio import RadioReason
from rsu.reasons.words import Reason
from rsu.site.config import Config
from rsu.station.gate import KINDS, Verdict, judge
from rsu.station.road_users import RoadUsers
from rsu.station.scene import Moment, Scene
from v2x import dsmp
from v2x.aids import SERVICES, kind_of

TICK_NS = 100_000_000
_RATE_NS = 5_000_000_000
_MAP_TICKS = 10
_SIGN_TICKS = 10
_SEMI_STATIC_TICKS = 5
_log = structlog.get_logger()


class Outgoing(NamedTuple):
    """One frame for the radio."""

    kind: str  # of rsu.station.gate.KINDS
    aid: int
    priority: int  # DSM priority, 255 the highest
    frame: bytes  # DSMP
    newest_receipt_ns: int | None  # of the newest measurement in it


class Broadcaster:
    """Builds the frames of each cycle. `seed` gives the unit's id and the first message counts."""

    def __init__(self, config: Config, seed: bytes) -> None:
        site = config.site
        chance = random.Random(seed)
        self._site = site
        self._profile = site.messages.profile
        self._limit = site.messages.max_frame_octets
        self._reference = site.site.reference.reference()
        self._rsu_id = chance.randbytes(8)
        self._count = {kind: MessageCounter(chance) for kind in KINDS}
        self._users = RoadUsers(config, self._rsu_id)
        self._nodes = mapdata.nodes(config.lane_map, self._reference)
        self._links = {
            link.name: (mapdata.node_id(link.upstream), mapdata.node_id(node))
            for node in config.lane_map.nodes
            for link in node.links
        }
        self._verdicts = {kind: Verdict(Decision.SILENT, (RadioReason.NOTHING_TO_SAY,)) for kind in KINDS}
        self._cycles: dict[str, deque[int]] = {kind: deque() for kind in KINDS}
        self._frames: Counter[str] = Counter()
        self._slots: dict[str, int] = {}
        self.counters: Counter[str] = Counter()  # reasons why a frame was not made, or a measurement not sent as it is

    def signals(self, moment: Moment) -> Iterator[Outgoing]:
        """Yield the SPAT of a tick. It needs nothing of the road: no traffic, however heavy, delays it."""
        own = [RadioReason.NOTHING_TO_SAY] if self._site.signal is None else []
        yield from self._pass("spat", moment, own, lambda _: self._spat(moment))

    def others(self, scene: Scene) -> Iterator[Outgoing]:
        """Yield the other frames of a tick, each the moment it is made, the most urgent first."""
        room = self.channel.room(scene.moment.now_ns)
        makers: dict[str, Callable[[Collection[str]], Iterator[Outgoing]]] = {
            "rsm": lambda _: self._rsms(scene, room),
            "bsm": lambda _: self._proxies(scene, room),
            "map": lambda conditions: self._map(scene.moment, conditions),
            "rsi": lambda _: self._rsis(scene),
        }
        for kind, make in makers.items():
            yield from self._pass(kind, scene.moment, self._own_conditions(kind, scene), make)

    def _pass(
        self,
        kind: str,
        moment: Moment,
        own: Iterable[str],
        make: Callable[[Collection[str]], Iterator[Outgoing]],
    ) -> Iterator[Outgoing]:
        """Yield the frames of one message type, where the gate lets them pass; `own`: its own conditions."""
        conditions = {*moment.conditions, *own}
        if kind in self._site.messages.silent:
            conditions.add(RadioReason.SWITCHED_OFF)
        self._verdicts[kind] = judge(kind, conditions)
        if self._verdicts[kind].decision is Decision.SILENT:
            return
        for number, frame in enumerate(make(conditions)):
            self._frames[kind] += 1
            if number == 0:
                self._cycles[kind].append(moment.now_ns)
            yield frame

    @property
    def channel(self) -> Channel:
        """Return what is known of the channel."""
        return self._users.channel

    def states(self, now_ns: int) -> list[MessageState]:
        """Return what the gate said last, and what left, by message type."""
        return [self._state(kind, now_ns) for kind in KINDS]

    def _state(self, kind: str, now_ns: int) -> MessageState:
        cycles, verdict = self._cycles[kind], self._verdicts[kind]
        while cycles and cycles[0] <= now_ns - _RATE_NS:
            cycles.popleft()
        rate_hz = len(cycles) * 1e9 / _RATE_NS
        return MessageState(kind, verdict.decision.name.lower(), list(verdict.reasons), rate_hz, self._frames[kind])

    def _own_conditions(self, kind: str, scene: Scene) -> Iterator[Reason]:
        if kind == "bsm" and not self._site.messages.proxy_bsm:
            yield RadioReason.SWITCHED_OFF
        if kind in ("rsm", "bsm"):
            yield from self.channel.conditions(scene.moment.now_ns)
        if kind == "rsi" and not (self._site.messages.signs or any(event.on_air for event in scene.events)):
            yield RadioReason.NOTHING_TO_SAY
        if kind == "rsi" and self._verdicts["map"].decision is Decision.SILENT:
            yield RadioReason.MAP_SILENT

    def _spat(self, moment: Moment) -> Iterator[Outgoing]:
        if moment.spat is not None:
            yield from self._frame("spat", msgspec.structs.replace(moment.spat, msg_cnt=self._next("spat")))

    def _rsms(self, scene: Scene, room: Room) -> Iterator[Outgoing]:
        for cycle in self._users.rsms(scene, room, self._count["rsm"]):
            yield from self._frame("rsm", cycle.message, cycle.newest_receipt_ns, room)

    def _proxies(self, scene: Scene, room: Room) -> Iterator[Outgoing]:
        for message in self._users.proxies(scene, room, self._next("bsm")):
            yield from self._frame("bsm", message, None, room)

    def _map(self, moment: Moment, conditions: Collection[str]) -> Iterator[Outgoing]:
        if self._due("map", moment.now_ns // TICK_NS // _MAP_TICKS):
            known_ns = None if NO_UTC.intersection(conditions) else moment.utc_ns
            yield from self._frame("map", mapdata.build(self._next("map"), known_ns, self._nodes))

    def _rsis(self, scene: Scene) -> Iterator[Outgoing]:
        moment, signs = scene.moment, self._site.messages.signs
        common, tick = (moment.utc_ns, self._rsu_id, self._reference), moment.now_ns // TICK_NS
        for batch in rsi.batches(scene.labelled().events, self._due("semi-static", tick // _SEMI_STATIC_TICKS)):
            yield from self._frame("rsi", rsi.events(self._next("rsi"), *common, batch, self._links))
        if signs and self._due("signs", tick // _SIGN_TICKS):
            yield from self._frame("rsi", rsi.signs(self._next("rsi"), *common, signs, self._links))

    def _due(self, what: str, slot: int) -> bool:
        """Tell once in every slot that it is time, even where a tick was missed."""
        due = self._slots.get(what) != slot
        self._slots[what] = slot
        return due

    def _next(self, kind: str) -> int:
        return self._count[kind]()

    def _frame(
        self, kind: str, message: v2x.Message, newest_receipt_ns: int | None = None, room: Room | None = None
    ) -> Iterator[Outgoing]:
        """Yield the frame of a message, or count why there is none: one bad message never costs the others."""
        service = SERVICES[kind_of(message)]
        try:
            frame = dsmp.frame(service.aid, v2x.encode(message, self._profile), self._limit)
        except v2x.CodecError as error:
            self.counters[f"{kind}-not-encoded"] += 1
            if self.counters[f"{kind}-not-encoded"] == 1:
                _log.error("message not encoded", kind=kind, why=str(error))
            return
        if room is not None:
            room.take(frame)
        yield Outgoing(kind, service.aid, service.priority, frame, newest_receipt_ns)
        self._count_adjusted(kind, message)

    def _count_adjusted(self, kind: str, message: v2x.Message) -> None:
        """Count the measurements that were clamped or dropped, by field and reason; say the first of each."""
        for one in v2x.adjusted(message, self._profile):
            what = f"{kind} {one.field}: {one.reason}"
            self.counters[what] += 1
            if self.counters[what] == 1:
                _log.warning("measurement adjusted", kind=kind, path=one.path, value=str(one.value), sent=str(one.sent))
