"""Recordings of earlier demos that a person or an event has marked: put aside, each with the bench's truth of its time.

`NAME.truth.csv.gz` lies beside `NAME.mcap`, where `rsu score`, `rsu tune` and `rsu compare` look for it.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from rsu.recorder import shelf
from rsu.recording.writer import PART

KEPT = "kept"  # in the run folder
TRUTH = "truth"  # in the run folder: the world's own files (`sim/truth_writer.py`)
_MARGIN_NS = 1_000_000_000  # of truth before and behind a recording
_SUFFIX = ".truth.csv.gz"


def put_aside(folder: Path) -> None:
    """Move marked recordings from the run folder of a demo to its folder of kept recordings; print that folder."""
    marks = sorted(folder.glob(f"data/recordings/*{shelf.MARK}"))
    for mark in marks:
        (folder / KEPT).mkdir(exist_ok=True)
        whole = mark.with_name(mark.name.removesuffix(shelf.MARK))
        for file in (mark, whole, whole.with_name(whole.name + PART)):
            if file.is_file():
                file.replace(folder / KEPT / file.name)
        _keep_truth(folder / TRUTH, folder / KEPT / whole.name)
    if marks:
        print(f"kept: recordings of the demo before, {len(marks)}, are in {folder / KEPT}", file=sys.stderr)


def _keep_truth(truth: Path, recording: Path) -> None:
    """Write the truth of a recording's time beside it; nothing where the bench left none."""
    files = [path for path in (recording, recording.with_name(recording.name + PART)) if path.exists()]
    item = shelf.item_of(files[0]) if files else None
    if item is None or not truth.is_dir():
        return
    lines = list(_rows(truth, item.begin_ns - _MARGIN_NS, item.end_ns + _MARGIN_NS))
    if len(lines) > 1:
        with gzip.open(recording.with_name(recording.stem + _SUFFIX), "wt", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)


def _rows(truth: Path, begin_ns: int, end_ns: int) -> Iterator[str]:
    """Yield the heading, then the rows of a span of UTC."""
    heading = False
    for path in sorted(truth.glob("*.csv.gz")):
        unzipped = zlib.decompressobj(wbits=31).decompress(path.read_bytes())  # the end of the newest may be missing
        first, *rest = unzipped.decode(errors="replace").splitlines()
        if not heading:
            yield first
            heading = True
        whole = (line for line in rest if line.count(",") == first.count(","))  # the last one may be cut
        yield from (line for line in whole if begin_ns <= int(line.partition(",")[0]) <= end_ns)
