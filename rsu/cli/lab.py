"""The commands of test and field engineers: `rsu score`, `rsu compare`, `rsu tune`. Each has its own module beside."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.options import fail, refuse
from rsu.core.errors import ConfigError
from rsu.core.exits import Exit

Recordings = Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap) that follow each other")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object on stdout")]
RangeOption = Annotated[float, typer.Option("--range", metavar="M", min=1, help="radius of the judged region")]


@contextmanager
def _exits() -> Iterator[None]:
    """Say on stderr what went wrong, and end with its exit code."""
    from rsu.lab.errors import MissingError, ParameterError, StorageError, TruthError
    from rsu.recording.errors import RecordingError

    codes: dict[type[Exception], Exit] = {
        ConfigError: Exit.INVALID_CONFIG,
        ParameterError: Exit.USAGE,
        MissingError: Exit.USAGE,
        StorageError: Exit.NOT_REACHABLE,
        RecordingError: Exit.DAMAGED,
        TruthError: Exit.DAMAGED,
    }
    try:
        yield
    except OSError as error:
        refuse(error)
    except tuple(codes) as error:
        fail(next(code for kind, code in codes.items() if isinstance(error, kind)), error)


def score(
    recordings: Recordings,
    truth: Annotated[str, typer.Option(metavar="FILE|sim|v2x", help="truth file, the bench's, or vehicles' BSMs")],
    site: Annotated[Path | None, typer.Option(help="replay with this site file and score that")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="replay with this version and score that")] = False,
    region: RangeOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Score what went on air against the truth: GOSPA, MOTA, IDF1, HOTA, errors, latency, counts and queues.

    Exit code 1: there was nothing to judge.
    """
    from rsu.cli import score as view
    from rsu.lab.runs import Source

    with _exits():
        answer = view.score(Source(recordings, site, replay), truth, region)
    if as_json:
        print(json.dumps(answer))
    else:
        view.show(answer)
    raise typer.Exit(Exit.FINE if answer["ticks"] else Exit.FOUND)


def compare(
    a: Annotated[Path, typer.Option("--a", metavar="SITE|REC", help="site file, or a recording of outputs")],
    b: Annotated[Path, typer.Option("--b", metavar="SITE|REC", help="the same of what is new")],
    recordings: Annotated[list[Path] | None, typer.Argument(metavar="[REC...]", help="replayed with both")] = None,
    truth: Annotated[str | None, typer.Option(metavar="FILE|sim|v2x", help="judge both against it")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="write the report, one file")] = None,
    region: RangeOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Replay recordings with two site files (or take two recordings' outputs) and say what differs on air.

    Exit code 1: something differs.
    """
    from rsu.cli import compare as view

    with _exits():
        wish = view.Wish(recordings or [], a, b, truth, region)
        comparison = view.run(wish)
        if html is not None:
            html.write_text(view.page(comparison, wish), encoding="utf-8")
    if as_json:
        print(json.dumps(view.answer(comparison, wish)))
    else:
        view.show(comparison, html)
    raise typer.Exit(Exit.FINE if comparison.same else Exit.FOUND)


def tune(
    recordings: Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap)")],
    site: Annotated[Path, typer.Option(help="the site file to improve; it is not changed")],
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LOW..HIGH", help="what may be changed, as in radar-north.yaw_deg=-5..5 or NAME=A,B"),
    ] = None,
    registration: Annotated[bool, typer.Option("--registration", help="find how the sensors really stand")] = False,
    truth: Annotated[
        str | None, typer.Option(metavar="FILE|sim|v2x|agreement", help="judge by; else the best that there is")
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="how many to try")] = 40,
    workers: Annotated[int, typer.Option(min=1, help="processes")] = 1,
    seed: Annotated[int | None, typer.Option(help="of the search; else 0, or with --storage any")] = None,
    storage: Annotated[str | None, typer.Option(metavar="URL", help="database that machines share")] = None,
    study: Annotated[str, typer.Option(help="name of the study in the database")] = "rsu",
    out: Annotated[Path | None, typer.Option(metavar="SITE.yaml", help="write the proposed site file")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="write the comparison report")] = None,
    region: RangeOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Search numbers of the site file that score better, or find how its sensors stand; propose a patch.

    Ctrl-C ends a search with the best so far (exit code 130). With --registration, exit code 1: a sensor is not where
    the site file says.
    """
    from rsu.cli import tune as view
    from rsu.lab import runs
    from rsu.lab.tune import tuning

    if registration == bool(param):
        fail(Exit.USAGE, "say either --param NAME=LOW..HIGH or --registration")
    wish = view.Wish(recordings, site, param or [], truth, region, trials, workers, seed, storage, study)
    code = Exit.FINE
    with _exits():
        if registration:
            found, proposal = view.register(recordings, site)
            answer = view.registration_answer(found, proposal, wish)
            code = Exit.FOUND if proposal.values else Exit.FINE
            judged_by = truth
        else:
            tuned, proposal, judged_by = view.search(wish)
            answer = view.search_answer(tuned, proposal, judged_by, wish)
            code = Exit.INTERRUPTED if tuned.interrupted else Exit.FINE
        if out is not None:
            out.write_text(proposal.text, encoding="utf-8")
        if as_json:
            print(json.dumps(answer), flush=True)
        else:
            (view.show_registration if registration else view.show_search)(answer)
        if html is not None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            known = judged_by if judged_by not in (None, runs.V2X, tuning.AGREEMENT) else None
            html.write_text(view.page(wish, proposal, known), encoding="utf-8")
    raise typer.Exit(code)
