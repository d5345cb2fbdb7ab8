"""`python -m tests.rsu.recording.cuts [REC...]`: recordings cut at every 997th byte, each of them recovered.

For every cut: does `recover` give a whole, sealed recording with the ticks that were written by then, and how much time
before the cut is missing? The last second at most, and nothing before the first tick was written. Prints a line a
recording, keeps the figures; exit code 1 when a cut cost more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from rsu.bus.tape import Tape
from rsu.recording import reader
from rsu.recording.recover import recover
from rsu.recording.verify import integrity
from tests.bench_file import keep
from tests.rsu.recording.golden_outputs import FOLDER

STEP = 997
LIMIT_S = 1.0
TICK_S = 0.1


class Cuts(NamedTuple):
    """The outcome of the cuts of one recording."""

    recording: str
    cuts: int
    empty: int  # cuts before the first tick was on the disk: a recording without any comes of them
    most_lost_s: float  # time between the last recovered tick and the last one that the cut may have met
    wrong: list[str]  # faults


def cut(path: Path, folder: Path) -> Cuts:
    """Cut a recording everywhere."""
    data, tapes = path.read_bytes(), list(reader.ticks(path))
    counts = [_recovered(data[:at], tapes, folder) for at in range(0, len(data) + STEP, STEP)]
    found = [count for count, _ in counts]
    wrong = [f"byte {number * STEP}: {text}" for number, (_, text) in enumerate(counts) if text]
    wrong += [f"byte {n * STEP}: fewer ticks than before" for n, (a, b) in enumerate(pairwise(found)) if b < a]
    # a cut can cost as much as the next section end adds
    steps = [b - a for a, b in pairwise(found) if b > a]
    lost_s = max(steps, default=0) * TICK_S
    if lost_s > LIMIT_S or found[-1] != len(tapes):
        wrong.append(f"{lost_s:.1f} s lost, {found[-1]} of {len(tapes)} ticks in the whole file")
    return Cuts(path.name, len(found), found.count(0), round(lost_s, 1), wrong)


def _recovered(data: bytes, tapes: list[Tape], folder: Path) -> tuple[int, str | None]:
    """Return how many ticks come back of a cut file, and their faults."""
    part = folder / "cut.mcap.part"
    part.write_bytes(data)
    result = recover(part)
    if result.path is None:
        return 0, None if len(data) < STEP and not any(folder.iterdir()) else "not recovered"
    back = list(reader.ticks(result.path))
    whole = back == tapes[: len(back)] and integrity(result.path) == []
    result.path.unlink()
    return len(back), None if whole and not any(folder.iterdir()) else "not the recorded ticks, sealed"


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.rsu.recording.cuts")
    parser.add_argument("recordings", nargs="*", type=Path, default=[FOLDER / "day.mcap"], metavar="REC")
    done = []
    for path in parser.parse_args().recordings:
        with tempfile.TemporaryDirectory() as folder:
            done.append(cut(path, Path(folder)))
        one = done[-1]
        print(f"{one.recording}: {one.cuts} cuts, {one.empty} before the first tick; {one.most_lost_s} s lost at most")
        print("".join(f"  {text}\n" for text in one.wrong), end="")
    keep("cuts", {"limit_s": LIMIT_S, "recordings": {one.recording: one._asdict() for one in done}})
    return int(any(one.wrong for one in done))


if __name__ == "__main__":
    sys.exit(main())
