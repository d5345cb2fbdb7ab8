"""`rsu score`: the quality of what went on air, against the truth."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Chain, Json, OtherSite, Region, Truth
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu score day.mcap --truth truth.csv",
    "rsu score day.mcap --truth v2x --json             # judged by the vehicles that send BSMs",
    "rsu score day.mcap --truth sim --site new.yaml    # replayed with another site file",
)


def command(
    recordings: Chain,
    truth: Truth,
    site: OtherSite = None,
    replay: Annotated[bool, typer.Option("--replay", help="replay with this version and score that")] = False,
    region: Region = 60.0,
    as_json: Json = False,
) -> None:
    """Score what went on air against the truth.

    GOSPA, MOTA, IDF1, HOTA, errors of position, speed and heading, latency, counts and queues.

    Exit code 1: there was nothing to judge.
    """
    from rsu.cli.views import score as view
    from rsu.lab.runs import RunSource

    answer = view.score(RunSource(recordings, site, replay), truth, region)
    if as_json:
        print(json.dumps(answer))
    else:
        view.show(answer)
    raise typer.Exit(Exit.FINE if answer["ticks"] else Exit.FOUND)
