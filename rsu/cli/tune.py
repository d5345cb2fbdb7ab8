"""`rsu tune`: better numbers for a site file."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Html, Json, Recordings, Region, Workers
from rsu.core.exits import Exit

_WHAT = Detail(
    "name either --param NAME=LOW..HIGH or --registration", "请指定 --param NAME=LOW..HIGH 或 --registration 之一"
)
EXAMPLES = (
    "rsu tune day.mcap --site site.yaml --param radar-north.yaw_deg=-5..5 --trials 100 --workers 4",
    "rsu tune day.mcap --site site.yaml --registration       # are the sensors where the site file says?",
    "rsu tune day.mcap --site site.yaml --registration --out new.yaml --html /tmp/report.html",
)

Parameters = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=LOW..HIGH",
        help="number that may be changed, as in radar-north.yaw_deg=-5..5, or NAME=A,B; may be repeated",
        show_default="none",
    ),
]
JudgedBy = Annotated[
    str | None,
    typer.Option(metavar="FILE|sim|v2x|agreement", help="truth to judge by", show_default="the best that there is"),
]
SearchSeed = Annotated[
    int | None, typer.Option(help="seed of the search", show_default="0; with --storage a random one")
]
Storage = Annotated[str | None, typer.Option(metavar="URL", help="database that machines share", show_default="none")]
Proposed = Annotated[
    Path | None, typer.Option(metavar="SITE.yaml", help="write the proposed site file", show_default="none")
]


def command(
    recordings: Recordings,
    site: Annotated[Path, typer.Option(metavar="SITE.yaml", help="site file to improve; it is not changed")],
    param: Parameters = None,
    registration: Annotated[bool, typer.Option("--registration", help="find the sensors' true mounting")] = False,
    truth: JudgedBy = None,
    trials: Annotated[int, typer.Option(min=1, help="number of trials")] = 40,
    workers: Workers = 1,
    seed: SearchSeed = None,
    storage: Storage = None,
    study: Annotated[str, typer.Option(help="name of the study in the database")] = "rsu",
    out: Proposed = None,
    html: Html = None,
    region: Region = 60.0,
    as_json: Json = False,
) -> None:
    """Search better numbers for a site file; propose a patch.

    With --param numbers that score better, with --registration the sensors' true mounting. Ctrl-C ends a search with
    the best so far (exit code 130). With --registration, exit code 1: a sensor is not where the site file says.
    """
    from rsu.cli.views import tune as work
    from rsu.cli.views import tuned as view

    if registration == bool(param):
        fail(Exit.USAGE, _WHAT)
    wish = work.TuneWish(recordings, site, param or [], truth, region, trials, workers, seed, storage, study)
    answer, proposal, known, code = view.registered(wish) if registration else view.searched(wish)
    if out is not None:
        out.write_text(proposal.text, encoding="utf-8")
    if as_json:
        print(json.dumps(answer), flush=True)
    else:
        (view.show_registration if registration else view.show_search)(answer, spoken())
    if html is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        html.write_text(work.page(wish, proposal, known, spoken()), encoding="utf-8")
    raise typer.Exit(code)
