"""`rsu tune`: better numbers for a site file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Cluster, Data, Html, Json, Region, Workers
from rsu.core.exits import Exit

_WHAT = Detail(
    "name either --param NAME=LOW..HIGH or --registration", "请指定 --param NAME=LOW..HIGH 或 --registration 之一"
)
_WHERE = Detail(
    "name either recordings or --last MIN, for those of this box", "请给出录制，或用 --last MIN 指定本机的录制"
)
EXAMPLES = (
    "rsu tune day.mcap --site site.yaml --param radar-north.yaw_deg=-5..5 --trials 100 --workers 4",
    "rsu tune day.mcap --site site.yaml --registration       # are the sensors where the site file says?",
    "rsu tune day.mcap --site site.yaml --registration --out new.yaml --html /tmp/report.html",
    "rsu tune --last 10 --site site.yaml --registration --apply       # on the box, from its own recordings",
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
Study = Annotated[str, typer.Option(help="name of the study in the database")]
SomeRecordings = Annotated[
    list[Path] | None,
    typer.Argument(metavar="REC", help="recordings (.mcap), or folders of them", show_default="those of --last"),
]
Last = Annotated[
    float | None,
    typer.Option(metavar="MIN", min=1, help="the recordings of this box's last minutes", show_default="none"),
]
Proposed = Annotated[
    Path | None, typer.Option(metavar="SITE.yaml", help="write the proposed site file", show_default="none")
]


def command(
    site: Annotated[Path, typer.Option(metavar="SITE.yaml", help="site file to improve")],
    recordings: SomeRecordings = None,
    last: Last = None,
    data: Data = None,
    param: Parameters = None,
    registration: Annotated[bool, typer.Option("--registration", help="find the sensors' true mounting")] = False,
    truth: JudgedBy = None,
    trials: Annotated[int, typer.Option(min=1, help="number of trials")] = 40,
    workers: Workers = 1,
    cluster: Cluster = None,
    seed: SearchSeed = None,
    storage: Storage = None,
    study: Study = "rsu",
    out: Proposed = None,
    apply: Annotated[bool, typer.Option("--apply", help="write the proposal into the site file")] = False,
    html: Html = None,
    region: Region = 60.0,
    as_json: Json = False,
) -> None:
    """Search better numbers for a site file; propose a patch.

    With --param numbers that score better, with --registration the sensors' true mounting. Ctrl-C ends a search with
    the best so far (exit code 130). With --registration, exit code 1: a sensor is not where the site file says.

    Without --apply the site file is not changed; with it the versions before and after are kept: rsu config history
    """
    from rsu.cli.views import tune as work
    from rsu.cli.views import tuned as view
    from rsu.lab.computing import ComputingPlace

    if registration == bool(param) or (last is None) == (not recordings):
        fail(Exit.USAGE, _WHAT if registration == bool(param) else _WHERE)
    chosen, place = work.chosen(recordings, data, last or 0.0), ComputingPlace(workers, cluster)
    wish = work.TuneWish(chosen, site, param or [], truth, region, trials, place, seed, storage, study)
    answer, proposal, known, code = view.registered(wish) if registration else view.searched(wish)
    view.show(answer | work.save(site, proposal, out, apply), registration, as_json, spoken())
    if html is not None:
        work.write_page(html, wish, proposal, known, spoken())
    raise typer.Exit(code)
