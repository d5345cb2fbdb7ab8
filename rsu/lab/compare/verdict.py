"""The comparison in one sentence: is B better than A, and by which figures."""

from __future__ import annotations

from typing import Literal, NamedTuple

from rsu.lab.compare.comparison import Comparison
from rsu.lab.compare.indicators import IndicatorRow

Tone = Literal["better", "worse", "mixed", "same"]
_WEIGHTS = {  # figures that decide; the distance from the truth alone, where there is a truth
    "v2x_found": 2, "v2x_p95_m": 2, "v2x_switches": 1, "agreement_m": 2, "short": 1, "life_s": 1,
}  # fmt: skip
_CLEAR = 2  # less is little
_TOLD = 3  # reasons
_TELLING = {  # figures of B and A to print, in this order
    "gospa_m": "all errors taken together (GOSPA) are {b} m instead of {a}",
    "position_p95_m": "19 of 20 positions are right to {b} m instead of {a}",
    "false": "{b} false road users at once instead of {a}",
    "missed": "{b} missed at once instead of {a}",
    "id_switches": "{b} changes of id instead of {a}",
    "agreement_m": "the sensors' detections are {b} m from what is on air instead of {a}",
    "v2x_found": "{b} % of the vehicles that tell their position are found instead of {a}",
    "v2x_p95_m": "19 of 20 positions are within {b} m of what vehicles say themselves instead of {a}",
    "short": "{b} road users live for less than 2 s instead of {a}",
    "v2x_switches": "vehicles change their id {b} times instead of {a}",
    "life_s": "a road user lives for {b} s instead of {a} (median)",
    "heading_p95_deg": "headings are right to {b} deg instead of {a}",
    "speed_p95_mps": "speeds are right to {b} m/s instead of {a}",
    "wait_p95_ms": "measurements wait for {b} ms instead of {a} before they are on air",
}


class Conclusion(NamedTuple):
    """The head of the report."""

    tone: Tone
    headline: str
    reasons: str


def verdict(comparison: Comparison) -> Conclusion:
    """Return the verdict on B against A."""
    if comparison.same:
        return Conclusion("same", "A and B put exactly the same on air.", "Not one byte of a message or event differs.")
    rows = {row.indicator.key: row for row in comparison.rows}
    better, worse = (_reasons(rows, word) for word in ("better", "worse"))
    tone = _tone(rows)
    if tone == "same":
        return Conclusion("same", "A and B differ, but nothing that matters changes.", _join(better or worse))
    if tone == "mixed":
        return Conclusion("mixed", "B is better in some respects and worse in others.", _both(better, worse))
    first, second = (better, worse) if tone == "better" else (worse, better)
    little = "a little " if "gospa_m" not in rows and abs(_weight(rows)) < _CLEAR else ""
    return Conclusion(tone, f"B is {little}{tone} than A.", _both(first, second))


def _tone(rows: dict[str, IndicatorRow]) -> Tone:
    if "gospa_m" in rows and rows["gospa_m"].word in ("better", "worse"):
        return "better" if rows["gospa_m"].word == "better" else "worse"
    words = {row.word for row in rows.values()} & {"better", "worse"}
    total = _weight(rows)
    if words == {"better", "worse"} and abs(total) < _CLEAR:
        return "mixed"
    if not words:
        return "same"
    return "better" if total > 0 or words == {"better"} else "worse"


def _weight(rows: dict[str, IndicatorRow]) -> int:
    """Return how much speaks for B; below 0: against it."""
    sign = {"better": 1, "worse": -1}
    return sum(weight * sign.get(rows[key].word, 0) for key, weight in _WEIGHTS.items() if key in rows)


def _reasons(rows: dict[str, IndicatorRow], word: str) -> list[str]:
    stand_ins = () if "gospa_m" not in rows else ("v2x_", "agreement_m")  # the truth knows better
    keys = [key for key in _TELLING if not key.startswith(stand_ins)]
    told = [rows[key] for key in keys if key in rows and rows[key].word == word]
    return [_TELLING[row.indicator.key].format(a=shown(row, row.a), b=shown(row, row.b)) for row in told[:_TOLD]]


def shown(row: IndicatorRow, value: float | None) -> str:
    """Return a figure as people read it."""
    return "-" if value is None else f"{value:,.{row.indicator.digits}f}".replace(",", " ")


def _join(reasons: list[str]) -> str:
    text = "; ".join(reasons)
    return text[:1].upper() + text[1:] + "." if text else ""


def _both(first: list[str], second: list[str]) -> str:
    if not first:
        return _join(second)
    return _join(first) + (f" But: {'; '.join(second)}." if second else "")
