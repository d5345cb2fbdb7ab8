"""Whether a vehicle's reports are consistent: its places, speeds and headings over the last seconds. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perception.objects import CIRCLE_95

NS = 1_000_000_000
FASTEST_MPS = 70.0  # no vehicle on a road is faster,
LARGEST_M = (30.0, 4.5, 5.5)  # longer, wider, higher
HARDEST_MPS2 = 12.0  # nor brakes or speeds up harder
SPEED_NOISE_MPS = 3.0  # two speeds may differ by, at any time between
PLACE_NOISE_M = 4.0  # jumps of receivers, beside their stated error
LEAST_S, LONGEST_S = 0.9, 2.0  # over which a way is compared with speeds and headings
OFF_M, OFF_SHARE = 3.0, 0.1  # that a way may differ from the speeds said: metres, and share of it
LEAST_TURN_MPS, HEADING_NOISE_DEG = 3.0, 20.0  # a slower vehicle may turn on the spot; headings may differ by
LEAST_WAY_M = 4.0  # from which a way has a direction
OFF_DEG, STEADY_DEG = 60.0, 30.0  # that it may differ from the headings said, while these hardly change
_SIGMAS = 3.0
_SD_M = (0.6, 4.0)  # of a place, 1 sigma: claims beyond these bounds are set to the bound


class ReportedMotion(NamedTuple):
    """One report, site frame; None: not said."""

    stamp_ns: int
    east_m: float  # m
    north_m: float
    speed_mps: float | None  # m/s
    heading_deg: float | None  # deg
    sd_m: float  # m, of the place
    backwards: bool = False


class Doubt(NamedTuple):
    """Why a report does not fit: the offence, and the figures."""

    reason: str
    text: str


def place_sd(position_95: float | None) -> float:
    """Return the standard deviation of a place whose 95 % radius a vehicle states; impossible values are bounded."""
    return _SD_M[1] / 2.0 if position_95 is None else min(max(position_95 / CIRCLE_95, _SD_M[0]), _SD_M[1])


def impossible(speed: float | None, size: Sequence[float | None]) -> Doubt | None:
    """Return why no vehicle is like that, None when one may be; size: length, width, height."""
    if speed is not None and speed > FASTEST_MPS:
        return Doubt("impossible", f"{speed:.1f} m/s")
    large = [each for each, most in zip(size, LARGEST_M, strict=True) if each is not None and each > most]
    return Doubt("impossible", f"a vehicle of {large[0]:.1f} m") if large else None


def breaks(before: ReportedMotion, now: ReportedMotion) -> Iterator[Doubt]:
    """Yield the changes between two reports that no vehicle can make."""
    passed_s = (now.stamp_ns - before.stamp_ns) / NS
    if _gap(before, now, passed_s) > 0.0:
        moved = math.dist((before.east_m, before.north_m), (now.east_m, now.north_m))
        yield Doubt("jump", f"{moved:.1f} m in {passed_s:.1f} s")
    if passed_s >= LEAST_S or before.speed_mps is None or now.speed_mps is None:
        return
    if abs(now.speed_mps - before.speed_mps) > HARDEST_MPS2 * passed_s + SPEED_NOISE_MPS:
        yield Doubt("acceleration", f"{before.speed_mps:.1f} to {now.speed_mps:.1f} m/s in {passed_s:.1f} s")
    slower = min(before.speed_mps, now.speed_mps)
    if before.heading_deg is not None and now.heading_deg is not None and slower > LEAST_TURN_MPS:
        turned = abs(_turned(now.heading_deg, before.heading_deg))
        if turned > math.degrees(HARDEST_MPS2 / slower) * passed_s + HEADING_NOISE_DEG:
            yield Doubt("heading-mismatch", f"turned by {turned:.0f} deg in {passed_s:.1f} s at {slower:.1f} m/s")


def strays(history: Sequence[ReportedMotion], now: ReportedMotion) -> Iterator[Doubt]:
    """Yield contradictions between the way of the last seconds and the motion reported on it; the newest is last."""
    since_ns = now.stamp_ns - int(LONGEST_S * NS)
    way = [each for each in (*history, now) if each.stamp_ns >= since_ns]
    first, passed_s = way[0], (now.stamp_ns - way[0].stamp_ns) / NS
    if passed_s < LEAST_S:
        return
    east, north = now.east_m - first.east_m, now.north_m - first.north_m
    moved = math.hypot(east, north)
    speeds = [each.speed_mps for each in way if each.speed_mps is not None]
    if len(speeds) == len(way):
        driven = passed_s * sum(speeds) / len(speeds)
        off = OFF_M + OFF_SHARE * driven
        if moved > driven + off or (moved < driven - off and _is_steady(way)):
            yield Doubt("speed-mismatch", f"{moved:.1f} m in {passed_s:.1f} s, said {driven / passed_s:.1f} m/s")
    if now.heading_deg is not None and moved > LEAST_WAY_M and _is_steady(way):
        course = math.degrees(math.atan2(east, north))
        off_deg = abs(_turned(course, now.heading_deg))
        if (180.0 - off_deg if now.backwards else off_deg) > OFF_DEG:
            yield Doubt("heading-mismatch", f"moves to {course % 360.0:.0f} deg, said {now.heading_deg:.0f} deg")


def _gap(before: ReportedMotion, now: ReportedMotion, passed_s: float) -> float:
    """Return how much farther a place is from the one before than a vehicle and its receiver come, m."""
    speeds = [each.speed_mps for each in (before, now) if each.speed_mps is not None]
    fastest = (max(speeds) if speeds else FASTEST_MPS) + HARDEST_MPS2 * passed_s / 2.0
    noise = PLACE_NOISE_M + _SIGMAS * math.hypot(before.sd_m, now.sd_m)
    return math.dist((before.east_m, before.north_m), (now.east_m, now.north_m)) - fastest * passed_s - noise


def _is_steady(way: Sequence[ReportedMotion]) -> bool:
    """Tell whether all reports of a way say a heading near the first one."""
    headings = [each.heading_deg for each in way if each.heading_deg is not None]
    return len(headings) == len(way) and max([abs(_turned(each, headings[0])) for each in headings]) < STEADY_DEG


def _turned(first: float, second: float) -> float:
    return (first - second + 180.0) % 360.0 - 180.0
