"""The emulated GNSS receiver: NAV-PVT, RMC and GGA of every epoch, five times a second, as a u-blox sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from hw import utc
from hw.nmea import Gga, Rmc, encode_gga, encode_rmc
from hw.ubx import FIX_OK, RESOLVED, NavPvt, encode_nav_pvt
from hw.utc import NS, NS_PER_DAY
from perception.geo import to_wgs84
from sim.bench import Bench, GnssSpec
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.wander import Wander

PERIOD_NS = NS // 5
AXIS_SD_M = 0.5
HEIGHT_SD_M = 1.2
TIME_ACCURACY_NS = 25
SATELLITES = 18
HDOP = 0.7
GEOID_SEPARATION_M = -3.1  # about Shenzhen
GPS_EPOCH_NS = utc.midnight_ns(1980, 1, 6)
LEAP_SECONDS = 18  # GPS time is ahead of UTC by so many
SPOOFED_NORTH_M = 200.0
COARSE_NS = NS
ROLLED_NS = 1024 * 7 * NS_PER_DAY  # period of the ten bits of week number
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
        solution = _nav_pvt(stamp_ns, float(latitude), float(longitude), height)
        if self.fault == "coarse-time":
            solution = solution._replace(time_accuracy=COARSE_NS)
        fixed = self.fault != "no-fix"
        if not fixed:
            solution = solution._replace(fix_type=0, flags=0)
        return [Write("serial", _epoch(stamp_ns, solution, fixed), self._latency_ns)]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Ignore all that the host says."""
        return []


def _epoch(stamp_ns: int, solution: NavPvt, fixed: bool) -> bytes:
    """Return one solution in all three sentences; `fixed`: the receiver trusts it."""
    of_day_ns = stamp_ns % NS_PER_DAY
    latitude, longitude = solution.latitude / 1e7, solution.longitude / 1e7
    rmc = Rmc(of_day_ns, fixed, latitude, longitude, 0.0, stamp_ns - of_day_ns, "A" if fixed else "N")
    above_sea_m = solution.height_msl / 1e3
    gga = Gga(of_day_ns, latitude, longitude, int(fixed), SATELLITES, HDOP, above_sea_m, GEOID_SEPARATION_M)
    return encode_nav_pvt(solution) + encode_rmc(rmc) + encode_gga(gga)


def _nav_pvt(stamp_ns: int, latitude: float, longitude: float, height: float) -> NavPvt:
    time = utc.from_ns(stamp_ns)
    return NavPvt(
        itow=(stamp_ns - GPS_EPOCH_NS + LEAP_SECONDS * NS) // 1_000_000 % (7 * 86_400_000),
        year=time.year,
        month=time.month,
        day=time.day,
        hour=time.hour,
        minute=time.minute,
        second=time.second,
        valid=RESOLVED,
        time_accuracy=TIME_ACCURACY_NS,
        nano=time.nanosecond,
        fix_type=3,
        flags=FIX_OK,
        satellites=SATELLITES,
        longitude=round(longitude * 1e7),
        latitude=round(latitude * 1e7),
        height=round(height * 1e3),
        height_msl=round((height - GEOID_SEPARATION_M) * 1e3),
        horizontal_accuracy=round(AXIS_SD_M * 2**0.5 * 1e3),
        vertical_accuracy=round(HEIGHT_SD_M * 1e3),
    )
