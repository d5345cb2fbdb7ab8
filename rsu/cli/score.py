"""`rsu score`: the quality of the output on air, against the truth."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Cluster, JsonLines, OtherSite, Region, Runs, Truth, Workers
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu score day.mcap --truth truth.csv",
    "rsu score day.mcap --truth v2x --json             # judged by the vehicles that send BSMs",
    "rsu score day.mcap --truth sim --site new.yaml    # replayed with another site file",
    "rsu score day.mcap --truth gt.txt --camera video-north --rate 7",
    "rsu score recordings --truth v2x --workers 4     # each start of the station in the folder",
)


def command(
    recordings: Runs,
    truth: Truth,
    site: OtherSite = None,
    replay: Annotated[bool, typer.Option("--replay", help="replay with this version and score that")] = False,
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE.xml",
            help="of MOTChallenge truth: the camera whose film it is, or its Tsai calibration",
            show_default="none",
        ),
    ] = None,
    rate: Annotated[float, typer.Option(metavar="HZ", min=0.1, help="of that film: pictures a second")] = 25.0,
    region: Region = 60.0,
    workers: Workers = 1,
    cluster: Cluster = None,
    as_json: JsonLines = False,
) -> None:
    """Score the output on air against the truth.

    GOSPA, MOTA, IDF1, HOTA, errors of position, speed and heading, latency, counts and queues.

    Exit code 1: there was nothing to judge in one of the runs.
    """
    from rsu.cli.views import score as view
    from rsu.lab.computing import ComputingPlace
    from rsu.lab.mot import FilmOf

    wish = view.ScoreWish(recordings, site, replay, truth, region, None if camera is None else FilmOf(camera, rate))
    code = Exit.FINE
    for answer in view.scores(wish, ComputingPlace(workers, cluster)):
        if as_json:
            print(json.dumps(answer))
        else:
            view.show(answer, spoken())
        code = code if answer["ticks"] else Exit.FOUND
    raise typer.Exit(code)
