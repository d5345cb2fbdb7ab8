"""How good a run was on air, in figures: of all road users, and by class, zone and range."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, RoadUser
from perception.scoring.assignment import CUTOFF_M, gospa, ospa
from rsu.lab.judging import Judging, Mask
from rsu.lab.receiver import Rows

BAND_M = 20.0


class Figures(NamedTuple):
    """The verdict on a group of road users; None: nothing to tell it from."""

    true_users: float  # mean per tick
    recall: float | None
    precision: float | None
    missed: float  # mean per tick
    false: float | None  # mean per tick
    gospa_m: float | None  # mean
    ospa_m: float | None  # mean
    position_p50_m: float | None
    position_p95_m: float | None
    position_raw_p95_m: float | None  # with the part that the truth's own accuracy explains
    speed_p95_mps: float | None
    heading_p95_deg: float | None
    length_p95_m: float | None
    width_p95_m: float | None
    right_class: float | None  # share of those found
    id_switches: int
    age_p50_ms: float | None  # of sent states, when they are sent
    age_p95_ms: float | None


def figures(judged: Judging, which: Mask | None = None) -> Figures:
    """Return the figures of the pairs that `which` (n,) selects, of all by default."""
    pairs = judged.pairs if which is None else judged.pairs[which]
    hit, false = pairs["id"] >= 0, pairs["truth"] < 0
    found = pairs[hit & ~false]
    missed, wrong, there = int((~hit).sum()), int(false.sum()), len(found) + int((~hit).sum())
    ticks = max(1, len(judged.ticks))
    gospa_m, ospa_m = _sets(pairs, len(judged.ticks)) if judged.complete else (None, None)
    return Figures(
        true_users=round(there / ticks, 3),
        recall=_share(len(found), there),
        precision=_share(len(found), len(found) + wrong) if judged.complete else None,
        missed=round(missed / ticks, 3),
        false=round(wrong / ticks, 3) if judged.complete else None,
        gospa_m=gospa_m,
        ospa_m=ospa_m,
        position_p50_m=_percentile(found["own"], 50),
        position_p95_m=_percentile(found["own"], 95),
        position_raw_p95_m=_percentile(found["distance"], 95),
        speed_p95_mps=_percentile(found["speed"], 95),
        heading_p95_deg=_percentile(found["turn"], 95),
        length_p95_m=_percentile(found["size"][:, 0], 95),
        width_p95_m=_percentile(found["size"][:, 1], 95),
        right_class=_share(int((found["said"] == found["kind"]).sum()), len(found)),
        id_switches=int(pairs["switched"].sum()),
        age_p50_ms=_percentile(found["age_ms"], 50),
        age_p95_ms=_percentile(found["age_ms"], 95),
    )


def groups(judged: Judging) -> dict[str, dict[str, Figures]]:
    """Return the figures by class, zone and range."""
    kind, zone = judged.pairs["kind"], np.array(judged.zones, dtype=np.str_)
    band = (np.hypot(*judged.pairs["position"].T) // BAND_M).astype(np.int64)
    return {
        "by_class": {RoadUser(each).name.lower(): figures(judged, kind == each) for each in np.unique(kind)},
        "by_zone": {str(each): figures(judged, zone == each) for each in np.unique(zone)},
        "by_range": {
            f"{each * BAND_M:.0f}-{min((each + 1) * BAND_M, judged.region_m):.0f} m": figures(judged, band == each)
            for each in np.unique(band)
            if each * BAND_M < judged.region_m
        },
    }


def gospa_by_tick(judged: Judging) -> Floats:
    """Return the GOSPA distance of every judged tick, (t,) m."""
    alone = (judged.pairs["id"] < 0) | (judged.pairs["truth"] < 0)
    ticks, count = judged.pairs["tick"], len(judged.ticks)
    squares = np.bincount(ticks[~alone], judged.pairs["distance"][~alone] ** 2, minlength=count)
    by_tick: Floats = np.sqrt(squares + CUTOFF_M**2 / 2 * np.bincount(ticks[alone], minlength=count))
    return by_tick


def _sets(pairs: Rows, ticks: int) -> tuple[float | None, float | None]:
    """Return mean GOSPA and OSPA over all ticks."""
    if not ticks:
        return None, None
    order = np.argsort(pairs["tick"], kind="stable")
    parts = np.split(pairs[order], np.searchsorted(pairs["tick"][order], np.arange(1, ticks)))
    both = [_set(part) for part in parts]
    return round(float(np.mean([a for a, _ in both])), 4), round(float(np.mean([b for _, b in both])), 4)


def _set(pairs: Rows) -> tuple[float, float]:
    missed, false = int((pairs["id"] < 0).sum()), int((pairs["truth"] < 0).sum())
    distance = pairs["distance"][(pairs["id"] >= 0) & (pairs["truth"] >= 0)]
    return gospa(distance, missed + false), ospa(distance, missed, false)


def _percentile(errors: Floats, percent: float) -> float | None:
    known = np.abs(errors[~np.isnan(errors)])
    return round(float(np.percentile(known, percent)), 4) if len(known) else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
