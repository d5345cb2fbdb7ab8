"""The run folder of a demo: emptied for the next one, but for recordings that somebody or an event has marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsu.bench import plan


def test_marked_recordings_outlive_the_next_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    plan.prepare(folder)
    recordings = folder / "data" / "recordings"
    recordings.mkdir(parents=True)
    for name in ("a.mcap", "a.mcap.keep", "b.mcap", "c.mcap.part", "c.mcap.keep"):
        (recordings / name).write_text(name)
    for _ in range(2):  # and the demo after the next
        plan.prepare(folder)
        kept = {path.name: path.read_text() for path in (folder / plan.KEPT).iterdir()}
        assert kept == {name: name for name in ("a.mcap", "a.mcap.keep", "c.mcap.part", "c.mcap.keep")}
        assert not recordings.exists()
    assert f"2, are in {folder / plan.KEPT}" in capsys.readouterr().err
