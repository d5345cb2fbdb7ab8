"""`rsu rec verify`: are recordings whole and unchanged?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import JsonLines, Recordings
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.recording.verify import Problem

_FINE = Detail("{}: fine", "{}：完好")
EXAMPLES = (
    "rsu rec verify day.mcap",
    "rsu rec verify --json /var/lib/rsu/recordings/*.mcap",
)


def command(recordings: Recordings, as_json: JsonLines = False) -> None:
    """Check that recordings are whole and unchanged.

    Exit code 8: one was changed or cut; 1: ticks are missing in one.
    """
    worst = Exit.FINE
    for path in recordings:
        problems, code = _checked(path)
        if as_json:
            print(json.dumps({"file": str(path), "problems": [problem._asdict() for problem in problems]}))
        else:
            for problem in problems:
                print(f"{path}: {problem.told(spoken())}")
            if not problems:
                print(_FINE.of(path).told(spoken()))
        worst = max(worst, code)
    raise typer.Exit(worst)


def _checked(path: Path) -> tuple[list[Problem], Exit]:
    from rsu.recording import reader
    from rsu.recording.errors import RecordingError
    from rsu.recording.verify import Problem, continuity, integrity

    if problems := integrity(path):
        return problems, Exit.DAMAGED
    try:
        problems = list(continuity(reader.ticks(path)))
    except RecordingError as error:
        return [Problem("changed", str(path), str(error))], Exit.DAMAGED
    return problems, Exit.FOUND if any(problem.kind == "missing" for problem in problems) else Exit.FINE
