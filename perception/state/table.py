"""The tracks in memory: two arrays, a column per road user, confirmed or not; the fields are views of their rows.

All states are true at the same time, that of the newest round of measurements.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from functools import cache

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints

KINDS = 7  # RoadUser values
TRUSTED = 8.0  # log-odds that a vehicle's BSMs are those of a track, from which it is believed and identified
SCANS_KEPT = (1 << 32) - 1  # bits of a history

# Every field of the tracks with its shape but for the tracks; SENSORS stands for one row per sensor.
SENSORS = -1
FLOATS: dict[str, tuple[int, ...]] = {
    "state": (4,),
    "covariance": (4, 4),
    "drift_mps": (2,),
    "drift_variance_m2ps2": (),
    "log_odds": (),
    "leaving_per_s": (),
    "votes": (KINDS,),
    "log_class": (KINDS,),
    "size_m": (3,),
    "size_weight": (3,),
    "heading_deg": (),
    "heading_sd_deg": (),
    "vehicle_heading_deg": (),
    "agreement": (),
    "word": (SENSORS,),
}
INTEGERS: dict[str, tuple[int, ...]] = {
    "stamp_ns": (),
    "receipt_ns": (),
    "scans": (),
    "id": (),
    "kind": (),
    "moving": (),
    "hidden": (),
    "contested": (),
    "vehicle": (),
    "vehicle_ns": (),
    "radio": (),
    "history": (SENSORS,),
    "seen_ns": (SENSORS,),
    "number": (SENSORS,),
}

_PER_SENSOR = sum(SENSORS in shape for shape in INTEGERS.values())

_Place = tuple[str, int | slice, tuple[int, ...]]


class TrackTable:
    """n tracks."""

    state: Floats  # (4, n) east, north [m], their speeds [m/s]
    covariance: Floats  # (4, 4, n)
    drift_mps: Floats  # (2, n) m/s: sum of the latest corrections of the velocity
    drift_variance_m2ps2: Floats  # (n,) (m/s)2: expected square of `drift` if the corrections were noise
    log_odds: Floats  # (n,) of existence
    leaving_per_s: Floats  # (n,) 1/s: rate at which a hidden road user leaves its place unseen; 0: not hidden
    votes: Floats  # (7, n) log-likelihood of each class, 0 the best
    log_class: Floats  # (7, n) log P(detected class | this) / P(detected class | false alarm)
    size_m: Floats  # (3, n) m: sum of weighted measurements
    size_weight: Floats  # (3, n)
    heading_deg: Floats  # (n,) deg, NaN while never known
    heading_sd_deg: Floats  # (n,) deg
    vehicle_heading_deg: Floats  # (n,) deg, as its newest BSM says; NaN where it does not
    agreement: Floats  # (n,) log-odds that its BSMs are of this road user and not of anything else, 0 or more
    word: Floats  # (sensors, n) log-odds that each sensor sees a road user there, by its latest scans
    stamp_ns: Ints  # (n,) newest measurement of a sensor: when it was true
    receipt_ns: Ints  # (n,) and when it arrived
    scans: Ints  # (n,) measurements of sensors used so far
    id: Ints  # (n,) 0 while not confirmed
    kind: Ints  # (n,) RoadUser, the likeliest class; UNKNOWN before there is evidence
    moving: Ints  # (n,) 1: the heading follows the velocity
    hidden: Ints  # (n,) 1: slow, and no sensor that looks there could see it in the newest round
    contested: Ints  # (n,) 1: one sensor sees it and another that could does not; or only doubtful ones, and it stands
    vehicle: Ints  # (n,) id of its BSM, big-endian octets as a number
    vehicle_ns: Ints  # (n,) newest BSM, 0: none
    radio: Ints  # (n,) index of the radio that heard it
    history: Ints  # (sensors, n) bit k: seen in the last scan but k of the sensor
    seen_ns: Ints  # (sensors, n) newest measurement of each sensor
    number: Ints  # (sensors, n) that each sensor gave it last, 0: none

    def __init__(self, floats: Floats, integers: Ints) -> None:
        """`floats`, `integers`: (rows, n) for n tracks; rows of a field as FLOATS and INTEGERS have them."""
        self._floats, self._integers = floats, integers
        for rows, layout in zip((floats, integers), _layout(len(integers)), strict=True):
            for name, place, shape in layout:
                setattr(self, name, rows[place].reshape(shape) if shape else rows[place])

    @classmethod
    def new(cls, count: int, sensors: int) -> TrackTable:
        """Return tracks of which nothing is known."""
        floats, integers = _heights(sensors)
        table = cls(np.zeros((floats, count)), np.zeros((integers, count), np.int64))
        table.heading_deg[:] = table.heading_sd_deg[:] = table.vehicle_heading_deg[:] = np.nan
        return table

    def __len__(self) -> int:
        """Return the number of tracks."""
        return int(self._floats.shape[1])

    def take(self, rows: Ints) -> TrackTable:
        """Return a copy of some of the tracks, by their rows (k,)."""
        return TrackTable(self._floats.take(rows, axis=1), self._integers.take(rows, axis=1))

    def with_sensors(self, before: Ints) -> TrackTable:
        """Return the same tracks for other sensors.

        before (sensors,): the row that each sensor has here, -1: it has none, and has seen nothing yet.
        """
        table, kept = TrackTable.new(len(self), len(before)), (before >= 0).nonzero()[0]
        for name, shape in (FLOATS | INTEGERS).items():
            of_sensors = SENSORS in shape
            getattr(table, name)[kept if of_sensors else ...] = getattr(self, name)[before[kept] if of_sensors else ...]
        return table

    def joined(self, other: TrackTable) -> TrackTable:
        """Return these tracks and after them the others."""
        return TrackTable(
            np.concatenate([self._floats, other._floats], axis=1),
            np.concatenate([self._integers, other._integers], axis=1),
        )


def _height(fields: dict[str, tuple[int, ...]], sensors: int) -> int:
    """Return the number of rows of all fields together."""
    shapes = [[sensors if length == SENSORS else length for length in shape] for shape in fields.values()]
    return sum(int(math.prod(shape)) for shape in shapes)


@cache
def _heights(sensors: int) -> tuple[int, int]:
    """Return the number of rows of floats and of integers."""
    return _height(FLOATS, sensors), _height(INTEGERS, sensors)


@cache
def _layout(height: int) -> tuple[list[_Place], list[_Place]]:
    """Return where the fields are in the rows of floats and of integers, the latter so many in all."""
    sensors = (height - _height(INTEGERS, 0)) // _PER_SENSOR
    return _places(FLOATS, sensors), _places(INTEGERS, sensors)


def _places(fields: dict[str, tuple[int, ...]], sensors: int) -> list[_Place]:
    """Return name, row or rows, and shape if it is not that of the rows, of each field."""
    found: list[_Place] = []
    first = 0
    for name, shape in fields.items():
        height = _height({name: shape}, sensors)
        place = slice(first, first + height) if shape else first
        found.append((name, place, (*shape, -1) if len(shape) > 1 else ()))
        first += height
    return found


def existence(table: TrackTable) -> Floats:
    """Return the probability (n,) that each row is a road user."""
    probability: Floats = np.exp(-np.logaddexp(0.0, -table.log_odds))
    return probability


def likely(table: TrackTable) -> NDArray[np.bool_]:
    """Return which rows (n,) are confirmed and rather exist than not."""
    there: NDArray[np.bool_] = (table.id > 0) & (table.log_odds > 0.0)
    return there


def trusted(table: TrackTable) -> NDArray[np.bool_]:
    """Return which rows (n,) have a vehicle whose BSMs are almost surely theirs: they are reported under its id."""
    enough: NDArray[np.bool_] = table.agreement >= TRUSTED
    return enough


def run_starts(rows: Ints) -> Ints:
    """Return where runs of the same row begin among rows (k,) that are in order."""
    begins = np.ones(len(rows), dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=begins[1:])
    starts: Ints = begins.nonzero()[0]
    return starts


class Ids:
    """Numbers of road users, 1..`last`: the lowest free one, but none again within `rest_ns`."""

    def __init__(self, rest_ns: int, last: int = 65534) -> None:
        self._rest_ns = rest_ns
        self._last = last
        self._unused = 1  # the lowest number never given
        self._free: list[int] = []  # heap
        self._resting: deque[tuple[int, int]] = deque()  # (when released, number)

    def take(self, now_ns: int) -> int | None:
        """Return a number, or None when all are in use or at rest."""
        while self._resting and now_ns - self._resting[0][0] >= self._rest_ns:
            heapq.heappush(self._free, self._resting.popleft()[1])
        if self._free:
            return heapq.heappop(self._free)
        if self._unused > self._last:
            return None
        self._unused += 1
        return self._unused - 1

    def take_over(self, before: Ids) -> None:
        """Go on with the numbers that another one has given."""
        self._unused, self._free, self._resting = before._unused, before._free, before._resting

    def release(self, number: int, now_ns: int) -> None:
        """Give a number back."""
        self._resting.append((now_ns, number))
