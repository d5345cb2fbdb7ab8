"""`rsu drill`: make the faults of the table at the bench site, one after another, and tell what came of each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.options import JsonOption, fail
from rsu.core.errors import AlreadyRunningError
from rsu.core.exits import Exit


def drill(
    faults: Annotated[
        list[str] | None, typer.Argument(metavar="[FAULT...|all]", help="F1 to F42; without any: list them")
    ] = None,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="also write the sheet as one HTML file")] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="where the JSON goes")] = Path("build/drill.json"),
    seed: Annotated[int, typer.Option(help="of the traffic")] = 7,
    address: Annotated[str, typer.Option(help="loopback address of all ports")] = "127.0.0.1",
    run: Annotated[Path | None, typer.Option("--run", help="run folder of the bench")] = None,
) -> None:
    """Make faults at the bench site and judge every frame on air meanwhile.

    Exit code 1: something was not as expected.
    """
    from rsu.drill import sheet
    from rsu.drill.faults import FAULTS, chosen
    from rsu.drill.plan import planner
    from rsu.drill.run import drill as run_drill

    try:
        rows = chosen(faults or [])
    except ValueError as error:
        fail(Exit.USAGE, error)
    if not rows:
        for fault in FAULTS:
            print(f"{fault.id:4} {fault.en}")
        return
    plan = planner(run or Path(tempfile.gettempdir()) / "rsu-drill", address, seed)
    results = []
    try:
        for result in run_drill(rows, plan, lambda text: print(text, file=sys.stderr, flush=True)):
            results.append(result)
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(sheet.as_json(results), encoding="utf-8")
            print("\n".join(sheet.lines(result)), file=sys.stderr if as_json else sys.stdout, flush=True)
    except AlreadyRunningError as error:
        fail(Exit.CONFLICT, error)
    if html is not None:
        sheet.write_html(results, html)
    print(sheet.as_json(results) if as_json else sheet.verdict(results))
    raise typer.Exit(Exit.FOUND if any(result.held is False for result in results) else Exit.FINE)
