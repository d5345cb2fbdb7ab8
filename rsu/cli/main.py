"""`rsu`: one program, noun and verb. Data on stdout, talk on stderr, exit codes by `rsu.core.exits`."""

from __future__ import annotations

import platform
import signal
import threading
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated

import typer

import v2x
from rsu.cli import check, drill, ends, lab, msg, rec
from rsu.cli import signal as signals
from rsu.cli.options import fail, refuse
from rsu.core.errors import AlreadyRunningError, ConfigError, NotReachableError
from rsu.core.exits import Exit

# heavy modules are imported by the commands that need them: `rsu msg` in a pipe starts at once
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(msg.app, name="msg")
app.add_typer(rec.app, name="rec")
app.add_typer(signals.app, name="signal")
for command in (check.check, drill.drill, lab.score, lab.compare, lab.tune):
    app.command()(command)

SiteArgument = Annotated[Path, typer.Argument(metavar="SITE.yaml", help="the site file")]
RunOption = Annotated[Path | None, typer.Option("--run", help="folder of sockets and ptys")]
DataOption = Annotated[Path | None, typer.Option("--data", help="folder of what must survive (spool)")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object on stdout")]


class Language(StrEnum):
    """What troubles are told in."""

    EN = "en"
    ZH = "zh"


class Source(StrEnum):
    """Where the bench's traffic comes from."""

    SUMO = "sumo"
    RECORDED = "recorded"


def versions() -> dict[str, str]:
    """Return the versions of what matters to the messages."""
    names = ("rsu-edge", "asn1tools", "numpy", "scipy", "pyzmq", "paho-mqtt")
    own = {"codec": v2x.engine_name(), "python": platform.python_version()}
    return own | {name: package_version(name) for name in names}


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print it; with -v what it is made of")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="say more")] = False,
) -> None:
    """Roadside edge software: sensors in, C-V2X messages out, records up."""
    if version:
        print(f"rsu {package_version('rsu-edge')}")
        for name, value in versions().items() if verbose else ():
            print(f"{name} {value}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(Exit.USAGE)


def until_interrupted(job: Callable[[threading.Event], None]) -> bool:
    """Run a job until it ends or SIGINT/SIGTERM asks it to; return whether it was SIGINT."""
    stop = threading.Event()
    interrupted = threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        if number == signal.SIGINT:
            interrupted.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    job(stop)
    return interrupted.is_set()


@app.command()
def run(
    site: SiteArgument,
    run: RunOption = None,
    data: DataOption = None,
    last_good: Annotated[
        bool,
        typer.Option("--last-good", help="if the site file cannot be used, run on the last one that could, and say so"),
    ] = False,
) -> None:
    """Run the daemon for a site until Ctrl-C or SIGTERM; SIGHUP: read the site file again."""
    from rsu.core import folders
    from rsu.daemon.launch import launch

    run, data = run or folders.default_run(), data or folders.default_data()
    try:
        interrupted = until_interrupted(lambda stop: launch(site, run, data, stop, last_good))
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    except AlreadyRunningError as error:
        fail(Exit.CONFLICT, error)
    except ValueError as error:
        fail(Exit.USAGE, error)
    except OSError as error:
        fail(Exit.PERMISSION, f"{error.filename}: {error.strerror}; choose other folders with --run and --data")
    raise typer.Exit(Exit.INTERRUPTED if interrupted else Exit.FINE)


@app.command()
def status(
    run: RunOption = None,
    as_json: JsonOption = False,
    language: Annotated[Language, typer.Option(help="of troubles and what to do about them")] = Language.EN,
) -> None:
    """Show what the daemon in the run folder does now. Exit code 7: works but degraded, 4: not running."""
    from rsu.cli import status as view
    from rsu.core import folders

    try:
        fine = view.show(view.ask(run or folders.default_run()), as_json, language)
    except NotReachableError as error:
        fail(Exit.NOT_REACHABLE, error)
    raise typer.Exit(Exit.FINE if fine else Exit.DEGRADED)


@app.command()
def demo(
    seconds: Annotated[float | None, typer.Option("--for", metavar="S", min=1, help="end after S seconds")] = None,
    as_json: JsonOption = False,
    cut: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME@S+D", help="kill an emulator, broker or process S seconds in, back D seconds later"),
    ] = None,
    source: Annotated[Source, typer.Option(help="of the traffic")] = Source.SUMO,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="a scripted scene among the traffic, one for each kind of event")
    ] = None,
    seed: Annotated[int, typer.Option(help="of everything random in the bench")] = 7,
    address: Annotated[
        str, typer.Option(help="loopback address of all ports; another one for a second demo")
    ] = "127.0.0.1",
    run: RunOption = None,
    liars: Annotated[
        int, typer.Option(metavar="N", min=0, max=1000, help="so many of the vehicles with on-board units lie")
    ] = 0,
) -> None:
    """Run the demo site: simulated crossing, emulated devices, the daemon, its page; a summary at the end."""
    from rsu.bench.processes import Cut
    from rsu.cli import demo as bench

    try:
        cuts = [Cut.parse(text) for text in cut or []]
        wishes = bench.Wishes(seconds, as_json, cuts, source, seed, address, run, scenario, liars)
        interrupted = until_interrupted(lambda stop: bench.run_demo(wishes, stop))
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    except ValueError as error:
        fail(Exit.USAGE, error)
    except AlreadyRunningError as error:
        fail(Exit.CONFLICT, error)
    except OSError as error:
        fail(Exit.PERMISSION, f"{error.filename}: {error.strerror}; choose another folder with --run")
    raise typer.Exit(Exit.INTERRUPTED if interrupted else Exit.FINE)


@app.command()
def replay(
    recordings: Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap)")],
    site: Annotated[Path | None, typer.Option(help="another site file than the recording's own")] = None,
    speed: Annotated[str, typer.Option(help="times real time, or max")] = "max",
    out: Annotated[Path | None, typer.Option(help="write what comes out as a recording")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="compare with the recorded outputs")] = False,
    workers: Annotated[int, typer.Option(min=1, help="processes, when there are several recordings")] = 1,
    live: Annotated[bool, typer.Option("--live", help="stand in for the hardware of a running daemon instead")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="with --live: begin again at the end")] = False,
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play recordings through drivers and station again; print the SHA-256 over all outputs.

    Exit code 1: other outputs than recorded (or they cannot be compared), 8: the recording is damaged.
    With --live the recorded bytes go out on the ptys and sockets that the site file names, in real time, with the times
    in them shifted to now; `rsu run` with the same site file and run folder reads them as from the hardware.
    """
    from rsu.cli import replay as view
    from rsu.recording.errors import RecordingError
    from rsu.recording.verify import ChangedError
    from rsu.replay.rerun import Job, chains

    if speed != "max" and not (speed.replace(".", "", 1).isdigit() and float(speed) > 0):
        fail(Exit.USAGE, f'--speed {speed}: expected a number above 0 or "max"')
    if live and (verify or out is not None or speed != "max"):
        fail(Exit.USAGE, "--live plays in real time and compares nothing: leave out --speed, --out and --verify")
    if loop and not live:
        fail(Exit.USAGE, "--loop goes with --live")
    if out is not None and out.resolve() in {path.resolve() for path in recordings}:
        fail(Exit.USAGE, f"--out {out}: would replace the recording itself")
    worst = Exit.FINE
    try:
        if live:
            raise typer.Exit(_play_live(recordings, site, loop, run))
        jobs = [Job(chain, site, None if speed == "max" else float(speed), out) for chain in chains(recordings)]
        if out is not None and len(jobs) > 1:
            fail(Exit.USAGE, "--out: there are recordings of several starts")
        for result in view.run(jobs, workers):
            view.show(result, verify, as_json)
            worst = max(worst, view.judge(result, verify))
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    except RecordingError as error:
        if as_json and isinstance(error, ChangedError):
            view.show_changed(error)
        fail(Exit.DAMAGED, error)
    except OSError as error:
        refuse(error)
    raise typer.Exit(worst)


def _play_live(recordings: list[Path], site: Path | None, loop: bool, run: Path | None) -> Exit:
    """Stand in for the hardware until the end or Ctrl-C. Errors as `replay`."""
    from rsu.cli import replay as view
    from rsu.core import folders

    if len(recordings) > 1:
        fail(Exit.USAGE, "--live: one recording")
    folder = run or folders.default_run()
    interrupted = until_interrupted(lambda stop: view.play_live(recordings[0], site, loop, folder, stop))
    return Exit.INTERRUPTED if interrupted else Exit.FINE


def main() -> None:
    """Entry point of the `rsu` command."""
    ends.run(app)


if __name__ == "__main__":
    main()
