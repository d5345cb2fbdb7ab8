"""Driver of Vaisala WXT510, WXT520 and WXT530 weather transmitters on a serial line: wind, rain, hail, air.

Lines of ASCII, sent by themselves (protocol A, `0XU,M=A`); each value ends with its unit, # where it is not valid:

    0R0,Dm=352D,Sm=2.4M,Sx=3.4M,Ta=29.5C,Ua=46.8P,Pa=1017.1H,Rc=0.00M,Ri=0.0M,Hi=0.0M

    0    address     R0 all, R1 wind, R2 air, R3 precipitation, R5 the transmitter itself
    Dm   mean direction of the wind, deg      Sm, Sx  mean and highest speed: M m/s, K km/h, S mph, N knots
    Ta   temperature: C, F                    Ua      relative humidity, %
    Ri   rain: M mm/h, I in/h                 Hi      hail: hits an hour, per cm2 (M) or in2 (I)

Each line gives the values that it has. Lines with a checksum (`0r0`, protocol a) are not read.

Source: Vaisala WXT520 user's guide M210906EN.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import Field

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.lines import Lines
from hw.modality import WEATHER, Modality
from perception.objects import Measurement, Weather

LONGEST = 512  # octets of a line
_LINE = re.compile(rb"([0-9A-Za-z])(R[01235]|r[01235])((?:,[A-Za-z]{2}=[^,=]*)*)")
_VALUE = re.compile(rb"(-?[0-9]+(?:\.[0-9]+)?)([A-Za-z#])")
_SPEED = {"M": 1.0, "K": 1 / 3.6, "S": 0.44704, "N": 0.514444}  # m/s
_BOUNDS = {"Dm": (0, 360), "Sm": (0, 100), "Sx": (0, 100), "Ta": (-60, 70), "Ua": (0, 100), "Ri": (0, 999)}

EXPLAINED = {
    "line": Detail(
        "lines of another form: set the transmitter to ASCII, automatic, with 0XU,M=A",
        "其他形式的文本行：请用 0XU,M=A 设为 ASCII 自动发送",
    ),
    "checksum-form": Detail(
        "lines with a checksum, which are not read: set the transmitter with 0XU,M=A",
        "带校验的文本行，不予读取：请用 0XU,M=A 设置",
    ),
    "address": Detail("lines of another address: see `address`", "其他地址的文本行：参见 `address`"),
    "field": Detail("values that no weather has, or of another unit", "不可能的气象值，或单位不符"),
}


class WxtSettings(DeviceSettings):
    """The port and the address of the transmitter."""

    link: Endpoint
    address: str = Field("0", pattern=r"^[0-9A-Za-z]$", description="of the transmitter on its line")
    silence_ms: int = Field(120_000, ge=100, le=600_000, description="quiet for longer than this: lost, opened again")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Wxt:
    """One transmitter. Counters: `line`, `checksum-form`, `address`, `field` (lines refused), `long-line`."""

    Settings: ClassVar[type[DeviceSettings]] = WxtSettings
    modality: ClassVar[Modality] = WEATHER
    details: ClassVar[tuple[Detail, ...]] = tuple(EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: WxtSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.error: str | None = None  # the transmitter tells of none
        self._address = settings.address.encode()
        self._lines = Lines(LONGEST, self.counters)

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half line."""
        self._lines.reset()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the transmitter speaks by itself."""
        return []

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each line of weather that they complete."""
        found = (self._weather(line.strip(), receipt_ns) for line in self._lines.feed(data))
        return [one for one in found if one is not None]

    def _weather(self, line: bytes, receipt_ns: int) -> Weather | None:
        form = _LINE.fullmatch(line)
        if form is None or form[2].startswith(b"r") or form[1] != self._address:
            reason = "line" if form is None else "checksum-form" if form[2].startswith(b"r") else "address"
            self.counters.refuse(reason, line)
            return None
        fields = dict(pair.decode("latin-1").split("=") for pair in form[3].split(b",")[1:])
        try:
            found = _parsed({name: _value(name, text) for name, text in fields.items() if name in (*_BOUNDS, "Hi")})
        except ValueError:
            self.counters.refuse("field", line)
            return None
        if not found:
            self.counters.accepted += 1
            return None
        return Weather(device=self.name, stamp_ns=receipt_ns, receipt_ns=receipt_ns, **found)


def _value(name: str, text: str) -> float | None:
    """Return a value in SI units, % or mm/h; None: not valid. ValueError: no value, or none that weather has."""
    form = _VALUE.fullmatch(text.encode("latin-1"))
    if form is None:
        raise ValueError(text)
    number, unit = float(form[1]), form[2].decode()
    if unit == "#":
        return None
    if name in ("Sm", "Sx"):
        number *= _SPEED.get(unit, -1.0)
    elif name == "Ta" and unit == "F":
        number = (number - 32) / 1.8
    elif name == "Ri" and unit == "I":
        number *= 25.4
    least, most = _BOUNDS.get(name, (0, 1e6))
    if not least <= number <= most:
        raise ValueError(text)
    return number


def _parsed(values: dict[str, float | None]) -> dict[str, Any]:
    """Return the measured fields by their names; precipitation of a line that tells of rain and hail."""
    names = {"Dm": "wind_from_deg", "Sm": "wind_mps", "Sx": "gust_mps", "Ta": "temperature_c"}
    found: dict[str, Any] = {
        names[name]: value for name, value in values.items() if name in names and value is not None
    }
    if (humidity := values.get("Ua")) is not None:
        found["humidity_percent"] = humidity
    rain, hail = values.get("Ri"), values.get("Hi")
    if rain is not None:
        found |= {"intensity_mm_h": rain, "precipitation": "rain" if rain else "none"}
    if hail:
        found["precipitation"] = "hail"
    return found
