"""Scans that no working sensor of any kind sends: frozen ones, storms, floods, places that are none.

Road users move and every measurement of them is noisy: two scans of one sensor are never equal to the last digit. A
scan with road users that comes again and again is a frozen picture; so are a few scans that
come again and again in one order. From one scan to the next a tenth of a second later road users are near to where
they were: a scan of which most are not is a storm of ghosts.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from math import isnan
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from hw.detail import Detail
from hw.utc import NS
from perception.objects import Detections, Floats, Mask, Measurement, PointCloud

MEMORY = 64  # scans among which one that comes again is looked for
STILL_NS, MOVING_NS = 20 * NS, 3 * NS // 2  # equal for so long: scans of road users that may stand, of moving ones
MOVES_M, MOVES_MPS = 0.3, 1.0
MOST = 128  # objects of a scan: no sensor has so many in view, and a scan with more is not used
MOST_POINTS = 1024  # reflections of a scan that are used
CROWD = 16  # fewer objects are no storm
NEAR_M, FASTEST_MPS = 2.0, 45.0  # from the place before, or where its speed leads, to be the same road user
SETS = 4  # scans before with which one is compared: some devices tell of several sets in turn
TOGETHER_NS = NS // 4  # between two scans that can be compared
STRANGERS = 0.6  # share of a scan's objects without a road user near them before
STORM_NS = NS  # so long
FORGET_NS = 2 * NS  # a fault is told of for so long after it was seen last

Scan = Detections | PointCloud
S = TypeVar("S", Detections, PointCloud)

WORDS = {
    "frozen": Detail(
        "the same content again and again under new numbers and times: the picture or the device stands still",
        "编号和时间在变，内容反复相同：画面或设备已停滞",
    ),
    "storm": Detail(
        "most objects are nowhere near those of the scan before: ghosts, interference or damage",
        "多数目标与上一次扫描相距甚远：虚假目标、干扰或设备损坏",
    ),
    "flood": Detail(
        f"more than {MOST} objects a scan, which is not used, or {MOST_POINTS} reflections",
        f"单次扫描超过 {MOST} 个目标（不予采用）或 {MOST_POINTS} 个反射点",
    ),
    "zero": Detail(
        "objects at the sensor's own place (0, 0): places that the device does not know",
        "目标位于传感器自身位置 (0, 0)：设备并不知道其位置",
    ),
    "twin": Detail("objects that are the same twice in one scan", "同一次扫描中有完全相同的目标"),
}
FAULTS = ("frozen", "storm", "flood")  # the worst first; single objects that are nowhere are none


class _Run(NamedTuple):
    """Scans that equal the one so many before them, without a break."""

    lag: int
    since_ns: int
    seen: bool  # they hold a road user
    moves: bool  # their road users move


_NEW = _Run(MEMORY, 0, False, False)  # none


class Content:
    """Judges the scans of one device. `counters`: objects (zero, twin, flood) and scans (frozen, storm) not used."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self._seen_ns: dict[str, int] = {}  # fault -> when it was seen last
        self._number = 0
        self._known: dict[bytes, int] = {}  # digest of a scan -> its number
        self._run = _Run(0, 0, False, False)
        nowhere: Floats = np.zeros((0, 2))
        self._before: deque[tuple[int, Floats]] = deque([(0, nowhere)], maxlen=SETS)  # stamp, places
        self._changed = nowhere, nowhere  # the places when the content changed last, and those before
        self._storm_ns: int | None = None  # since when scans are storms

    def used(self, measurement: Measurement) -> Measurement | None:
        """Return the usable part of a measurement; None: no part."""
        if isinstance(measurement, Detections):
            return self._usable(self._cleaned(measurement))
        if isinstance(measurement, PointCloud):
            return self._usable(self._capped(measurement))
        return measurement

    def fault(self, now_ns: int) -> str | None:
        """Return which of FAULTS the content has now."""
        return next((name for name in FAULTS if now_ns - self._seen_ns.get(name, -FORGET_NS) < FORGET_NS), None)

    def _usable(self, scan: Scan | None) -> Scan | None:
        if scan is None:
            return None
        place = _places(scan)
        storm = self._is_storm(scan, place)
        frozen = self._is_frozen(scan, place)
        self._before.appendleft((scan.stamp_ns, place))
        if frozen or storm:
            self._refuse("frozen" if frozen else "storm", scan)
            return None
        return scan

    def _refuse(self, fault: str, scan: Scan, count: int = 1) -> None:
        self.counters[fault] += count
        self._seen_ns[fault] = scan.receipt_ns

    def _cleaned(self, scan: Detections) -> Detections | None:
        """Return a scan without objects that are nowhere or twice; None where nothing is left of it."""
        count = len(scan.kind)
        if count <= MOST and _all_differ(scan):
            return scan
        zero = (scan.position_m == 0).all(axis=1)
        twin = _repeated(np.column_stack([scan.position_m, scan.box_px]))
        for fault, rows in (("zero", zero), ("twin", twin & ~zero)):
            if number := int(np.count_nonzero(rows)):
                self._refuse(fault, scan, number)
        kept = ~(zero | twin)
        if np.count_nonzero(kept) > MOST:
            self._refuse("flood", scan, count)
            return None
        return (scan if kept.all() else _taken(scan, kept)) if kept.any() else None

    def _capped(self, cloud: PointCloud) -> PointCloud:
        count = len(cloud.points_m)
        if count <= MOST_POINTS:
            return cloud
        self._refuse("flood", cloud, count - MOST_POINTS)
        return _taken(cloud, np.arange(count) < MOST_POINTS)

    def _is_frozen(self, scan: Scan, place: Floats) -> bool:
        """Follow the run of scans that come again, and tell whether it has lasted too long."""
        digest = _digest(scan)
        lag = self._number - self._known.pop(digest, -MEMORY)
        self._known[digest] = self._number
        self._number += 1
        if len(self._known) > MEMORY:
            del self._known[next(iter(self._known))]
        if lag != 1:
            self._changed = place, self._before[0][1]
        if lag >= MEMORY:
            self._run = _NEW
            return False
        moves, run = _apart(*self._changed) > MOVES_M or _moves(scan), self._run
        if lag != run.lag:
            self._run = _Run(lag, scan.receipt_ns, len(place) > 0, moves)
            return False
        self._run = run = run._replace(seen=run.seen or len(place) > 0, moves=run.moves or moves)
        return run.seen and scan.receipt_ns - run.since_ns >= (MOVING_NS if run.moves else STILL_NS)

    def _is_storm(self, scan: Scan, place: Floats) -> bool:
        """Tell whether scan after scan shows others than each of those before."""
        if isinstance(scan, PointCloud) or not self._are_strangers(scan, place):
            self._storm_ns = None
            return False
        self._storm_ns = scan.receipt_ns if self._storm_ns is None else self._storm_ns
        return scan.receipt_ns - self._storm_ns >= STORM_NS

    def _are_strangers(self, scan: Detections, place: Floats) -> bool:
        """Tell whether there are scans to compare with, and most objects are in none of them."""
        if len(place) < CROWD:
            return False
        seen = np.isfinite(place).all(axis=1)
        if np.count_nonzero(seen) < CROWD:
            return False
        place, velocity = place[seen], scan.velocity_mps[seen]
        ages = [(scan.stamp_ns - at_ns, before) for at_ns, before in self._before]
        near = [age for age in ages if abs(age[0]) <= TOGETHER_NS]
        return bool(near) and all(_strangers(place, velocity, *age) >= STRANGERS for age in near)


def _places(scan: Scan) -> Floats:
    return scan.points_m[:, :2] if isinstance(scan, PointCloud) else scan.position_m


def _all_differ(scan: Detections) -> bool:
    """Tell by one column of numbers that no object is at (0, 0) or there twice; False: that takes a closer look."""
    column: list[float] = scan.position_m[:, 0].tolist()
    if 0.0 in column:
        return False
    if isnan(sum(column)):
        column = scan.box_px[:, 0].tolist()
    return len(set(column)) == len(column) and not isnan(sum(column))


def _digest(scan: Scan) -> bytes:
    """Return a digest of a scan without its numbers and times, independent of the order of its objects."""
    if isinstance(scan, PointCloud):
        table = np.concatenate([scan.points_m, scan.doppler_mps[:, None], scan.snr_db[:, None]], axis=1)
    else:
        single = scan.kind[:, None], scan.confidence[:, None]
        table = np.concatenate([scan.position_m, scan.velocity_mps, scan.box_px, scan.size_m, *single], axis=1)
    octets, width = table.tobytes(), table.itemsize * table.shape[1]
    rows = sorted(octets[start : start + width] for start in range(0, len(octets), width))
    return hashlib.blake2b(b"".join(rows), digest_size=16).digest()


def _moves(scan: Scan) -> bool:
    """Tell whether a scan itself reports a moving road user."""
    speed = np.abs(scan.doppler_mps) if isinstance(scan, PointCloud) else np.hypot(*scan.velocity_mps.T)
    return bool((speed > MOVES_MPS).any())


def _apart(place: Floats, before: Floats) -> float:
    """Return the largest distance of an object from all those before, m; 0 if a scan is empty or without places."""
    place, before = (each[np.isfinite(each).all(axis=1)] for each in (place, before))
    return float(_distances(place, before).min(axis=1).max()) if len(place) and len(before) else 0.0


def _strangers(place: Floats, velocity: Floats, age_ns: int, before: Floats) -> float:
    """Return the share of objects that cannot be one of those before, by their own speed where it is reported."""
    age_s = age_ns / NS
    known = np.isfinite(velocity)
    told = known.all(axis=1)
    was = place - np.where(known, velocity, 0.0) * age_s
    reach = np.where(told, NEAR_M, NEAR_M + FASTEST_MPS * abs(age_s))
    near = (_distances(was, before) < reach[:, None]).any(axis=1)
    return 1.0 - float(np.count_nonzero(near)) / len(place)


def _distances(here: Floats, there: Floats) -> Floats:
    """Return the distances (n, m) between places (n, 2) and (m, 2)."""
    apart: Floats = np.hypot(here[:, None, 0] - there[:, 0], here[:, None, 1] - there[:, 1])
    return apart


def _repeated(rows: Floats) -> Mask:
    """Return which of the rows (n, m) are the same as an earlier one; NaN is the same as NaN."""
    rows = rows + 0.0  # of the two zeros one
    rows[np.isnan(rows)] = np.nan
    octets, width = rows.tobytes(), rows.itemsize * rows.shape[1]
    first: dict[bytes, int] = {}
    found = [first.setdefault(octets[width * n : width * (n + 1)], n) for n in range(len(rows))]
    repeated: Mask = np.array(found) != np.arange(len(rows))
    return repeated


def _taken(scan: S, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> S:
    """Return some of the rows of a scan."""
    arrays = {name: getattr(scan, name) for name in scan.__struct_fields__}
    return msgspec.structs.replace(scan, **{n: a[rows] for n, a in arrays.items() if isinstance(a, np.ndarray)})
