"""`rsu compare`: the effect of a change on air."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import AnyTruth, Html, Json, Region
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu compare day.mcap --a site.yaml --b new.yaml --html /tmp/report.html",
    "rsu compare --a before.mcap --b after.mcap       # the outputs of two versions",
    "rsu compare day.mcap --a site.yaml --b new.yaml --truth sim --json",
)


def command(
    a: Annotated[Path, typer.Option("--a", metavar="SITE|REC", help="site file, or a recording of outputs")],
    b: Annotated[Path, typer.Option("--b", metavar="SITE|REC", help="the same of the new side")],
    recordings: Annotated[
        list[Path] | None,
        typer.Argument(metavar="REC", help="recordings to replay with both site files", show_default="none"),
    ] = None,
    truth: AnyTruth = None,
    html: Html = None,
    region: Region = 60.0,
    as_json: Json = False,
) -> None:
    """Compare the output on air of two site files, or of two versions.

    Recordings are replayed with both site files; of two recordings the outputs are taken as they are.

    Exit code 1: something differs.
    """
    from rsu.cli.views import compare as view

    wish = view.CompareWish(recordings or [], a, b, truth, region)
    comparison = view.run(wish)
    if html is not None:
        html.write_text(view.page(comparison, wish, spoken()), encoding="utf-8")
    if as_json:
        print(json.dumps(view.answer(comparison, wish)))
    else:
        view.show(comparison, html, spoken())
    raise typer.Exit(Exit.FINE if comparison.same else Exit.FOUND)
