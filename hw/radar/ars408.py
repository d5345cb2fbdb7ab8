"""Driver of Continental ARS404 and ARS408 radars and Nanoradar's MR7x, on a CAN bus of this box or behind a gateway.

A radar tracks by itself: each list of objects is one `Detections`, of an empty road too. It is stamped with the receipt
of its first frame, less `latency_ms`. Objects that the radar calls stationary (poles, walls, parked cars) are left out;
have stopped stay. A radar that does not send objects with quality and extent is configured to do so, three times at
After that its objects are taken without: a Nanoradar sends neither sizes nor quality.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hw.can.gateway import FRAME, CanFrame, GatewayStream, encode
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import USABLE, Intake
from hw.modality import RADAR, Modality
from hw.radar import ars408_frames as frames
from hw.radar.ars408_frames import ListHead, RadarState
from hw.radar.ars408_list import ObjectList
from perception.objects import Detections, Measurement

CYCLE_HZ = 1000 / 72
COUNTERS = 1 << 16
LOST = 1000  # lists; a larger step of the counter is a radar that was started again
TRIES = 3
ASK_NS = 2_000_000_000  # the radar tells of itself once a second
REPORTS = Detail("the radar reports {}", "雷达自报：{}")
EXPLAINED = {
    "length": Detail(
        "datagrams of no whole number of 13 octets: set the gateway to its transparent mode",
        "数据报不是 13 字节的整数倍：须将网关设为透明模式",
    ),
    "short": Detail(
        "messages shorter than those of an ARS404 or ARS408: another radar", "报文短于 ARS404/ARS408 的报文：其他雷达"
    ),
    "list": Detail(
        "lists of which most objects are missing: frames are lost on the way", "列表中大部分目标缺失：传输中丢帧"
    ),
    "clusters": Detail(
        "clusters instead of objects: the radar does not take its configuration", "输出的是点簇而非目标：雷达未接受配置"
    ),
}


class Ars408Settings(DeviceSettings):
    """Where the gateway is and which radar of its bus this is."""

    link: Endpoint
    sensor: int = Field(0, ge=0, le=7, description="number of the radar on its bus: its ids are 0x10 apart")
    latency_ms: float = Field(50.0, ge=0, le=500, description="from the measurement to the first frame of its list")
    rate_hz: float = Field(CYCLE_HZ, gt=0, le=50, description="lists a second; half of it is a fault")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Ars408:
    """One radar.

    Counters: `noise`, `short` (messages with too few octets), `duplicate` and `gap` (lists by their counter), `list`
    (lists of which most objects are missing: no measurement), `lost` (objects that were announced and did not come),
    `stationary`, `deleted` (objects left out).
    """

    Settings: ClassVar[type[DeviceSettings]] = Ars408Settings
    modality: ClassVar[Modality] = RADAR
    details: ClassVar[tuple[Detail, ...]] = (REPORTS, *EXPLAINED.values(), *frames.FAULTS.values())
    ways: ClassVar[tuple[Way, ...]] = ("can", "tcp", "udp")
    correction_ns = 0

    def __init__(self, name: str, settings: Ars408Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._offset = settings.sensor * frames.SENSOR_STEP
        self._datagrams = settings.link.udp is not None
        self._stream = GatewayStream(self.counters)
        self._list = ObjectList()
        self._open = False  # a list is being received
        self._counter: int | None = None
        self._wrong = False  # set up for something else
        self._tries = 0
        self._asked_ns = 0

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh."""
        self._stream.reset()
        self._open, self._counter, self._tries, self._wrong = False, None, 0, False
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Tell a radar that sends something else to send objects."""
        if not self._wrong or self._tries == TRIES or now_ns - self._asked_ns < ASK_NS:
            return []
        self._tries, self._asked_ns, self._wrong = self._tries + 1, now_ns, False
        return [("link", encode(CanFrame(frames.CONFIGURATION + self._offset, frames.configuration())))]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each list that they complete."""
        if self._datagrams:
            self._stream.reset()
            if len(data) % FRAME.size:
                self.counters.refuse("length", data)
                return []
        found: list[Measurement] = []
        for frame in self._stream.feed(data):
            found += self._take(frame, receipt_ns)
        return found

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _take(self, frame: CanFrame, receipt_ns: int) -> list[Measurement]:
        number = frame.id - self._offset
        if frame.extended:
            return []
        if number == frames.CLUSTERS:
            self.counters.refuse("clusters", frame.data)
        try:
            message = frames.parse(number, frame.data)
        except ValueError:
            self.counters.refuse("short", frame.data)
            return []
        if isinstance(message, RadarState):
            self._state(message)
            return []
        if isinstance(message, ListHead):
            ended = self._end(receipt_ns)
            self._begin(message, receipt_ns)
            return ended + self._end_if_complete(receipt_ns)
        if message is None:
            return []
        self._list.add(message)
        return self._end_if_complete(receipt_ns)

    def _state(self, state: RadarState) -> None:
        self.counters.accepted += 1
        self._wrong = state.output != frames.OBJECTS or not (state.quality and state.extended)
        self.error = REPORTS.say(", ".join(fault.en for fault in state.faults)) if state.faults else None

    def _begin(self, head: ListHead, receipt_ns: int) -> None:
        step = 1 if self._counter is None else (head.counter - self._counter) % COUNTERS
        self._open = step != 0
        if step == 0:
            self.counters.note("duplicate", f"list {head.counter}".encode())
        elif step < LOST:
            self._count("gap", step - 1)
        self._counter = head.counter
        self._list.begin(head.objects, receipt_ns)

    def _end_if_complete(self, receipt_ns: int) -> list[Measurement]:
        return self._end(receipt_ns) if self._list.complete else []

    def _end(self, receipt_ns: int) -> list[Measurement]:
        """Return the list that was being received, complete or not; none where most of it is missing."""
        if not self._open:
            return []
        self._open = False
        table = self._list.table()
        self._count("lost", self._list.announced - len(table))
        if len(table) < USABLE * self._list.announced:
            self.counters.refuse("list", bytes([self._list.announced, len(table)]))
            return []
        deleted = np.isin(table["state"], [*frames.DELETED])
        stands = np.isin(table["dynamics"], [*frames.STANDS]) & ~deleted
        self._count("deleted", int(deleted.sum()))
        self._count("stationary", int(stands.sum()))
        kept = table[~(deleted | stands)]
        return [self._detections(kept, self._list.begun_ns - self._latency_ns, receipt_ns)]

    def _count(self, reason: str, count: int) -> None:
        if count > 0:
            self.counters[reason] += count

    def _detections(self, rows: NDArray[Any], stamp_ns: int, receipt_ns: int) -> Detections:
        covariance = np.zeros((len(rows), 2, 2))
        covariance[:, 0, 0], covariance[:, 1, 1] = rows["sd"][:, 0] ** 2, rows["sd"][:, 1] ** 2
        covariance[~np.isfinite(rows["sd"][:, :2]).all(axis=1)] = np.nan
        return Detections(
            device=self.name,
            stamp_ns=stamp_ns,
            receipt_ns=receipt_ns,
            position_m=rows["position"],
            covariance_m2=covariance,
            velocity_mps=rows["velocity"],
            velocity_variance_m2ps2=(rows["sd"][:, 2:] ** 2).mean(axis=1),
            box_px=np.full((len(rows), 4), np.nan),
            size_m=rows["size"],
            kind=rows["kind"],
            confidence=rows["confidence"],
            source_id=rows["id"],
        )
