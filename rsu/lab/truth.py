"""The truth: where every road user was at any time, between the times at which it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.geo import Reference, to_site
from perception.objects import Floats, Ints, VehicleReport
from rsu.lab.receiver import Rows

_NOWHERE = complex(np.nan, np.nan)
LONGEST_GAP_NS = 1_500_000_000  # a road user that was unknown for longer was not there in between
ROW = np.dtype(
    [
        ("stamp_ns", np.int64),
        ("id", np.int64),
        ("kind", np.int64),  # RoadUser
        ("position", np.float64, 2),  # m, site frame, centre
        ("speed", np.float64),  # m/s; unknown here and below: NaN
        ("heading", np.float64),  # deg
        ("size", np.float64, 3),  # m: length, width, height
        ("accuracy", np.float64),  # m, 95 % radius of the position; 0: exact
    ]
)


class Life(NamedTuple):
    """One road user while it was there, k times in their order."""

    id: int
    kind: int
    size_m: Floats  # (3,) m
    stamp_ns: Ints  # (k,)
    place: NDArray[np.complex128]  # (k,): east + north i, m
    speed_mps: Floats  # (k,) m/s
    heading_deg: Floats  # (k,) deg, not wrapped
    accuracy_m: float  # m, 95 %, mean


class RunTruth:
    """All road users of a run. `complete`: no others were there (else only these are judged)."""

    def __init__(self, name: str, rows: Rows, complete: bool) -> None:
        self.name = name
        self.complete = complete
        rows = rows[np.lexsort((rows["stamp_ns"], rows["id"]))]
        step = np.diff(rows["stamp_ns"])
        broken = (np.diff(rows["id"]) != 0) | (step > LONGEST_GAP_NS)
        doubled = ~broken & (step == 0)
        pieces = np.split(np.arange(len(rows)), np.flatnonzero(broken) + 1)
        again = np.concatenate([[False], doubled]) if len(rows) else np.zeros(0, np.bool_)
        self.lives = [_life(rows[piece[~again[piece]]]) for piece in pieces if np.count_nonzero(~again[piece]) > 1]
        self._begin = np.array([life.stamp_ns[0] for life in self.lives], dtype=np.int64)
        self._end = np.array([life.stamp_ns[-1] for life in self.lives], dtype=np.int64)

    @property
    def span_ns(self) -> tuple[int, int]:
        """Return the first and last time with a road user; (0, 0) without any."""
        return (int(self._begin.min()), int(self._end.max())) if self.lives else (0, 0)

    def present(self, now_ns: int) -> Ints:
        """Return which of `lives` were there at a time."""
        present: Ints = np.flatnonzero((self._begin <= now_ns) & (now_ns <= self._end))
        return present

    def places(self, lives: Sequence[int] | Ints, stamps_ns: Ints) -> Floats:
        """Return where lives (m,) were at times (n,): (n, m, 2), NaN where not there."""
        place = np.full((len(stamps_ns), len(lives)), np.nan, dtype=np.complex128)
        for column, number in enumerate(lives):
            life = self.lives[number]
            begin_ns = int(life.stamp_ns[0])  # differences fit into a float, times since 1970 do not
            place[:, column] = np.interp(
                stamps_ns - begin_ns, life.stamp_ns - begin_ns, life.place, left=_NOWHERE, right=_NOWHERE
            )
        return np.stack([place.real, place.imag], axis=-1)

    def motion(self, life: int, stamp_ns: int) -> tuple[float, float]:
        """Return speed m/s and heading deg of a life at a time at which it was there; NaN unknown."""
        one = self.lives[life]
        begin_ns = int(one.stamp_ns[0])
        at, times = stamp_ns - begin_ns, one.stamp_ns - begin_ns
        return float(np.interp(at, times, one.speed_mps)), float(np.interp(at, times, one.heading_deg)) % 360.0


def _life(rows: Rows) -> Life:
    place = rows["position"][:, 0] + 1j * rows["position"][:, 1]
    speed, heading = rows["speed"].copy(), np.unwrap(rows["heading"], period=360.0)
    if np.isnan(speed).all():
        speed = np.abs(np.gradient(place, (rows["stamp_ns"] - rows["stamp_ns"][0]) / 1e9))
    return Life(
        id=int(rows["id"][0]),
        kind=int(rows["kind"][-1]),
        size_m=rows["size"][-1].copy(),
        stamp_ns=rows["stamp_ns"].copy(),
        place=place,
        speed_mps=speed,
        heading_deg=heading,
        accuracy_m=float(rows["accuracy"].mean()),
    )


def of_vehicles(reports: Iterable[VehicleReport], reference: Reference) -> RunTruth:
    """Return the reports of vehicles with on-board units as truth: of them alone, as exact as they claim."""
    told = list(reports)
    rows = np.zeros(len(told), ROW)
    numbers: dict[bytes, int] = {}
    for row, report in zip(rows, told, strict=True):
        row["stamp_ns"], row["kind"] = report.stamp_ns, report.kind
        row["id"] = numbers.setdefault(report.id, len(numbers) + 1)
        row["speed"], row["heading"] = _number(report.speed_mps), _number(report.heading_deg)
        row["size"] = _number(report.length_m), _number(report.width_m), _number(report.height_m)
        row["accuracy"] = _number(report.position_95_m)
    latitude, longitude = [report.latitude_deg for report in told], [report.longitude_deg for report in told]
    rows["position"] = np.column_stack(to_site(latitude, longitude, reference))
    return RunTruth("v2x", rows[np.isfinite(rows["accuracy"])], complete=False)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
