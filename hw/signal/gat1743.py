"""Driver of a signal controller that speaks GA/T 1743-2020, over UDP, TCP or a serial line.

The controller pushes lamp colours (1 to 10 Hz) and, at the start of a cycle, the plan it runs. Between cycles, after a
start of ours, there would be no plan: it is asked for then, and again whenever it has not been heard for a while.
Nothing else is ever written. Frames of any other sender are refused, counted and named (`hw/signal/binding.py`).
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from pydantic import Field, ValidationInfo, model_validator

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from hw.intake import Intake
from hw.modality import SIGNAL, Modality
from hw.signal.binding import DETAILS as BINDING
from hw.signal.binding import Binding, ControllerPlaceSettings
from hw.signal.contents import parse_lamp_colours, parse_place, parse_plan
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
from perception.objects import LampPlan, Measurement, SignalPlan, SignalState

SPOKEN = {Operation.REPORT, Operation.QUERY_REPLY, Operation.BROADCAST}
RETRY_NS = NS  # between queries while no plan is known
DUPLICATE_NS = NS // 5  # the same octets again within this time are a duplicate; later, the controller's clock stands
AHEAD_NS = 11 * NS // 5  # for so long after a time that was believed one that is ahead is a stranger's
LATE_NS = 5 * NS  # and one that is behind is really so old
REORDER_NS = NS // 10  # a message overtaken by no more is taken as it comes
SET_BACK_NS = 2 * NS  # a message older by more was not overtaken: the clock was set back
ERROR_NS = 10 * NS  # how long messages of other controllers are shown as an error

CLOCK_AHEAD = Detail("hears a clock {} s ahead: two controllers?", "收到快 {} s 的时钟：可能有两台信号机")


class Gat1743Settings(DeviceSettings):
    """Place and address of the controller, the error of its clock that is allowed, and how often its plan is asked for.

    `region` and `place` are those of the site unless they are given here.
    """

    link: Endpoint
    region: int | None = Field(None, ge=1, le=999_999, description="GB/T 2260 code that its messages must name")
    number: int | None = Field(None, ge=0, le=0xFFFF, description="number that its messages must name; none: any")
    place: ControllerPlaceSettings | None = Field(None, description="that its messages must name")
    rate_hz: float = Field(1.0, gt=0, le=10, description="reports a second that the controller sends; half is a fault")
    max_age_ms: int = Field(500, ge=10, le=10_000, description="of a report; an older stamp is not believed")
    max_ahead_ms: int = Field(100, ge=0, le=10_000, description="of the controller's clock against ours")
    plan_query_s: int = Field(10, ge=1, le=3600, description="ask for the plan when it was not heard for so long")

    @model_validator(mode="before")
    @classmethod
    def _of_the_site(cls, value: Any, info: ValidationInfo) -> Any:
        site = info.context.get("site") if info.context else None
        return {**site, **value} if site and isinstance(value, dict) else value

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class _Seen(NamedTuple):
    """The newest message about an object."""

    body: bytes
    receipt_ns: int
    newest_ns: int | None  # the newest time of the controller that was believed, steady
    believed_ns: int | None  # when that came
    correction_ns: int  # of our clock then


class Gat1743:
    """A controller's bytes to signal states and plans.

    Counters: `checksum`, `length` (frames), `message` (a good frame that is no message), `sender` (of no signal
    controller), `region`, `number`, `place` (of another controller), `unused` (other objects and operations),
    `refused` (error answers), `duplicate`, `reordered`, `doubted` (a clock that is off, while reports with a good one
    come), `repeated` (the same octets again), `colour` (lamps in no known colour), `plan` (lamps whose steps do not sum
    to the cycle), `clock-past`, `clock-future`, `clock-stuck` (the time of receipt was used instead).
    """

    Settings: ClassVar[type[DeviceSettings]] = Gat1743Settings
    modality: ClassVar[Modality] = SIGNAL
    details: ClassVar[tuple[Detail, ...]] = (CLOCK_AHEAD, *BINDING)
    correction_ns = 0

    def __init__(self, name: str, settings: Gat1743Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._settings = settings
        self._reader = FrameReader(self.counters)
        self._clock = SourceClock(settings.max_age_ms, settings.max_ahead_ms, self.counters)
        self._binding = Binding(settings.region, settings.number, settings.place)
        self._seen: dict[int, _Seen] = {}  # by object
        self._planned = False
        self._next_query_ns = 0
        self._error_ns = 0  # when the error was noticed last

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Ask for the plan: it may have changed while we could not hear."""
        self._reader.reset()
        self._seen.clear()
        self._planned = False
        self._next_query_ns = now_ns
        return self.due(now_ns)

    def due(self, now_ns: int) -> list[Send]:
        """Ask for the plan while it is unknown or old."""
        if now_ns - self._error_ns > ERROR_NS:
            self.error = None
        if now_ns < self._next_query_ns:
            return []
        self._next_query_ns = now_ns + (self._settings.plan_query_s * NS if self._planned else RETRY_NS)
        region, number = self._settings.region or 0, self._settings.number
        us = Address(region, Kind.ROADSIDE_UNIT, EVERY_NUMBER)
        controller = Address(region, Kind.SIGNAL_CONTROLLER, EVERY_NUMBER if number is None else number)
        query = Message(us, controller, now_ns + self.correction_ns, Operation.QUERY, Object.CURRENT_PLAN)
        return [("link", encode_frame(encode(query)))]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return the states and plans that are complete."""
        found: list[Measurement] = []
        for body in self._reader.feed(data):
            try:
                message = parse(body)
                if self._is_ours(message, receipt_ns) and (heard := self._in_order(message, body, receipt_ns)):
                    found.append(self._measurement(message, receipt_ns, *heard))
            except MessageError:
                self.counters.refuse("message", body)
        return found

    def _is_ours(self, message: Message, receipt_ns: int) -> bool:
        """Tell whether a message is of the site's controller and of use; count why not."""
        reason = self._why_not(message)
        if reason is None and (refusal := self._binding.refusal(message.sender, parse_place(message.content))):
            reason = refusal.reason
            self._complain(refusal.words, receipt_ns)
        self._count(reason or "", reason is not None)
        return reason is None

    def _why_not(self, message: Message) -> str | None:
        if not message.sender.type & Kind.SIGNAL_CONTROLLER:
            return "sender"
        if message.operation == Operation.ERROR:
            return "refused"
        return None if message.operation in SPOKEN and message.object in frozenset(Object) else "unused"

    def _in_order(self, message: Message, body: bytes, receipt_ns: int) -> tuple[int, bool] | None:
        """Return when a message was true, and whether its octets came before; count why it is no news.

        A clock that is not believed orders nothing, least of all messages whose clock is good. After a step of our own
        clock no earlier judgement of the controller's clock holds.
        """
        seen = self._seen.get(message.object, _Seen(b"", 0, None, None, 0))
        if seen.correction_ns != self.correction_ns:
            seen = seen._replace(newest_ns=None, believed_ns=None, correction_ns=self.correction_ns)
        repeated, time_ns = body == seen.body, message.time_ns - self.correction_ns
        if repeated and 0 <= receipt_ns - seen.receipt_ns < DUPLICATE_NS:
            self.counters["duplicate"] += 1
            return None
        stamp_ns = self._clock.judge(message.time_ns, receipt_ns, self.correction_ns)
        if stamp_ns == time_ns:
            reason, seen = self._why_overtaken(time_ns, seen), seen._replace(newest_ns=time_ns, believed_ns=receipt_ns)
        elif repeated or seen.believed_ns is None or receipt_ns - seen.believed_ns >= LATE_NS:
            reason = None  # the controller's time is of no use
        elif (reason := self._why_doubted(time_ns, receipt_ns, seen)) is None and time_ns <= receipt_ns:
            stamp_ns, seen = (
                time_ns,
                seen._replace(newest_ns=time_ns),
            )  # its clock was good a moment ago: this came late
        if reason is not None:
            self.counters[reason] += 1
            return None
        self._count("repeated", repeated)
        self._seen[message.object] = seen._replace(body=body, receipt_ns=receipt_ns)
        return stamp_ns, repeated

    def _why_overtaken(self, time_ns: int, seen: _Seen) -> str | None:
        """Return why a message with a good time is too old: by more than clocks may be ahead. Much older: set back."""
        older_ns = 0 if seen.newest_ns is None else seen.newest_ns - time_ns - self._settings.max_ahead_ms * NS // 1000
        return "reordered" if REORDER_NS < older_ns < SET_BACK_NS else None

    def _why_doubted(self, time_ns: int, receipt_ns: int, seen: _Seen) -> str | None:
        """Return why a message whose time is off is not taken, a moment after one with a good time."""
        if seen.newest_ns is not None and time_ns <= seen.newest_ns:
            return "reordered"
        if time_ns > receipt_ns and receipt_ns - (seen.believed_ns or 0) < AHEAD_NS:
            self._complain(CLOCK_AHEAD.say(f"{(time_ns - receipt_ns) / NS:.1f}"), receipt_ns)
            return "doubted"
        return None

    def _measurement(self, message: Message, receipt_ns: int, stamp_ns: int, repeated: bool) -> Measurement:
        if message.object == Object.LAMP_COLOURS:
            lamps = parse_lamp_colours(message.content)
            self._count("colour", sum(lamp.colour == "unknown" for lamp in lamps))
            return SignalState(
                device=self.name, stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=lamps, repeated=repeated
            )
        plans = self._whole(parse_plan(message.content))
        self._planned = bool(plans)
        self._next_query_ns = receipt_ns + self._settings.plan_query_s * NS
        return SignalPlan(device=self.name, stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=plans)

    def _complain(self, words: str, now_ns: int) -> None:
        self.error, self._error_ns = words, now_ns

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
