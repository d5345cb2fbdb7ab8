"""The comparison in one sentence: is B better than A, and what speaks for that."""

from __future__ import annotations

from typing import Literal, NamedTuple

from rsu.analysis.comparison import Comparison
from rsu.analysis.indicators import Row

Tone = Literal["better", "worse", "mixed", "same"]
_WEIGHTS = {  # what decides; the distance from the truth alone, where there is a truth
    "v2x_found": 2, "v2x_p95_m": 2, "v2x_switches": 1, "agreement_m": 2, "short": 1, "life_s": 1,
}  # fmt: skip
_TOLD = 3  # reasons
_TELLING = (
    "gospa_m", "position_p95_m", "false", "missed", "id_switches", "v2x_p95_m", "v2x_found", "agreement_m", "short",
    "v2x_switches", "life_s", "heading_p95_deg", "speed_p95_mps", "wait_p95_ms",
)  # fmt: skip


class Verdict(NamedTuple):
    """What stands at the top of the report."""

    tone: Tone
    headline: str
    reasons: str


def verdict(comparison: Comparison) -> Verdict:
    """Return the verdict on B against A."""
    if comparison.same:
        return Verdict("same", "A and B put exactly the same on air.", "Not one byte of a message or event differs.")
    rows = {row.indicator.key: row for row in comparison.rows}
    better, worse = (_reasons(rows, word) for word in ("better", "worse"))
    tone = _tone(rows)
    if tone == "same":
        return Verdict("same", "A and B differ, but nothing that matters changes.", _join(better or worse))
    if tone == "mixed":
        return Verdict("mixed", "B is better in some respects and worse in others.", _both(better, worse))
    first, second = (better, worse) if tone == "better" else (worse, better)
    return Verdict(tone, f"B is {tone} than A.", _both(first, second))


def _tone(rows: dict[str, Row]) -> Tone:
    if "gospa_m" in rows and rows["gospa_m"].word in ("better", "worse"):
        return "better" if rows["gospa_m"].word == "better" else "worse"
    signs = {key: {"better": 1, "worse": -1}.get(row.word, 0) for key, row in rows.items()}
    total = sum(weight * signs.get(key, 0) for key, weight in _WEIGHTS.items())
    if abs(total) >= 2:
        return "better" if total > 0 else "worse"
    return "mixed" if any(signs.values()) else "same"


def _reasons(rows: dict[str, Row], word: str) -> list[str]:
    keys = [key for key in _TELLING if not (key.startswith("v2x_") and "gospa_m" in rows)]  # the truth knows better
    told = [rows[key] for key in keys if key in rows and rows[key].word == word]
    return [_reason(row) for row in told[:_TOLD]]


def _reason(row: Row) -> str:
    one, (a, b) = row.indicator, (shown(row, value) for value in (row.a, row.b))
    return f"{one.name} {b}{' ' + one.unit if one.unit else ''} instead of {a}"


def shown(row: Row, value: float | None) -> str:
    """Return a figure as people read it."""
    return "-" if value is None else f"{value:,.{row.indicator.digits}f}".replace(",", " ")


def _join(reasons: list[str]) -> str:
    text = "; ".join(reasons)
    return text[:1].upper() + text[1:] + "." if text else ""


def _both(first: list[str], second: list[str]) -> str:
    return _join(first) + (f" But: {'; '.join(second)}." if second else "")
