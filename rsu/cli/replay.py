"""`rsu replay`: recordings through drivers and station again, or in place of the hardware."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.errors import fail
from rsu.cli.common.options import Cluster, JsonLines, OtherSite, Recordings, Run, Workers
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.lab.computing import ComputingPlace
    from rsu.replay.rerun import Job

_SPEED = Detail('--speed {}: expected a number above 0 or "max"', '--speed {}：应为大于 0 的数或 "max"')
_ALONE = Detail(
    "--live plays in real time and compares nothing: leave out --speed, --out and --verify",
    "--live 实时播放且不比较：请去掉 --speed、--out 和 --verify",
)
_LOOP = Detail("--loop goes with --live", "--loop 须与 --live 同用")
_ITSELF = Detail("--out {}: would replace the recording itself", "--out {}：将覆盖录制本身")
_SEVERAL = Detail("--out: there are recordings of several starts", "--out：录制来自多次启动")
_ONE = Detail("--live: one recording", "--live：仅限一个录制")
EXAMPLES = (
    "rsu replay --verify day.mcap               # are the outputs those that were recorded?",
    "rsu replay day.mcap --site new.yaml --out new.mcap",
    "rsu replay --verify /shared/recordings --cluster dask://127.0.0.1:8786",
    "rsu replay --live --loop day.mcap          # in place of the hardware; beside it: rsu run site.yaml",
)


def command(
    recordings: Recordings,
    site: OtherSite = None,
    speed: Annotated[str, typer.Option(metavar="N|max", help="times real time, or as fast as it goes")] = "max",
    out: Annotated[
        Path | None,
        typer.Option(metavar="REC", help="write input and new outputs as a recording", show_default="none"),
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="compare with the recorded outputs")] = False,
    workers: Workers = 1,
    cluster: Cluster = None,
    live: Annotated[bool, typer.Option("--live", help="stand in for the hardware of a running daemon instead")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="with --live: begin again at the end")] = False,
    run: Run = None,
    as_json: JsonLines = False,
) -> None:
    """Play recordings through drivers and station again.

    Prints the SHA-256 over all outputs.

    Exit code 1: other outputs than recorded, or they cannot be compared; 8: the recording is damaged.

    With --live the recorded bytes go out on the ptys and sockets that the site file names, in real time, with the times
    in them shifted to now; `rsu run` with the same site file and run folder reads them as from the hardware.
    """
    if speed != "max" and not (speed.replace(".", "", 1).isdigit() and float(speed) > 0):
        fail(Exit.USAGE, _SPEED.of(speed))
    if live and (verify or out is not None or speed != "max"):
        fail(Exit.USAGE, _ALONE)
    if loop and not live:
        fail(Exit.USAGE, _LOOP)
    if out is not None and out.resolve() in {path.resolve() for path in recordings}:
        fail(Exit.USAGE, _ITSELF.of(out))
    if live:
        raise typer.Exit(_live(recordings, site, loop, run))
    from rsu.lab.computing import ComputingPlace
    from rsu.replay.rerun import Job

    job = Job(recordings, site, None if speed == "max" else float(speed), out)
    raise typer.Exit(_rerun(job, ComputingPlace(workers, cluster), verify, as_json))


def _rerun(wish: Job, place: ComputingPlace, verify: bool, as_json: bool) -> Exit:
    """Replay and print; return the worst of the exit codes."""
    from rsu.cli.views import replay as view
    from rsu.recording.listing import listed
    from rsu.recording.verify import ChangedError
    from rsu.replay.rerun import chains

    worst = Exit.FINE
    try:
        jobs = [wish._replace(recordings=chain) for chain in chains(listed(wish.recordings))]
        if wish.out is not None and len(jobs) > 1:
            fail(Exit.USAGE, _SEVERAL)
        for result in view.run(jobs, place):
            view.show(result, verify, as_json)
            worst = max(worst, view.judge(result, verify))
    except ChangedError as error:
        if as_json:
            view.show_changed(error)
        raise
    return worst


def _live(recordings: list[Path], site: Path | None, loop: bool, run: Path | None) -> Exit:
    """Stand in for the hardware until the end or Ctrl-C."""
    from rsu.cli.views import replay as view
    from rsu.core import folders

    if len(recordings) > 1:
        fail(Exit.USAGE, _ONE)
    folder = run or folders.default_run()
    return until_interrupted(lambda stop: view.play_live(recordings[0], site, loop, folder, stop))
