"""`rsu drill`: make the faults of the table at the bench site, one after another, and judge the result of each."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw.detail import in_language
from rsu.cli.common.errors import usage
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Address, BenchRun, Html, Json, Seed
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.drill.fault import DrillResult

EXAMPLES = (
    "rsu drill                                # list the faults",
    "rsu drill F1 F12 --html /tmp/drill.html",
    "rsu drill all --out /tmp/drill.json",
)


def command(
    faults: Annotated[
        list[str] | None,
        typer.Argument(metavar="FAULT", help="F1 to F42, or all", show_default="none: list them"),
    ] = None,
    as_json: Json = False,
    html: Html = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="JSON file of the results")] = Path("build/drill.json"),
    seed: Seed = 7,
    address: Address = "127.0.0.1",
    run: BenchRun = None,
) -> None:
    """Make faults at the bench site and judge the output on air.

    Exit code 1: something was not as expected.
    """
    from rsu.drill.faults import FAULTS, chosen
    from rsu.drill.plan import planner
    from rsu.drill.run import drill

    with usage():
        rows = chosen(faults or [])
    if not rows:
        shown = {fault.id: fault.zh if spoken() == "zh" and not as_json else fault.en for fault in FAULTS}
        print(json.dumps(shown) if as_json else "\n".join(f"{name:4} {text}" for name, text in shown.items()))
        return
    plan = planner(run or Path(tempfile.gettempdir()) / "rsu-drill", address, seed)
    made = drill(rows, plan, lambda text: print(text.told(spoken()), file=sys.stderr, flush=True))
    raise typer.Exit(_judged(made, out, html, as_json))


def _judged(made: Iterator[DrillResult], out: Path, html: Path | None, as_json: bool) -> Exit:
    """Print the result of each fault as it is made; return the exit code."""
    from rsu.drill import sheet

    results = []
    out.parent.mkdir(parents=True, exist_ok=True)
    for result in made:
        results.append(result)
        out.write_text(sheet.as_json(results), encoding="utf-8")
        print("\n".join(sheet.lines(result, spoken())), file=sys.stderr if as_json else sys.stdout, flush=True)
    if html is not None:
        sheet.write_html(results, html)
    print(sheet.as_json(results) if as_json else in_language(sheet.verdict(results), spoken()))
    return Exit.FOUND if any(result.held is False for result in results) else Exit.FINE
