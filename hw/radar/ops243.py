"""Driver of OmniPreSense OPS243 radars on a serial line: speeds of road users in the beam, without places.

    {"speed": 152.3, "magnitude": 1847}                        one value, or lists of them, the strongest first
    {"magnitude":[606.7, 352.6], "speed":[-10.9, -12.3]}
    137.4, 3.6                                                 magnitude and speed, or a speed alone

Inbound is positive. Each line is one `Speeds` that counts no vehicles: the same vehicle is reported again and again.
radar is set to print JSON in `unit`, both directions, and a zero without motion: so it is heard on an empty road.
road. A radar whose receive line is not connected prints in the unit of its own setting: `unit` has to name that one.

Source: AN-010-AD, the maker's API commands.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np
from msgspec import Meta
from pydantic import Field

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.lines import Lines
from hw.modality import SPEED, Modality
from perception.objects import Floats, Measurement, RoadUser, Speeds

LONGEST = 1024  # octets of a line
MOST = 16  # speeds of a line
FASTEST_MPS = 100.0
UNITS = {"m/s": 1.0, "km/h": 1 / 3.6, "mph": 0.44704, "ft/s": 0.3048, "cm/s": 0.01}  # m/s
COMMANDS = {"m/s": "UM", "km/h": "UK", "mph": "US", "ft/s": "UF", "cm/s": "UC"}
PREPARE = "OJOMOSR|BZ"  # JSON, magnitudes, speeds, both directions, zeros on an empty road

EXPLAINED = {
    "line": Detail(
        "lines that are no speeds: another baud rate (19200 unless set), or another device",
        "并非车速的文本行：波特率不符（出厂为 19200），或为其他设备",
    ),
    "field": Detail(
        f"speeds beyond {FASTEST_MPS:g} m/s: the radar prints another unit than `unit` says",
        f"车速超过 {FASTEST_MPS:g} m/s：雷达输出的单位与 `unit` 不符",
    ),
}

Numbers = float | Annotated[list[float], Meta(max_length=MOST)]


class _Line(msgspec.Struct):
    """One line of JSON; without speed it answers a command."""

    speed: Numbers | None = None
    magnitude: Numbers | None = None


_DECODER = msgspec.json.Decoder(_Line)


class Ops243Settings(DeviceSettings):
    """The port of the radar and the unit that it prints."""

    link: Endpoint
    unit: Literal["m/s", "km/h", "mph", "ft/s", "cm/s"] = Field("m/s", description="of the speeds that it prints")
    latency_ms: float = Field(50.0, ge=0, le=500, description="from the middle of the measurement to its line")
    rate_hz: float = Field(5.0, gt=0, le=100, description="lines a second; half of it is a fault")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Ops243:
    """One radar.

    Counters: `line` (lines that are no speeds), `long-line` (octets of lines beyond the limit), `field` (lines with a
    speed that no road user has).
    """

    Settings: ClassVar[type[DeviceSettings]] = Ops243Settings
    modality: ClassVar[Modality] = SPEED
    details: ClassVar[tuple[Detail, ...]] = tuple(EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: Ops243Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._unit = settings.unit
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._lines = Lines(LONGEST, self.counters)

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half line and set the radar up; nothing is stored in it."""
        self._lines.reset()
        return [("link", (COMMANDS[self._unit] + PREPARE).encode())]

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the radar speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each line of speeds that they complete."""
        found = (self._speeds(line, receipt_ns) for line in self._lines.feed(data))
        return [one for one in found if one is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _speeds(self, line: bytes, receipt_ns: int) -> Measurement | None:
        try:
            values = _values(line)
        except (ValueError, RecursionError):
            self.counters.refuse("line", line)
            return None
        if values is None:
            self.counters.accepted += 1
            return None
        speed_mps = values[values != 0] * UNITS[self._unit]
        if not (np.abs(speed_mps) <= FASTEST_MPS).all():
            self.counters.refuse("field", line)
            return None
        return Speeds(
            device=self.name,
            stamp_ns=receipt_ns - self._latency_ns,
            receipt_ns=receipt_ns,
            speed_mps=speed_mps,
            length_m=np.full(len(speed_mps), np.nan),
            lane=np.full(len(speed_mps), -1),
            kind=np.full(len(speed_mps), RoadUser.UNKNOWN),
            counted=False,
        )


def _values(line: bytes) -> Floats | None:
    """Return the (n,) speeds of a line in the radar's unit; None: it answers a command. ValueError: it is no line."""
    if line.lstrip().startswith(b"{"):
        found = _DECODER.decode(line).speed
        return None if found is None else np.atleast_1d(np.array(found, float))
    parts = [float(part) for part in line.decode("ascii").split(",")]
    if len(parts) > 2:
        raise ValueError("more than a magnitude and a speed")
    return np.array(parts[-1:])
