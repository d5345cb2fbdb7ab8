"""Orders to the recorder of the running daemon, and the folder in which it records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.core.exits import Exit

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        help="folder of recordings",
        show_default="the daemon's: recordings in /var/lib/rsu for root, else in ~/.local/share/rsu",
    ),
]
_NO_FOLDER = Detail("{}: no such folder; name the folder of recordings", "{}：没有该文件夹；请指定录制所在的文件夹")


def order(run: Path | None, verb: Literal["start", "stop", "keep"], why: str, as_json: bool) -> None:
    """Give an order and print the recorder's answer. NotReachableError: there is none."""
    from rsu.core import folders
    from rsu.reasons import terms
    from rsu.recorder.control import RecorderOrder, ask

    answer = ask(run or folders.default_run(), RecorderOrder(verb, why))
    if as_json:
        print(json.dumps({"state": answer.state, "files": answer.files}))
    else:
        print("\n".join([terms.said(terms.RECORDER, answer.state, spoken()), *answer.files]))


def chosen(folder: Path | None) -> Path:
    """Return the folder, or the daemon's. Exit code 4: it is not there."""
    from rsu.core import folders
    from rsu.site.recording import RecordingSettings

    path = folder or folders.default_data() / RecordingSettings().path
    if not path.is_dir():
        fail(Exit.NOT_REACHABLE, _NO_FOLDER.of(path))
    return path
