"""The emulated GNSS receiver: NAV-PVT, RMC and GGA of every epoch, five times a second, as a u-blox sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from perception.geo import to_wgs84
from sim.bench import Bench, GnssSpec
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.gnss_octets import Solution, gga, nav_pvt, rmc
from sim.wander import Wander

NS = 1_000_000_000
PERIOD_NS = NS // 5
AXIS_SD_M = 0.5
HEIGHT_SD_M = 1.2
TIME_ACCURACY_NS = 25
SATELLITES = 18
HDOP = 0.7
GEOID_SEPARATION_M = -3.1  # about Shenzhen
LEAP_SECONDS = 18  # GPS time is ahead of UTC by so many
SPOOFED_NORTH_M = 200.0
COARSE_NS = NS
ROLLED_NS = 1024 * 7 * 86_400 * NS  # period of the ten bits of week number
AHEAD_NS = {"week-rollover": -ROLLED_NS, "leap-unknown": LEAP_SECONDS * NS, "spoofed-time": 3 * NS}


class EmulatedGnss(Emulator):
    """A receiver on a fixed antenna."""

    period_ns = PERIOD_NS
    FAULTS: ClassVar[Mapping[str, str]] = {
        "no-fix": "says that it has no solution",
        "coarse-time": "knows its time to 1 s only",
        "spoofed": "says that it is 200 m further north",
        "spoofed-time": "says a time 3 s ahead",
        "week-rollover": "says a date 1024 weeks ago",
        "leap-unknown": "does not know the leap seconds yet: says GPS time for UTC",
    }

    def __init__(self, name: str, spec: GnssSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name = name
        self._seed = bench.seed
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._mount = spec.mount
        self._reference = bench.reference.core()
        self._wander = Wander(generator(bench.seed, name, 0), AXIS_SD_M)

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the messages of one epoch."""
        error = self._wander.at(frame.stamp_ns)
        east_m, north_m = self._mount.east_m + error[0], self._mount.north_m + error[1]
        north_m += SPOOFED_NORTH_M if self.fault == "spoofed" else 0.0
        latitude, longitude = to_wgs84(east_m, north_m, self._reference)
        noise = generator(self._seed, self._name, number).normal(0, HEIGHT_SD_M)
        height = self._reference.elevation_m + self._mount.height_m + noise
        stamp_ns = frame.stamp_ns + AHEAD_NS.get(self.fault or "", 0)
        solution = Solution(
            stamp_ns=stamp_ns,
            fixed=self.fault != "no-fix",
            latitude_deg=float(latitude),
            longitude_deg=float(longitude),
            height_m=height,
            separation_m=GEOID_SEPARATION_M,
            horizontal_m=AXIS_SD_M * 2**0.5,
            vertical_m=HEIGHT_SD_M,
            time_ns=COARSE_NS if self.fault == "coarse-time" else TIME_ACCURACY_NS,
            satellites=SATELLITES,
            hdop=HDOP,
        )
        return [Write("serial", nav_pvt(solution) + rmc(solution) + gga(solution), self._latency_ns)]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Ignore all that the host says."""
        return []
