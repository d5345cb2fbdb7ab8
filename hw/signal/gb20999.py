"""Driver of a signal controller that is read by GB/T 20999-2017, over UDP, TCP or a serial line.

The controller answers queries, one figure each: the state of every lamp group, the current stage and how long it has
run. A round of queries begins every period; its replies make one report. Nothing is ever set in the controller.

A reply is known by its object, for controllers number their replies as they like. The report's time is that of its
first reply, so its age is never told too small. The protocol gives the rest of a stage, not of a lamp: no countdown
is made of it.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import SIGNAL, Modality
from hw.signal.gb20999_frames import (
    ControllerFrame,
    FrameStream,
    FrameType,
    Gb20999Error,
    ObjectAddress,
    encode,
    escaped,
    parse,
)
from hw.utc import NS
from perception.objects import Lamp, Measurement, SignalState

LAMP_GROUPS = ObjectAddress(3, 1, 0, 0)  # how many there are
LAMP, STAGE, ELAPSED = (3, 3, 1), (13, 2, 4), (6, 3, 3)  # state of a group; stage of a crossing; s that a stage runs
ROUND_LAMP = 4  # GA/T 1743 lamp type
COLOURS = {
    0x01: "dark",
    0x10: "red",
    0x11: "flashing-red",
    0x12: "flashing-red",
    0x20: "green",
    0x21: "flashing-green",
    0x22: "flashing-green",
    0x30: "yellow",
    0x31: "flashing-yellow",
    0x32: "flashing-yellow",
}  # code of 3.3.1; red with yellow (40) is no state of SPAT, and stays unknown
BURST = 4  # queries that are sent at a time
STANDING_NS = 5 * NS  # a stage whose time stands still for so long: the controller hangs
MOST_GROUPS = 64

REFUSED = Detail("the controller refuses object {} (code {})", "信号机拒绝对象 {}（代码 {}）")
NO_ANSWER = Detail("lamp groups without an answer: {}", "无应答的灯组：{}")
EXPLAINED = {
    "checksum": Detail("frames with a wrong checksum: line quality, baud rate", "校验错误：检查线路质量与波特率"),
    "length": Detail("frames of another length than they say: another protocol?", "长度不符：可能是其他协议"),
    "version": Detail("a version of GB/T 20999 other than 1.0 and 1.2", "GB/T 20999 版本不是 1.0 或 1.2"),
    "values": Detail("values that do not fill their frame", "帧内数据值不完整"),
}


class Gb20999Settings(DeviceSettings):
    """Place and numbers of the controller, objects to read, and directions of approaches, which it does not tell."""

    link: Endpoint
    groups: list[int] = Field([], max_length=MOST_GROUPS, description="lamp groups to read; none: all that there are")
    rate_hz: float = Field(2.0, gt=0, le=5, description="rounds of queries a second")
    host: int = Field(5, ge=0, le=255, description="number of this box as a host of the controller")
    controller: int = Field(0, ge=0, le=0xFFFFFFFF, description="number of the controller; 0: any")
    crossing: int = Field(1, ge=1, le=255, description="number of the crossing at the controller")
    angles_deg: dict[int, int] = Field(
        {}, description="lamp number: direction of its approach, clockwise from north; 0 where it is not given"
    )

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Gb20999:
    """A controller's replies to signal states; lamps have the numbers of lamp groups.

    Counters: `noise`, `length`, `checksum`, `version`, `values` (frames that are none), `unused` (frames of other
    types), `refused` (objects that the controller does not have), `unanswered` (queries without a reply in their
    round), `colour` (lamps in no known colour), `repeated` (reports while the stage's time stands still).
    """

    Settings: ClassVar[type[DeviceSettings]] = Gb20999Settings
    modality: ClassVar[Modality] = SIGNAL
    details: ClassVar[tuple[Detail, ...]] = (REFUSED, NO_ANSWER, *EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("udp", "tcp", "serial")
    correction_ns = 0

    def __init__(self, name: str, settings: Gb20999Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._settings = settings
        self._stream = FrameStream(self.counters)
        self._datagrams = settings.link.udp is not None
        self._groups = list(settings.groups)
        self._begin()

    def _begin(self) -> None:
        self._waiting: list[ObjectAddress] = []  # not asked yet
        self._open: set[ObjectAddress] = set()  # asked, without a reply
        self._refused: dict[ObjectAddress, str] = {}  # objects that the controller does not have -> its code
        self._replies: dict[int, int] = {}  # lamp group -> code, of this round
        self._first_ns = 0  # receipt of the round's first reply
        self._late: SignalState | None = None  # report of a round that is over without all replies
        self._next_ns = 0
        self._sequence = 0
        self._stage = 0
        self._elapsed: bytes | None = None  # time of the stage, as it was told last
        self._moved_ns: int | None = None  # when that changed last

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh."""
        self._stream.reset()
        self._begin()
        return self.due(now_ns)

    def due(self, now_ns: int) -> list[Send]:
        """Send the next queries of the round, a few at a time; begin a round when its time has come."""
        if now_ns >= self._next_ns:
            self._next_ns = now_ns + round(NS / self.nominal_hz)
            self._end_round(now_ns)
            self._waiting = self._round()
            self._open, self._replies = set(self._waiting), {}
        now, self._waiting = self._waiting[:BURST], self._waiting[BURST:]
        return [("link", self._query(item)) for item in now]

    def _round(self) -> list[ObjectAddress]:
        if not self._groups:
            return [LAMP_GROUPS]
        stage = [ObjectAddress(*STAGE, self._settings.crossing)]
        running = [ObjectAddress(*ELAPSED, self._stage)] if self._stage else []
        items = [*(ObjectAddress(*LAMP, group) for group in self._groups), *stage, *running]
        return [item for item in items if item not in self._refused]

    def _end_round(self, now_ns: int) -> None:
        """Count the queries of the round that got no reply; its report lacks the lamps among them."""
        if not self._open:
            return
        self.counters["unanswered"] += len(self._open)
        silent = sorted(item.element for item in self._open if item[:3] == LAMP)
        if self._replies:
            self._late = self._report(now_ns)
        if silent:
            self.error = NO_ANSWER.say(", ".join(map(str, silent)))

    def _query(self, item: ObjectAddress) -> bytes:
        settings = self._settings
        self._sequence = self._sequence % 255 + 1
        frame = ControllerFrame(
            FrameType.QUERY, [(item, b"")], settings.host, settings.controller, settings.crossing, self._sequence
        )
        return encode(frame) if self._datagrams else escaped(encode(frame))

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes; return a report when they complete a round."""
        found: list[Measurement] = [] if self._late is None else [self._late]
        self._late = None
        for octets in [data] if self._datagrams else self._stream.feed(data):
            try:
                found += self._take(parse(octets), octets, receipt_ns)
            except Gb20999Error as error:
                self.counters.refuse(error.reason, octets)
        return found

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why a frame was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _take(self, frame: ControllerFrame, octets: bytes, receipt_ns: int) -> list[Measurement]:
        if frame.type not in (FrameType.QUERY_REPLY, FrameType.QUERY_ERROR):
            self.counters.refuse("unused", octets)
            return []
        for item, data in frame.values:
            asked = item in self._open
            self._open.discard(item)
            if frame.type == FrameType.QUERY_ERROR:
                self.counters.refuse("refused", octets)
                self._refused[item] = data.hex() or "?"
            elif data and asked:
                self.counters.accepted += 1
                self._enter(item, data, receipt_ns)
        return [self._report(receipt_ns)] if not self._open and not self._waiting and self._replies else []

    def _enter(self, item: ObjectAddress, data: bytes, receipt_ns: int) -> None:
        """Take one figure."""
        if item == LAMP_GROUPS:
            self._groups = list(range(1, min(data[-1], MOST_GROUPS) + 1))
        elif item[:3] == LAMP:
            self._first_ns = self._first_ns if self._replies else receipt_ns
            self._replies[item.element] = data[-1]
        elif item[:3] == STAGE:
            self._stage = data[-1]
        elif item[:3] == ELAPSED and data != self._elapsed:
            self._elapsed, self._moved_ns = data, receipt_ns

    def _report(self, receipt_ns: int) -> SignalState:
        """Return the report of a round that is complete."""
        lacking = [(item, code) for item, code in self._refused.items() if item[:3] == LAMP]
        self.error = REFUSED.say(*lacking[0]) if lacking else None
        angles, replies, self._replies = self._settings.angles_deg, self._replies, {}
        lamps = [
            Lamp(group, angles.get(group, 0), ROUND_LAMP, COLOURS.get(code, "unknown"), None)
            for group, code in sorted(replies.items())
        ]
        stands = self._moved_ns is not None and receipt_ns - self._moved_ns > STANDING_NS
        unknown = sum(lamp.colour == "unknown" for lamp in lamps)
        for reason, number in (("repeated", int(stands)), ("colour", unknown)):
            if number:
                self.counters[reason] += number
        return SignalState(
            device=self.name, stamp_ns=self._first_ns, receipt_ns=receipt_ns, lamps=lamps, repeated=stands
        )
