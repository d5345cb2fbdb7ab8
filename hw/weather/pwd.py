"""Driver of Vaisala present weather detectors (PWD10 to PWD52, FD12P) on a serial line: visibility and precipitation.

    SOH "PW" id STX body ETX CR LF; the body's values lie between blanks, "/" where there is none:

    00  6839  7505  R-  61 61 61   0.33  12.16    0  23.4 12345
    1   alarm of visibility, then state: 0 well, 1 fault, 2 warning, 3 and 4 dirty lens
    2,3 visibility, mean of 1 and of 10 minutes, m
    4   NWS code                     } from here on message 2
    5   weather now, WMO table 4680; 6, 7: of 15 minutes and of an hour
    8   water, mm/h; 9, 10: sums of water and snow, mm
    11  temperature, deg C; 12: luminance, cd/m2     } from here on message 7, with two more lines of METAR words

Message 0 ends with the visibility. The detector sends by itself (command `AMES 2 15`: message 2 every 15 s). From the
factory its line has 7 data bits and even parity; read with 8 data bits, the parity stands in the highest bit of each
octet, which is left out here: either setting fits. Nothing protects the octets of a message but its form.

Source: Vaisala PWD22/52 user's guide M210543EN; WMO-No. 306, code table 4680.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import WEATHER, Modality
from hw.splitter import Splitter
from hw.weather.wawa import OBSCURATION, PRECIPITATION_NOW
from perception.objects import Measurement, Weather

SOH, STX, ETX, LF, CR = 1, 2, 3, 10, 13
LONGEST = 256  # octets of a message
VALUES = {3: "0", 10: "2", 12: "7"}  # number of values -> number of the message
FARTHEST_M, HEAVIEST_MM_H = 50_000.0, 999.0
COLDEST_DEGC, HOTTEST_DEGC = -60.0, 70.0
_SEVEN_BITS = bytes(octet & 0x7F for octet in range(256))

STATES = {
    "1": Detail("the detector reports a fault of its own", "检测仪报告自身故障"),
    "2": Detail("the detector reports a warning: see its status message", "检测仪报告警告，请查看其状态报文"),
    "3": Detail("a lens is dirty: clean it", "镜头脏污，请清洁"),
    "4": Detail("a lens becomes dirty: clean it", "镜头开始脏污，请清洁"),
}
EXPLAINED = {
    "frame": Detail("text that is no message of a detector", "并非检测仪报文的文本"),
    "layout": Detail(
        "messages of another layout: only 0, 2 and 7 are read. Set the detector with AMES 2 15",
        "其他格式的报文：只读取报文 0、2、7，请用 AMES 2 15 设置检测仪",
    ),
    "field": Detail("values that no weather has", "不可能的气象值"),
}


class PwdSettings(DeviceSettings):
    """The port of the detector."""

    link: Endpoint
    silence_ms: int = Field(60_000, ge=100, le=600_000, description="quiet for longer than this: lost, opened again")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Pwd:
    """One detector. Counters: `frame`, `layout`, `field` (messages refused), `noise`, `torn`."""

    Settings: ClassVar[type[DeviceSettings]] = PwdSettings
    modality: ClassVar[Modality] = WEATHER
    details: ClassVar[tuple[Detail, ...]] = (*STATES.values(), *EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: PwdSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.error: str | None = None
        self._splitter = Splitter({SOH: _measure, CR: _between, LF: _between}, self.counters)

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half message."""
        self._splitter.reset()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the detector speaks by itself."""
        return []

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each message that they complete."""
        frames = self._splitter.feed(data.translate(_SEVEN_BITS), receipt_ns)
        messages = [frame for frame in frames if frame[0] == SOH]
        return [one for message in messages if (one := self._weather(message, receipt_ns)) is not None]

    def _weather(self, frame: bytes, receipt_ns: int) -> Weather | None:
        values = frame[frame.index(STX) + 1 : -1].split(b"\r\n")[0].decode("ascii").split()
        if len(values) not in VALUES or len(values[0]) != 2:
            self.counters.refuse("layout", frame)
            return None
        try:
            found = _parsed(values)
        except ValueError:
            self.counters.refuse("field", frame)
            return None
        state = STATES.get(values[0][1])
        self.error = state.en if state else None
        return Weather(device=self.name, stamp_ns=receipt_ns, receipt_ns=receipt_ns, **found)


def _measure(data: bytes) -> int | str:
    """Return the octets of the message that begins here; 0: more must come; or why it is none."""
    if data[:3] != b"\x01PW"[: len(data)]:
        return "frame"
    end = data.find(ETX)
    if end < 0:
        return "frame" if len(data) > LONGEST else 0
    return end + 1 if STX in data[:end] and b"\x01" not in data[1:end] else "frame"


def _between(data: bytes) -> int:
    """Return that one octet of a line's end stands between two messages."""
    return 1


def _parsed(values: list[str]) -> dict[str, Any]:
    """Return the measured fields; ValueError: a value is none, or out of bounds."""
    found: dict[str, Any] = {"visibility_m": _number(values[1], 0.0, FARTHEST_M)}
    if len(values) > 3:
        code = _number(values[4], 0.0, 99.0)
        if code is not None:
            found |= {"precipitation": PRECIPITATION_NOW.get(int(code), "none")}
            found |= {"obscuration": OBSCURATION.get(int(code), "clear")}
        found |= {"intensity_mm_h": _number(values[7], 0.0, HEAVIEST_MM_H)}
    if len(values) > 10:
        found |= {"temperature_c": _number(values[10], COLDEST_DEGC, HOTTEST_DEGC)}
    return found


def _number(text: str, least: float, most: float) -> float | None:
    if text.strip("/") == "":
        return None
    number = float(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number
