"""`rsu rec`: recordings - start and stop the recorder, list, describe, check, cut and recover what it wrote."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rsu.cli import rec_sources
from rsu.cli.options import JsonOption, Recordings, RunOption, fail, refuse
from rsu.core.errors import NotReachableError
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.bus.records import RecordingView

# heavy modules are imported by the commands that need them
app = typer.Typer(no_args_is_help=True, help="Recordings: start, stop, keep, list, describe, verify, cut, recover.")

Recording = Annotated[Path, typer.Argument(metavar="REC", help="a recording (.mcap)")]
Folder = Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="of recordings; the daemon's default")]
_S = 1_000_000_000
_ENDLESS_S = 1e9


def _order(run: Path | None, verb: Literal["start", "stop", "keep"], why: str, as_json: bool) -> None:
    from rsu.core import folders
    from rsu.recorder.control import Order, ask

    try:
        answer = ask(run or folders.default_run(), Order(verb, why))
    except NotReachableError as error:
        fail(Exit.NOT_REACHABLE, error)
    if as_json:
        print(json.dumps({"state": answer.state, "files": answer.files}))
    else:
        print("\n".join([answer.state, *answer.files]))


@app.command()
def start(run: RunOption = None, as_json: JsonOption = False) -> None:
    """Have the running daemon record, now and after its next start."""
    _order(run, "start", "", as_json)


@app.command()
def stop(run: RunOption = None, as_json: JsonOption = False) -> None:
    """Have the running daemon stop recording, now and after its next start."""
    _order(run, "stop", "", as_json)


@app.command()
def keep(
    why: Annotated[str, typer.Option(help="for whoever finds it")] = "",
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep what is recorded now, with what lies before it (90 s unless the site file says otherwise), for ever."""
    _order(run, "keep", why, as_json)


def _folder(folder: Path | None) -> Path:
    from rsu.core import folders
    from rsu.site.recording import RecordingSettings

    chosen = folder or folders.default_data() / RecordingSettings().path
    if not chosen.is_dir():
        fail(Exit.NOT_REACHABLE, f"{chosen}: no such folder")
    return chosen


def _others(folder: Path, known: set[str]) -> list[RecordingView]:
    """Return the recordings with names of their own; what is none says so."""
    from rsu.bus.records import RecordingView
    from rsu.recording import reader
    from rsu.recording.errors import RecordingError

    found = []
    for path in sorted(path for path in folder.glob("*.mcap") if path.name not in known):
        begin_ns, why = 0, ""
        try:
            begin_ns = next((tape.utc_ns for tape in reader.ticks(path)), 0)
        except RecordingError as error:
            why = str(error)
        found.append(RecordingView(path.name, "other", begin_ns, path.stat().st_size, why))
    return found


@app.command()
def ls(folder: Folder = None, as_json: JsonOption = False) -> None:
    """List recordings, oldest first: class, size, when, and why they are kept. Then those that no recorder named."""
    from rsu.recorder.shelf import Shelf, view
    from rsu.recording.verify import clock
    from rsu.site.recording import RecordingSettings

    chosen = _folder(folder)
    shelved = [view(item) for item in Shelf(chosen, RecordingSettings()).items()]
    for one in [*shelved, *_others(chosen, {one.name for one in shelved})]:
        if as_json:
            facts = {"file": one.name, "class": one.kind, "begin_ns": one.begin_ns, "bytes": one.bytes, "why": one.why}
            print(json.dumps(facts))
        else:
            print(f"{one.name}  {one.kind:5}  {one.bytes / 1e6:8.1f} MB  {clock(one.begin_ns)}  {one.why}".rstrip())


@app.command()
def info(recording: Recording, as_json: JsonOption = False) -> None:
    """Say what a recording is of and what is in it, channel by channel."""
    from rsu.recording import reader
    from rsu.recording.errors import DamagedError, RecordingError
    from rsu.recording.tick import TICK
    from rsu.recording.writer import PART

    try:
        about, files = reader.start(recording)
    except OSError as error:
        refuse(error)
    except RecordingError as error:
        fail(Exit.DAMAGED, error)
    counts: Counter[str] = Counter()
    octets: Counter[str] = Counter()
    times: list[int] = []
    damage = None
    try:
        for entry, _ in reader.messages(recording):
            counts[entry.topic] += 1
            octets[entry.topic] += len(entry.data)
            if entry.topic == TICK:
                times = [times[0] if times else entry.log_ns, entry.log_ns]
    except DamagedError as error:
        damage = str(error)
    seconds = (times[1] - times[0]) / _S if times else 0.0
    channels = {name: {"messages": counts[name], "bytes": octets[name]} for name in sorted(counts)}
    if as_json:
        facts = {"about": about, "files": sorted(files), "seconds": seconds, "channels": channels, "damage": damage}
        print(json.dumps(facts))
    else:
        for name, value in (about | {"files": " ".join(sorted(files)), "seconds": f"{seconds:.1f}"}).items():
            print(f"{name:9} {value}")
        for name, each in channels.items():
            rate = each["messages"] / seconds if seconds else 0.0
            print(f"{name:32} {each['messages']:8}  {rate:7.1f} Hz  {each['bytes'] / 1e3:10.1f} kB")
    if damage is not None and recording.name.endswith(PART):
        typer.echo("is being written, or was left by a power cut: that is what is in it so far", err=True)
    elif damage is not None:
        fail(Exit.DAMAGED, f"cannot be read on from {damage}")


@app.command()
def verify(recordings: Recordings, as_json: JsonOption = False) -> None:
    """Check that recordings are whole and unchanged (else exit code 8), and that no tick is missing (else 1)."""
    from rsu.recording import reader
    from rsu.recording.errors import RecordingError
    from rsu.recording.verify import Problem, continuity, integrity

    worst = Exit.FINE
    for path in recordings:
        try:
            problems = integrity(path)
            changed = bool(problems)
            if not changed:
                problems += continuity(reader.ticks(path))
        except OSError as error:
            refuse(error)
        except RecordingError as error:
            problems, changed = [Problem("changed", str(path), str(error))], True
        if as_json:
            print(json.dumps({"file": str(path), "problems": [problem._asdict() for problem in problems]}))
        else:
            for problem in problems:
                print(f"{path}: {problem.kind}: {problem}")
            if not problems:
                print(f"{path}: fine")
        if changed:
            worst = Exit.DAMAGED
        elif worst is Exit.FINE and any(problem.kind == "missing" for problem in problems):
            worst = Exit.FOUND
    raise typer.Exit(worst)


@app.command()
def cut(
    recording: Recording,
    target: Annotated[Path, typer.Argument(metavar="OUT", help="recording to write")],
    begin: Annotated[float, typer.Option("--from", help="seconds from the recording's beginning")] = 0.0,
    end: Annotated[float, typer.Option("--to", help="seconds from the recording's beginning")] = _ENDLESS_S,
) -> None:
    """Write a piece of a recording as a recording of its own."""
    from rsu.recording import reader
    from rsu.recording.errors import NotARecordingError, RecordingError
    from rsu.recording.recover import copy

    if not 0 <= begin < end:
        fail(
            Exit.USAGE, f"--from {begin:g} --to {end:g}: seconds from the recording's beginning, the smaller one first"
        )
    try:
        first = next(reader.ticks(recording), None)
        if target.exists() and target.samefile(recording):
            fail(Exit.USAGE, f"{target}: would replace the recording itself")
        begin_ns = first.outcome.now_ns if first else 0
        result = copy(recording, target, begin_ns + round(begin * _S), begin_ns + round(end * _S))
    except OSError as error:
        refuse(error)
    except NotARecordingError as error:
        fail(Exit.USAGE, f"{error} from {begin:g} s{f' to {end:g} s' if end < _ENDLESS_S else ' on'}")
    except RecordingError as error:
        fail(Exit.DAMAGED, error)
    print(f"{target}: {result.ticks} ticks")


@app.command()
def recover(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="files or folders")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make whole recordings of what a power cut left (*.part), as the recorder does at its start, or of changed ones.

    Of a changed recording the old file stays, as *.damaged.
    """
    from rsu.recording.errors import BusyError, NotARecordingError
    from rsu.recording.recover import WHOLE, unfinished
    from rsu.recording.recover import recover as one

    code = Exit.FINE
    for path in paths or [_folder(None)]:
        for file in unfinished(path) if path.is_dir() else [path]:
            try:
                result = one(file)
            except OSError as error:
                refuse(error)
            except (BusyError, NotARecordingError) as error:
                typer.echo(error, err=True)
                code = max(code, Exit.CONFLICT if isinstance(error, BusyError) else Exit.DAMAGED)
                continue
            if as_json:
                made = result.path and str(result.path)
                print(json.dumps({"file": str(file), "recording": made, "ticks": result.ticks, "ended": result.why}))
            else:
                told = f"; left out: {result.why}" if result.why not in ("end", WHOLE) else ""
                whole = f"{result.path}: {WHOLE if result.why == WHOLE else f'{result.ticks} ticks{told}'}"
                print(whole if result.path else f"{file}: nothing was in it")
    raise typer.Exit(code)


app.command("import")(rec_sources.import_)
app.command()(rec_sources.report)
