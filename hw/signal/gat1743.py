"""Driver of a signal controller that speaks GA/T 1743-2020, over UDP, TCP or a serial line.

The controller pushes lamp colours (1 to 10 Hz) and, at the start of a cycle, the plan it runs. Between cycles, after a
start of ours, there would be no plan: it is asked for then, and again whenever it has not been heard for a while.
Nothing else is ever written.
"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, NamedTuple

from pydantic import Field

from hw.clock import SourceClock
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from hw.signal.contents import parse_lamp_colours, parse_plan
from hw.signal.framing import FrameReader, encode_frame
from hw.signal.messages import (
    EVERY_NUMBER,
    Address,
    Kind,
    Message,
    MessageError,
    Object,
    Operation,
    encode,
    parse,
)
from hw.utc import NS
from perception.objects import LampPlan, Measurement, Modality, SignalPlan, SignalState

SPOKEN = {Operation.REPORT, Operation.QUERY_REPLY, Operation.BROADCAST}
RETRY_NS = NS  # between queries while no plan is known
DUPLICATE_NS = NS // 5  # the same octets again within this time are a duplicate; later, the controller's clock stands
REORDER_NS = 2 * NS  # an older time within this time was overtaken; later, the controller's clock was set back


class Gat1743Settings(DeviceSettings):
    """Where the controller is, how far its clock may be off, and how often its plan is asked for."""

    link: Endpoint
    region: int = Field(
        0, ge=0, le=999_999, description="GB/T 2260 code for queries, until the controller told its own"
    )
    max_age_ms: int = Field(500, ge=10, le=10_000, description="of a report; an older stamp is not believed")
    max_ahead_ms: int = Field(100, ge=0, le=10_000, description="of the controller's clock against ours")
    plan_query_s: int = Field(10, ge=1, le=3600, description="ask for the plan when it was not heard for so long")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class _Seen(NamedTuple):
    body: bytes
    time_ns: int
    receipt_ns: int


class Gat1743:
    """A controller's bytes to signal states and plans.

    Counters: `checksum`, `length` (frames), `message` (a good frame that is no message), `sender` (of no signal
    controller), `unused` (other objects and operations), `refused` (error answers), `duplicate`, `reordered`,
    `colour` (lamps in no known colour), `plan` (lamps whose steps do not sum to the cycle), `clock-past`,
    `clock-future`, `clock-stuck` (the time of receipt was used instead).
    """

    Settings: ClassVar[type[DeviceSettings]] = Gat1743Settings
    modality: ClassVar[Modality] = Modality.SIGNAL

    def __init__(self, name: str, settings: Gat1743Settings) -> None:
        self.name = name
        self.counters: Counter[str] = Counter()
        self.error: str | None = None
        self._settings = settings
        self._reader = FrameReader(self.counters)
        self._clock = SourceClock(settings.max_age_ms, settings.max_ahead_ms, self.counters)
        self._controller = Address(settings.region, Kind.SIGNAL_CONTROLLER, EVERY_NUMBER)
        self._seen: dict[int, _Seen] = {}  # by object
        self._planned = False
        self._next_query_ns = 0

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Ask for the plan: it may have changed while we could not hear."""
        self._reader.reset()
        self._seen.clear()
        self._planned = False
        self._next_query_ns = now_ns
        return self.due(now_ns)

    def due(self, now_ns: int) -> list[Send]:
        """Ask for the plan while it is unknown or old."""
        if now_ns < self._next_query_ns:
            return []
        self._next_query_ns = now_ns + (self._settings.plan_query_s * NS if self._planned else RETRY_NS)
        us = Address(self._controller.region, Kind.ROADSIDE_UNIT, EVERY_NUMBER)
        query = Message(us, self._controller, now_ns, Operation.QUERY, Object.CURRENT_PLAN)
        return [("link", encode_frame(encode(query)))]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return the states and plans that are complete."""
        found: list[Measurement] = []
        for body in self._reader.feed(data):
            try:
                message = parse(body)
                if self._fresh(message, body, receipt_ns):
                    found += self._measurements(message, receipt_ns)
            except MessageError:
                self.counters["message"] += 1
        return found

    def _fresh(self, message: Message, body: bytes, receipt_ns: int) -> bool:
        """Tell whether a message is of a controller, of use, and neither a duplicate nor overtaken; count why not."""
        reason = self._why_not(message) or self._why_late(message, body, receipt_ns)
        if reason is not None:
            self.counters[reason] += 1
            return False
        self._seen[message.object] = _Seen(body, message.time_ns, receipt_ns)
        return True

    def _why_not(self, message: Message) -> str | None:
        if not message.sender.type & Kind.SIGNAL_CONTROLLER:
            return "sender"
        if message.operation == Operation.ERROR:
            return "refused"
        return None if message.operation in SPOKEN and message.object in frozenset(Object) else "unused"

    def _why_late(self, message: Message, body: bytes, receipt_ns: int) -> str | None:
        seen = self._seen.get(message.object)
        if seen is None:
            return None
        age_ns = receipt_ns - seen.receipt_ns
        if body == seen.body and age_ns < DUPLICATE_NS:
            return "duplicate"
        return "reordered" if 0 < seen.time_ns - message.time_ns < REORDER_NS and age_ns < REORDER_NS else None

    def _measurements(self, message: Message, receipt_ns: int) -> list[Measurement]:
        self._controller = message.sender
        if message.object == Object.LAMP_COLOURS:
            lamps = parse_lamp_colours(message.content)
            self._count("colour", sum(lamp.colour == "unknown" for lamp in lamps))
            stamp_ns = self._clock.judge(message.time_ns, receipt_ns)
            return [SignalState(device=self.name, stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=lamps)]
        plans = self._whole(parse_plan(message.content))
        self._planned = bool(plans)
        self._next_query_ns = receipt_ns + self._settings.plan_query_s * NS
        stamp_ns = self._clock.judge(message.time_ns, receipt_ns)
        return [SignalPlan(device=self.name, stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=plans)]

    def _whole(self, plans: list[LampPlan]) -> list[LampPlan]:
        """Return the lamps whose steps sum to the cycle, which is the sum that most lamps have."""
        sums = [sum(duration for _, duration in plan.steps) for plan in plans]
        cycle = max(sums, key=lambda total: (sums.count(total), total), default=0.0)
        whole = [plan for plan, total in zip(plans, sums, strict=True) if total == cycle > 0]
        self._count("plan", len(plans) - len(whole))
        return whole

    def _count(self, reason: str, number: int) -> None:
        if number:
            self.counters[reason] += number
