"""The commands of test and field engineers: `rsu score`, `rsu compare`, `rsu tune`. Each has its own module beside."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from rsu.errors import ConfigError
from rsu.exits import Exit

Recordings = Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap) that follow each other")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object on stdout")]
RangeOption = Annotated[float, typer.Option("--range", metavar="M", min=1, help="radius of the judged region")]


@contextmanager
def _exits() -> Iterator[None]:
    """Say on stderr what went wrong, and end with its exit code."""
    from rsu.analysis.errors import MissingError, ParameterError, TruthError
    from rsu.recording.errors import RecordingError

    codes: dict[type[Exception], Exit] = {
        ConfigError: Exit.INVALID_CONFIG,
        ParameterError: Exit.USAGE,
        MissingError: Exit.USAGE,
        RecordingError: Exit.DAMAGED,
        TruthError: Exit.DAMAGED,
        OSError: Exit.NOT_REACHABLE,
    }
    try:
        yield
    except tuple(codes) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(next(code for kind, code in codes.items() if isinstance(error, kind))) from error


def score(
    recordings: Recordings,
    truth: Annotated[str, typer.Option(metavar="FILE|sim|v2x", help="truth file, the bench's, or vehicles' BSMs")],
    site: Annotated[Path | None, typer.Option(help="replay with this site file and score that")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="replay with this version and score that")] = False,
    region: RangeOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Score what went on air against the truth: GOSPA, MOTA, IDF1, HOTA, errors, latency, counts and queues."""
    from rsu.analysis.runs import Source
    from rsu.cli import score as view

    with _exits():
        answer = view.score(Source(recordings, site, replay), truth, region)
        if as_json:
            print(json.dumps(answer))
        else:
            view.show(answer)


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
