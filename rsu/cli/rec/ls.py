"""`rsu rec ls`: which recordings there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rsu.cli.common.options import JsonLines
from rsu.cli.rec.order import Folder, chosen

if TYPE_CHECKING:
    from rsu.bus.records import RecordingView

EXAMPLES = (
    "rsu rec ls",
    "rsu rec ls --json /var/lib/rsu/recordings",
)


def command(folder: Folder = None, as_json: JsonLines = False) -> None:
    """List recordings, oldest first.

    Class, size, time, and the reason why they are kept; then the recordings that no recorder named.
    """
    from rsu.recorder.shelf import Shelf, view
    from rsu.recording.verify import clock
    from rsu.site.recording import RecordingSettings

    path = chosen(folder)
    shelved = [view(item) for item in Shelf(path, RecordingSettings()).items()]
    for one in [*shelved, *_others(path, {one.name for one in shelved})]:
        if as_json:
            facts = {"file": one.name, "class": one.kind, "begin_ns": one.begin_ns, "bytes": one.bytes, "why": one.why}
            print(json.dumps(facts))
        else:
            print(f"{one.name}  {one.kind:5}  {one.bytes / 1e6:8.1f} MB  {clock(one.begin_ns)}  {one.why}".rstrip())


def _others(folder: Path, known: set[str]) -> list[RecordingView]:
    """Return the recordings with names of their own; a file that is none says so."""
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
