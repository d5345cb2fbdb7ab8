"""`rsu top`: processor and memory of the daemon, and how fast its queues move."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.language import spoken
from rsu.cli.common.options import JsonLines, Run, Seconds

EXAMPLES = (
    "rsu top",
    "rsu top --for 10 --json | tail -n 1",
    "rsu top --run /tmp/rsu-demo/daemon        # of the demo",
)


def command(
    run: Run = None,
    period: Annotated[float, typer.Option(metavar="S", min=0.2, help="seconds between two pages")] = 2.0,
    seconds: Seconds = None,
    as_json: JsonLines = False,
) -> None:
    """Show processes, queues and rates of the running daemon, live.

    Processor time and memory of every process beside their budgets; measurements, messages and records per second;
    records that wait; room on the disk; the machine's load and memory.
    """
    from rsu.cli.views import top as view
    from rsu.core.folders import default_run

    wish = view.TopWish(period, seconds, as_json, spoken())
    raise typer.Exit(until_interrupted(lambda stop: view.watch(run or default_run(), wish, stop)))
