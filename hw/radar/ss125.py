"""Driver of the Wavetronix SmartSensor HD (SS125): each vehicle that passes a lane, with speed, class and length.

The sensor keeps events until it is asked: it is asked every `poll_ms`, and at once again while events wait. Each event
is one `Speeds` that counts one vehicle. It is stamped with the sensor's own time, which has to be set to UTC, where
that is within a minute of ours, else with its receipt.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import SPEED, Modality
from hw.radar import ss125_frames as frames
from hw.splitter import Splitter
from perception.objects import Measurement, Speeds

BELIEVED_PAST_MS, BELIEVED_FUTURE_MS = 60_000, 2_000  # of the sensor's clock: events wait until they are asked for
UNITS = {"metric": (1 / 3.6, 1.0), "imperial": (0.44704, 0.3048)}  # m/s and m of the sensor's values
FASTEST_MPS = 100.0
ANSWERS = Detail("the sensor refuses to tell of events: code {}", "传感器拒绝上报事件：代码 {}")
EXPLAINED = {
    "body": Detail("messages of another layout: other firmware", "报文格式不同：其他固件"),
    "stranger": Detail(
        "packets of another sensor number: several sensors on one line need their `sensor`",
        "来自其他编号传感器的报文：同一线路上有多台时须设置 `sensor`",
    ),
    "field": Detail("speeds that no vehicle has: `unit` is not the sensor's", "车速不合理：`unit` 与传感器设置不符"),
}


class Ss125Settings(DeviceSettings):
    """Where the sensor is and how it is set up."""

    link: Endpoint
    sensor: int = Field(1, ge=0, le=65535, description="number of the sensor on its line")
    unit: Literal["metric", "imperial"] = Field("metric", description="km/h and m, or mph and ft, as the sensor is set")
    poll_ms: int = Field(200, ge=50, le=5000, description="between two questions while no event waits")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Ss125:
    """One sensor.

    Counters: `noise` (octets outside of packets), `checksum`, `torn`, `duplicate`, `body` (messages of another layout),
    `stranger` (packets of another sensor), `field` (events with a speed that no vehicle has), and those of
    `SourceClock`.
    """

    Settings: ClassVar[type[DeviceSettings]] = Ss125Settings
    modality: ClassVar[Modality] = SPEED
    details: ClassVar[tuple[Detail, ...]] = (ANSWERS, *EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: Ss125Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.error: str | None = None
        self._sensor = settings.sensor
        self._mps, self._m = UNITS[settings.unit]
        self._poll_ns = settings.poll_ms * 1_000_000
        self._splitter = Splitter({frames.SYNC[0]: frames.measure}, self.counters)
        self._clock = SourceClock(BELIEVED_PAST_MS, BELIEVED_FUTURE_MS, self.counters)
        self._sequence = 0
        self._asked_ns = 0
        self._more = False  # events may wait
        self._told = b""  # the newest packet with a vehicle

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half-read message."""
        self._splitter.reset()
        self._asked_ns, self._more = 0, False
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Ask for the next event."""
        if not self._more and 0 <= now_ns - self._asked_ns < self._poll_ns:
            return []
        self._asked_ns, self._more = now_ns, False
        self._sequence = (self._sequence + 1) & 0xFF
        return [("link", frames.request(self._sensor, self._sequence, frames.ACTIVE_EVENT))]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each event that they complete."""
        found = (self._event(packet, receipt_ns) for packet in self._splitter.feed(data, receipt_ns))
        return [one for one in found if one is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _event(self, packet: bytes, receipt_ns: int) -> Measurement | None:
        if frames.source(packet) != self._sensor:
            self.counters.refuse("stranger", packet)
            return None
        body = packet[frames.HEADER.size : -1]
        try:
            if len(body) == frames.CODE.size:
                self._result(frames.code(body))
                return None
            vehicle = frames.vehicle(body)
        except ValueError:
            self.counters.refuse("body", packet)
            return None
        self.counters.accepted += 1
        self.error = None
        return None if vehicle is None else self._speeds(vehicle, packet, receipt_ns)

    def _result(self, code: int) -> None:
        self.counters.accepted += 1
        self.error = ANSWERS.say(code) if code else None

    def _speeds(self, vehicle: frames.Vehicle, packet: bytes, receipt_ns: int) -> Speeds | None:
        self._more = True
        if packet == self._told:
            self.counters.note("duplicate", packet)
            return None
        self._told = packet
        speed_mps = vehicle.speed * self._mps
        if not math.isnan(speed_mps) and abs(speed_mps) > FASTEST_MPS:
            self.counters.refuse("field", packet)
            return None
        return Speeds(
            device=self.name,
            stamp_ns=self._clock.judge(vehicle.utc_ns, receipt_ns, self.correction_ns),
            receipt_ns=receipt_ns,
            speed_mps=np.array([speed_mps]),
            length_m=np.array([vehicle.length * self._m or np.nan]),
            lane=np.array([vehicle.lane]),
            kind=np.array([int(vehicle.kind)]),
            counted=True,
        )
