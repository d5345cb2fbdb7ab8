"""Emulated weather sensors: a visibility and present weather detector, and a wind and rain transmitter.

The bench's own transcriptions. The detector (PWD) sends message 7 behind SOH and before ETX, at 7 data bits and even
parity as from the factory; the transmitter (WXT) lines of `0R0`. The weather is fair, or as the fault says. Errors,
1 sigma: visibility 3 %, wind 0.3 m/s, temperature 0.1 deg C.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from sim.bench import Bench, WeatherSpec
from sim.damage import ON_THE_WAY, Damage
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame


class Sky(NamedTuple):
    """One weather."""

    visibility_m: float = 18_000.0
    wawa: int = 0  # WMO table 4680
    nws: str = "C"
    water_mm_h: float = 0.0
    wind_mps: float = 2.0
    gust_mps: float = 3.5
    temperature_c: float = 12.0
    hail_per_h: float = 0.0


SKIES = {
    "fog": Sky(150.0, 33),
    "haze": Sky(800.0, 5),
    "rain": Sky(2500.0, 63, "R+", 18.0),
    "snow": Sky(900.0, 72, "S", 1.4, temperature_c=-2.0),
    "freezing-rain": Sky(3000.0, 65, "ZR", 1.0, temperature_c=-1.0),
    "hail": Sky(3000.0, 89, "A", 12.0, hail_per_h=40.0),
    "storm": Sky(9000.0, 0, "C", 0.0, 15.0, 24.0),
}
FAULTS = ON_THE_WAY | {name: f"finds itself in {name}" for name in SKIES}
PERIOD_NS = 1_000_000_000


class _WeatherStation(Emulator):
    """The common part of both."""

    FAULTS: ClassVar[Mapping[str, str]] = FAULTS | {"dirty-lens": "says that its lens is dirty"}
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: WeatherSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6) % PERIOD_NS
        self._name, self._seed, self._spec, self._damage = name, bench.seed, spec, Damage()

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """It takes no commands here."""
        return []

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the message that is due."""
        if number % self._spec.period_s:
            return []
        rng = generator(self._seed, self._name, number)
        sky = SKIES.get(self.fault or "", Sky())
        writes = [Write("link", self._message(sky, rng), round(self._spec.latency_ms * 1e6))]
        return self._damage.done(self.fault, writes, rng)

    def _message(self, sky: Sky, rng: np.random.Generator) -> bytes:
        raise NotImplementedError


class EmulatedDetector(_WeatherStation):
    """A PWD22."""

    def _message(self, sky: Sky, rng: np.random.Generator) -> bytes:
        near = sky.visibility_m * (1 + rng.normal(0, 0.03))
        state = "03" if self.fault == "dirty-lens" else "00"
        body = (
            f"{state} {near:5.0f} {sky.visibility_m:5.0f} {sky.nws:>3} {sky.wawa:3d} {sky.wawa:2d} {sky.wawa:2d}"
            f" {sky.water_mm_h:6.2f} {12.16:6.2f} {0:4d} {sky.temperature_c + rng.normal(0, 0.1):5.1f} {8000:5d}"
        )
        message = f"\x01PW  1\x02{body}\r\n\r\n\r\n\x03\r\n"
        return bytes(octet | (octet.bit_count() % 2) << 7 for octet in message.encode("ascii"))


class EmulatedTransmitter(_WeatherStation):
    """A WXT530."""

    def _message(self, sky: Sky, rng: np.random.Generator) -> bytes:
        wind, gust = (max(0.0, speed + rng.normal(0, 0.3)) for speed in (sky.wind_mps, sky.gust_mps))
        rain = sky.water_mm_h if sky.temperature_c > 0 else 0.0  # it feels drops, not flakes
        return (
            f"0R0,Dn=338D,Dm=352D,Dx=005D,Sn={wind / 2:.1f}M,Sm={wind:.1f}M,Sx={max(wind, gust):.1f}M,"
            f"Ta={sky.temperature_c + rng.normal(0, 0.1):.1f}C,Ua=46.8P,Pa=1017.1H,Rc=0.00M,Rd=0s,Ri={rain:.1f}M,"
            f"Hc=0.0M,Hd=0s,Hi={sky.hail_per_h:.1f}M,Th=21.0C,Vh=0.0#,Vs=15.2V\r\n"
        ).encode("ascii")
