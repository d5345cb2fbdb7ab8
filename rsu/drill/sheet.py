"""The sheet of a drill: for the terminal, as JSON, as one HTML file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from rsu.drill.fault import DrillResult


def verdict(results: Sequence[DrillResult]) -> str:
    """Return the whole in one sentence."""
    bad = [result.fault.id for result in results if result.held is False]
    unmade = [result.fault.id for result in results if result.held is None]
    not_made = f"; {', '.join(unmade)} could not be made on this machine" if unmade else ""
    frames = sum(len(result.wrong) for result in results)
    if not bad:
        return f"{len(results) - len(unmade)} faults, all as expected; wrong frames on air: {frames}{not_made}"
    names = ", ".join(bad)
    return f"{len(results)} faults, {len(bad)} not as expected ({names}); wrong frames on air: {frames}{not_made}"


def as_json(results: Sequence[DrillResult]) -> str:
    """Return one object: fault -> expected and seen reports."""
    return json.dumps({result.fault.id: result.row() for result in results}, ensure_ascii=False, indent=1)


def figures(result: DrillResult) -> str:
    """Return a result's figures on one line."""
    noticed, recovered = ("never" if s is None else f"after {s:.1f} s" for s in (result.noticed_s, result.recovered_s))
    return (
        f"noticed {noticed}, well again {recovered}, longest without SPAT {result.gap_s:.1f} s, "
        f"lost {result.lost}, wrong frames {len(result.wrong)}"
    )


_VERDICTS = {True: "as expected", False: "NOT AS EXPECTED", None: "not made"}


def lines(result: DrillResult) -> list[str]:
    """Return a result for the terminal, its verdict first."""
    fault = result.fault
    return [
        f"{fault.id:5}{_VERDICTS[result.held]}: {fault.en}",
        f"     expected: {fault.expected.en}",
        f"     seen:     {result.seen}",
        f"     {figures(result)}",
        *(f"     wrong on air: {example}" for example in result.wrong[:3]),
    ]


def write_html(results: Sequence[DrillResult], path: Path) -> None:
    """Write the sheet as one file without outside requests."""
    from jinja2 import Environment  # of the extra `lab`

    template = (files("rsu.drill") / "sheet.html.j2").read_text(encoding="utf-8")
    page = Environment(autoescape=True).from_string(template)
    path.write_text(page.render(results=results, verdict=verdict(results)), encoding="utf-8")
