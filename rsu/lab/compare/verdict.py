"""The comparison in one sentence: is B better than A, and by which figures."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hw.detail import NOTHING, Detail
from rsu.lab.compare.comparison import Comparison
from rsu.lab.compare.measure import IndicatorRow

Tone = Literal["better", "worse", "mixed", "same"]
_WEIGHTS = {  # figures that decide; the distance from the truth alone, where there is a truth
    "v2x_found": 2, "v2x_p95_m": 2, "v2x_switches": 1, "agreement_m": 2, "short": 1, "life_s": 1,
}  # fmt: skip
_CLEAR = 2  # less is little
_TOLD = 3  # reasons
_TELLING = {  # figures of B and A to print, in this order
    "gospa_m": Detail("all errors taken together (GOSPA) are {} m instead of {}", "综合误差（GOSPA）为 {} m，原为 {}"),
    "position_p95_m": Detail("19 of 20 positions are right to {} m instead of {}", "95 % 位置误差为 {} m，原为 {}"),
    "false": Detail("{} false road users at once instead of {}", "同时误报 {} 个，原为 {}"),
    "missed": Detail("{} missed at once instead of {}", "同时漏报 {} 个，原为 {}"),
    "id_switches": Detail("{} changes of id instead of {}", "标识切换 {} 次，原为 {}"),
    "agreement_m": Detail(
        "the sensors' detections are {} m from the output on air instead of {}", "检测结果与空口输出相差 {} m，原为 {}"
    ),
    "v2x_found": Detail(
        "{} % of the vehicles that report their position are found instead of {}", "自报位置的车辆检出率 {} %，原为 {}"
    ),
    "v2x_p95_m": Detail(
        "19 of 20 positions are within {} m of the vehicles' own instead of {}",
        "与车辆自报位置的 95 % 距离为 {} m，原为 {}",
    ),
    "short": Detail("{} road users live for less than 2 s instead of {}", "存续不足 2 s 的有 {} 个，原为 {}"),
    "v2x_switches": Detail("vehicles change their id {} times instead of {}", "车辆标识切换 {} 次，原为 {}"),
    "life_s": Detail("a road user lives for {} s instead of {} (median)", "存续时间中位数 {} s，原为 {}"),
    "heading_p95_deg": Detail("headings are right to {} deg instead of {}", "95 % 航向误差为 {} deg，原为 {}"),
    "speed_p95_mps": Detail("speeds are right to {} m/s instead of {}", "95 % 速度误差为 {} m/s，原为 {}"),
    "wait_p95_ms": Detail(
        "measurements wait for {} ms instead of {} before they are on air", "测量到播发等待 {} ms，原为 {}"
    ),
}
_SAME = Detail("A and B put exactly the same on air.", "A 与 B 的空口输出完全相同。")
_NO_BYTE = Detail("Not one byte of a message or event differs.", "消息与事件无任何字节差异。")
_NOTHING_MATTERS = Detail("A and B differ, but nothing that matters changes.", "A 与 B 有差异，但无实质变化。")
_MIXED = Detail("B is better in some respects and worse in others.", "B 在部分方面更好，在其他方面更差。")
_HEADLINES = {
    ("better", False): Detail("B is better than A.", "B 优于 A。"),
    ("better", True): Detail("B is a little better than A.", "B 略优于 A。"),
    ("worse", False): Detail("B is worse than A.", "B 劣于 A。"),
    ("worse", True): Detail("B is a little worse than A.", "B 略劣于 A。"),
}
_BUT = Detail("{} But: {}.", "{}但：{}。")


class Conclusion(NamedTuple):
    """The head of the report."""

    tone: Tone
    headline: Detail
    reasons: Detail


def verdict(comparison: Comparison) -> Conclusion:
    """Return the verdict on B against A."""
    if comparison.same:
        return Conclusion("same", _SAME, _NO_BYTE)
    rows = {row.indicator.key: row for row in comparison.rows}
    better, worse = (_reasons(rows, word) for word in ("better", "worse"))
    tone = _tone(rows)
    if tone == "same":
        return Conclusion("same", _NOTHING_MATTERS, _sentence(better or worse))
    if tone == "mixed":
        return Conclusion("mixed", _MIXED, _both(better, worse))
    first, second = (better, worse) if tone == "better" else (worse, better)
    little = "gospa_m" not in rows and abs(_weight(rows)) < _CLEAR
    return Conclusion(tone, _HEADLINES[tone, little], _both(first, second))


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


def _reasons(rows: dict[str, IndicatorRow], word: str) -> list[Detail]:
    stand_ins = () if "gospa_m" not in rows else ("v2x_", "agreement_m")  # the truth knows better
    keys = [key for key in _TELLING if not key.startswith(stand_ins)]
    told = [rows[key] for key in keys if key in rows and rows[key].word == word]
    return [_TELLING[row.indicator.key].of(shown(row, row.b), shown(row, row.a)) for row in told[:_TOLD]]


def shown(row: IndicatorRow, value: float | None) -> str:
    """Return a figure as people read it."""
    return "-" if value is None else f"{value:,.{row.indicator.digits}f}".replace(",", " ")


def _listed(reasons: list[Detail]) -> Detail:
    return Detail("; ".join(each.en for each in reasons), "；".join(each.zh for each in reasons))


def _sentence(reasons: list[Detail]) -> Detail:
    text = _listed(reasons)
    return Detail(f"{text.en[:1].upper()}{text.en[1:]}.", f"{text.zh}。") if reasons else NOTHING


def _both(first: list[Detail], second: list[Detail]) -> Detail:
    if not first or not second:
        return _sentence(first or second)
    return _BUT.of(_sentence(first), _listed(second))
