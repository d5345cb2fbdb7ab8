"""The sheet of a drill: for the terminal, as JSON, as one HTML file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from hw.detail import NOTHING, Detail, in_language
from rsu.drill.fault import DrillResult
from rsu.reasons import details

_FINE = Detail(
    "{count} faults, all as expected; wrong frames on air: {frames}{not_made}",
    "{count} 项故障，均符合预期；空口错误帧：{frames}{not_made}",
)
_BAD = Detail(
    "{count} faults, {bad} not as expected ({faults}); wrong frames on air: {frames}{not_made}",
    "{count} 项故障，{bad} 项不符合预期（{faults}）；空口错误帧：{frames}{not_made}",
)
_NOT_MADE = Detail("; {faults} could not be made on this machine", "；{faults} 无法在本机上制造")
_NEVER, _AFTER = Detail("never", "从未"), Detail("after {:.1f} s", "{:.1f} s 后")
_FIGURES = Detail(
    "noticed {noticed}, well again {recovered}, longest without SPAT {gap_s:.1f} s, lost {lost}, wrong frames {wrong}",
    "发现：{noticed}，恢复：{recovered}，最长无 SPAT {gap_s:.1f} s，丢失 {lost}，错误帧 {wrong}",
)
_HEADINGS = (
    Detail("expected:", "预期："),
    Detail("seen:    ", "实际："),
    Detail("wrong on air:", "错误播发："),
)
_VERDICTS = {
    True: Detail("as expected", "符合预期"),
    False: Detail("NOT AS EXPECTED", "不符合预期"),
    None: Detail("not made", "未执行"),
}


def verdict(results: Sequence[DrillResult]) -> Detail:
    """Return the whole in one sentence."""
    bad = [result.fault.id for result in results if result.held is False]
    unmade = [result.fault.id for result in results if result.held is None]
    frames = sum(len(result.wrong) for result in results)
    not_made = _NOT_MADE.of(faults=", ".join(unmade)) if unmade else NOTHING
    if not bad:
        return _FINE.of(count=len(results) - len(unmade), frames=frames, not_made=not_made)
    return _BAD.of(count=len(results), bad=len(bad), faults=", ".join(bad), frames=frames, not_made=not_made)


def as_json(results: Sequence[DrillResult]) -> str:
    """Return one object: fault -> expected and seen reports."""
    return json.dumps({result.fault.id: result.row() for result in results}, ensure_ascii=False, indent=1)


def figures(result: DrillResult) -> Detail:
    """Return a result's figures on one line."""
    noticed, recovered = (_NEVER if s is None else _AFTER.of(s) for s in (result.noticed_s, result.recovered_s))
    found = {"noticed": noticed, "recovered": recovered, "gap_s": result.gap_s, "lost": result.lost}
    return _FIGURES.of(**found, wrong=len(result.wrong))


def lines(result: DrillResult, language: str = "en") -> list[str]:
    """Return a result for the terminal, its verdict first."""
    fault = result.fault
    expected, seen, wrong = (row.zh if language == "zh" else row.en for row in _HEADINGS)
    said = [in_language(row, language) for row in (_VERDICTS[result.held], fault.expected, figures(result))]
    return [
        f"{fault.id:5}{said[0]}: {fault.zh if language == 'zh' else fault.en}",
        f"     {expected} {said[1]}",
        f"     {seen} {details.said(result.seen, language)}",
        f"     {said[2]}",
        *(f"     {wrong} {example}" for example in result.wrong[:3]),
    ]


def write_html(results: Sequence[DrillResult], path: Path) -> None:
    """Write the sheet as one file without outside requests."""
    from jinja2 import Environment  # of the extra `lab`

    template = (files("rsu.drill") / "sheet.html.j2").read_text(encoding="utf-8")
    page = Environment(autoescape=True).from_string(template)
    path.write_text(page.render(results=results, verdict=verdict(results)), encoding="utf-8")
