"""Indicators: the figures in which two runs are held against each other, and which way is better."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from perception.objects import Floats
from rsu.lab import scoring
from rsu.lab.air import Air
from rsu.lab.compare.lives import Lives
from rsu.lab.judging import Judging

SHORT_S = 2.0
Figures = dict[str, float | None]
Word = Literal["better", "worse", "same", "changed", ""]


class Indicator(NamedTuple):
    """One row of the table."""

    key: str
    group: str
    name: str
    unit: str
    better: Literal["less", "more", ""]  # "": neither
    matters: float  # a smaller change is none
    digits: int
    meaning: str


_TRUTH, _V2X = "Against the truth", "Against vehicles that say where they are (BSM)"
_USERS, _AIR = "Road users on air", "Messages"
INDICATORS = (
    Indicator("gospa_m", _TRUTH, "distance from the truth (GOSPA)", "m", "less", 0.05, 2,
              "one figure for everything: wrong places, missed and false road users, mean per tick"),
    Indicator("position_p95_m", _TRUTH, "position error, 95 %", "m", "less", 0.02, 2,
              "19 of 20 road users on air are nearer than this to where they are"),
    Indicator("speed_p95_mps", _TRUTH, "speed error, 95 %", "m/s", "less", 0.02, 2, ""),
    Indicator("heading_p95_deg", _TRUTH, "heading error, 95 %", "deg", "less", 0.2, 1, "of those that move"),
    Indicator("missed", _TRUTH, "missed at once", "", "less", 0.05, 2, "road users that are there and not on air"),
    Indicator("false", _TRUTH, "false at once", "", "less", 0.05, 2, "road users on air that are not there"),
    Indicator("id_switches", _TRUTH, "changes of id", "", "less", 0.5, 0,
              "times that a road user went on under another id"),
    Indicator("mota", _TRUTH, "MOTA", "", "more", 0.002, 3, "1 less the shares of missed, false and changed ids"),
    Indicator("idf1", _TRUTH, "IDF1", "", "more", 0.002, 3, "how much of everybody's life is under one id"),
    Indicator("hota", _TRUTH, "HOTA", "", "more", 0.002, 3, "found, placed and kept under one id, together"),
    Indicator("v2x_found", _V2X, "vehicles found", "%", "more", 0.1, 1, "share of the time"),
    Indicator("v2x_p50_m", _V2X, "distance from their own position, 50 %", "m", "less", 0.05, 2,
              "their own error is in it, alike for A and B"),
    Indicator("v2x_p95_m", _V2X, "distance from their own position, 95 %", "m", "less", 0.1, 2, ""),
    Indicator("v2x_switches", _V2X, "changes of id", "", "less", 0.5, 0, ""),
    Indicator("agreement_m", _USERS, "detections from what is on air", "m", "less", 0.01, 2,
              "root mean square over all sensors; sensors that stand wrong disagree"),
    Indicator("objects", _USERS, "different road users", "", "", 0.5, 0, "ids on air over the whole run"),
    Indicator("at_once", _USERS, "at once, mean", "", "", 0.05, 1, ""),
    Indicator("life_s", _USERS, "life time, median", "s", "more", 0.2, 1, "how long an id stays on air"),
    Indicator("short", _USERS, "shorter than 2 s", "", "less", 0.5, 0, "mostly ghosts and pieces of other lives"),
    Indicator("wait_p50_ms", _AIR, "from receipt to air, 50 %", "ms", "less", 2.0, 0,
              "of the newest measurement in a frame; as replayed, without the time that computing takes"),
    Indicator("wait_p95_ms", _AIR, "from receipt to air, 95 %", "ms", "less", 2.0, 0, ""),
    Indicator("frames", _AIR, "frames", "", "", 0.5, 0, ""),
    Indicator("octets_per_s", _AIR, "octets a second", "", "", 5.0, 0, ""),
    Indicator("largest", _AIR, "largest frame", "octets", "", 0.5, 0, ""),
    Indicator("events", _AIR, "events", "", "", 0.5, 0, ""),
)  # fmt: skip


class IndicatorRow(NamedTuple):
    """One row of the comparison."""

    indicator: Indicator
    a: float | None
    b: float | None
    word: Word  # of B against A

    @property
    def delta(self) -> float | None:
        """Return B - A."""
        return None if self.a is None or self.b is None else self.b - self.a


def measure(air: Air, lives: Lives, agreement_m: float | None, truth: Judging | None, v2x: Judging | None) -> Figures:
    """Return every indicator of a run by its key; None: nothing to tell it from."""
    octets = [one.octets for one in air.sent]
    figures: Figures = {
        "agreement_m": agreement_m,
        "objects": len(lives),
        "at_once": len(air.users) / len(air.ticks_ns) if len(air.ticks_ns) else None,
        "life_s": float(np.median(lives.seconds)) if len(lives) else None,
        "short": int((lives.seconds < SHORT_S).sum()),
        "wait_p50_ms": _percentile(air.waits_ms, 50),
        "wait_p95_ms": _percentile(air.waits_ms, 95),
        "frames": len(octets),
        "octets_per_s": sum(octets) / air.seconds if air.seconds else None,
        "largest": max(octets, default=None),
        "events": len(air.events),
    }
    if truth is not None:
        said = scoring.figures(truth)._asdict()
        ids = truth.identities
        figures |= {row.key: said[row.key] for row in INDICATORS if row.key in said and row.group == _TRUTH}
        if truth.complete:
            figures |= {"mota": ids.clear.mota, "idf1": ids.idf1, "hota": ids.hota.hota if ids.hota else None}
    if v2x is not None and len(v2x.pairs):
        of = scoring.figures(v2x)
        figures |= {
            "v2x_found": None if of.recall is None else 100.0 * of.recall,
            "v2x_p50_m": _percentile(v2x.pairs["distance"][~np.isnan(v2x.pairs["distance"])], 50),
            "v2x_p95_m": of.position_raw_p95_m,
            "v2x_switches": of.id_switches,
        }
    return figures


def table(a: Figures, b: Figures) -> list[IndicatorRow]:
    """Return the rows that at least one run has a figure for."""
    rows = [IndicatorRow(one, a.get(one.key), b.get(one.key), "") for one in INDICATORS]
    return [row._replace(word=_word(row)) for row in rows if row.a is not None or row.b is not None]


def _word(row: IndicatorRow) -> Word:
    if row.delta is None:
        return ""
    if abs(row.delta) < row.indicator.matters:
        return "same"
    if not row.indicator.better:
        return "changed"
    return "better" if (row.delta < 0) == (row.indicator.better == "less") else "worse"


def _percentile(values: Floats, percent: float) -> float | None:
    return float(np.percentile(values, percent)) if len(values) else None
