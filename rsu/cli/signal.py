"""`rsu signal`: which phases must not be green together, and the latch that such greens close."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.options import JsonOption, RunOption, fail
from rsu.core.errors import ConfigError, NotReachableError
from rsu.core.exits import Exit

# heavy modules are imported by the commands that need them
app = typer.Typer(no_args_is_help=True, help="Signals: release the conflict latch, list conflicting phases.")


@app.command()
def release(run: RunOption = None, as_json: JsonOption = False) -> None:
    """Let SPAT leave again after conflicting greens: compare the lamps at the crossing with the site file before.

    It closes again at once where the signal controller still shows conflicting greens.
    """
    from rsu.core import folders
    from rsu.station import latch_file

    try:
        answer = latch_file.release(run or folders.default_run())
    except NotReachableError as error:
        fail(Exit.NOT_REACHABLE, error)
    held = answer.released
    if as_json:
        print(json.dumps({"released": None if held is None else list(held.phases)}))
    elif held is None:
        print(answer.words)
    else:
        one, other = held.phases
        since = datetime.fromtimestamp(held.since_ns // 1_000_000_000, UTC)
        print(f"{answer.words}: phases {one} and {other}, green together at {since:%Y-%m-%d %H:%M:%S} UTC")


@app.command()
def conflicts(
    site: Annotated[Path, typer.Argument(metavar="SITE.yaml", help="the site file")], as_json: JsonOption = False
) -> None:
    """List the phases that must never be green together, and why: from the lane map's ways and the site file."""
    from rsu.site import config
    from rsu.site.conflicts import pairs

    try:
        loaded = config.load(site)
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    signal = loaded.site.signal
    found = {} if signal is None else pairs(signal, loaded.lane_map)
    if as_json:
        print(json.dumps([{"phases": list(two), "why": why} for two, why in found.items()]))
        return
    for (one, other), why in found.items():
        print(f"{one:4} {other:4}  {why}")
