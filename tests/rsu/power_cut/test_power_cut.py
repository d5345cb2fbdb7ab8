"""Power cuts after every single write of spool, recording and journal: every promise is kept, and work goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rsu.bus.records import Misbehaviour
from rsu.recorder.journal import Journal
from rsu.recording.reader import ticks
from rsu.recording.recover import recover, unfinished
from rsu.recording.verify import integrity
from rsu.site.uplink import SpoolSettings
from rsu.uplink.spool import open_spool
from tests.rsu.power_cut import work
from tests.rsu.power_cut.disk import KINDS, TOLD, Cut, cuts, logged, put
from tests.rsu.uplink.spooled import commit, held_in, record_of

ACKNOWLEDGED = {
    seq for batch in work.ACKNOWLEDGING for seq in range((batch - 1) * work.IN_BATCH + 1, batch * work.IN_BATCH + 1)
}


def disks(name: str, tmp_path: Path, least: int) -> Iterator[tuple[Cut, Path]]:
    """Yield every cut of a work with a folder that holds its disk; the last disk is the one that the work left."""
    found = list(cuts(logged("tests.rsu.power_cut.work", name, tmp_path)))
    left = {path.name: path.read_bytes() for path in (tmp_path / "work").iterdir() if path.name != TOLD}
    assert [each.files for each in found if each.kind == "all"][-1] == left, "the log has all that was done"
    assert len(found) > least and {each.kind for each in found} == set(KINDS)
    for number, each in enumerate(found):
        yield each, put(each.files, tmp_path / "disks" / str(number))


def test_a_spool_keeps_every_record_that_was_promised(tmp_path: Path) -> None:
    for cut, folder in disks("spool", tmp_path, 100):
        opened = open_spool(folder / work.SPOOL, SpoolSettings())
        held = {record.seq for record in held_in(opened.spool)}
        assert set(range(1, cut.told + 1)) - ACKNOWLEDGED <= held, cut[:2]
        assert opened.lost == 0, cut[:2]
        commit(opened.spool, [record_of(1000)])
        assert 1000 in {record.seq for record in held_in(opened.spool)}, cut[:2]
        opened.spool.close()


def test_a_recording_keeps_every_tick_that_was_synced(tmp_path: Path) -> None:
    for cut, folder in disks("recording", tmp_path, 30):
        recovered = [recover(path) for path in unfinished(folder)]
        whole = folder / work.RECORDING
        kept = [tape.seq for tape in ticks(whole)] if whole.exists() else []
        assert kept[: cut.told] == list(range(cut.told)), cut[:2]
        assert not whole.exists() or integrity(whole) == [], cut[:2]
        assert all(each.path in (None, whole) for each in recovered) and unfinished(folder) == [], cut[:2]


def test_a_journal_loses_its_last_line_at_most_and_goes_on(tmp_path: Path) -> None:
    for cut, folder in disks("journal", tmp_path, 15):
        Journal(folder, most_octets=700).add(Misbehaviour(99, "jump", "far", None, 7, 111, 1, [b"frame"]))
        lines = [line for file in sorted(folder.iterdir()) for line in file.read_bytes().split(b"\n") if line]
        stamps = [found for line in lines if (found := _stamp(line)) is not None]
        assert len(lines) - len(stamps) <= 1 and 99 in stamps, cut[:2]
        if cut.kind == "all" and cut.told:
            assert cut.told in stamps, cut[:2]


def _stamp(line: bytes) -> int | None:
    try:
        stamp: int = json.loads(line)["stamp_ns"]
    except ValueError:
        return None
    return stamp
