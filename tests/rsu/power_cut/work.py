"""`python -m tests.rsu.power_cut.work NAME FOLDER`: writes as the daemon does; the file `told` holds the promises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from rsu.bus.records import Misbehaviour
from rsu.bus.tape import Outcome, Tape
from rsu.recorder.journal import Journal
from rsu.recording.writer import RecordingWriter
from rsu.site.uplink import SpoolSettings
from rsu.uplink.record import Range
from rsu.uplink.spool import open_spool
from tests.rsu.power_cut.disk import TOLD
from tests.rsu.uplink.spooled import commit, record_of

SPOOL, RECORDING = "uplink.sqlite", "one.mcap"
ACKNOWLEDGING = (2, 4)  # batches with whose commit the one before goes
BATCHES, IN_BATCH, TICKS, LINES = 5, 3, 30, 8
SEED = bytes(16)


def tell(folder: Path, number: int) -> None:
    """Promise that everything up to a number is safe."""
    with (folder / TOLD).open("a") as file:
        file.write(f"{number}\n")


def spool(folder: Path) -> None:
    """Commit records in batches; every third batch acknowledges the batch before it."""
    opened = open_spool(folder / SPOOL, SpoolSettings()).spool
    for batch in range(BATCHES):
        first = batch * IN_BATCH + 1
        records = [record_of(seq) for seq in range(first, first + IN_BATCH)]
        gone = [Range("b", first - IN_BATCH, first - 1)] if batch in ACKNOWLEDGING else []
        commit(opened, records, acknowledged=gone)
        tell(folder, first + IN_BATCH - 1)
    opened.close()


def recording(folder: Path) -> None:
    """Write ticks and wait for the disk every ten of them, then seal."""
    writer = RecordingWriter(folder / RECORDING, {"site": "demo"}, {"demo.yaml": b"version: 1\n"}, 1)
    for seq in range(TICKS):
        writer.add(Tape(SEED, seq, [], [], Outcome(seq, [], [], [])))
        if seq % 10 == 9:
            writer.sync()
            tell(folder, seq + 1)
    writer.close()
    tell(folder, TICKS)


def journal(folder: Path) -> None:
    """Append lines to the journal of misbehaviour; two files of three lines."""
    kept = Journal(folder, most_octets=700)
    for number in range(1, LINES + 1):
        kept.add(Misbehaviour(number, "jump", "far", None, 7, 111, 1, [b"frame" * 10]))
        tell(folder, number)


WORK: dict[str, Callable[[Path], None]] = {"spool": spool, "recording": recording, "journal": journal}

if __name__ == "__main__":
    WORK[sys.argv[1]](Path(sys.argv[2]))
