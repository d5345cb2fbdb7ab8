"""The indicators of a run, and which of two runs is better by each."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from perception.objects import Floats
from rsu.lab import scoring
from rsu.lab.air import Air
from rsu.lab.compare.indicators import INDICATORS, TRUTH, Indicator
from rsu.lab.compare.lives import Lives
from rsu.lab.judging import Judging

SHORT_S = 2.0
Figures = dict[str, float | None]
Word = Literal["better", "worse", "same", "changed", ""]


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
        figures |= {row.key: said[row.key] for row in INDICATORS if row.key in said and row.group == TRUTH}
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
