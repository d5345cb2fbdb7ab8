"""The conflict latch over restarts, orders and replays."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from rsu.bus.latch import Held, Setting
from rsu.cli.main import app
from rsu.recording.tick import from_entries, to_entries
from rsu.replay.player import Player
from rsu.site import config
from rsu.station import latch_file
from rsu.station.latch_file import FILE, LatchAnswer, LatchDesk, LatchFile
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, SEED, S, record

HELD = Held((5, 6), 1_795_000_000 * S)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def site() -> config.Config:
    return config.load(CONFIGS / "demo.yaml")


def test_it_is_kept_and_released(tmp_path: Path, site: config.Config) -> None:
    file = LatchFile(tmp_path, site)
    assert file.load() is None
    file.keep(HELD)
    until((tmp_path / FILE).exists)
    assert LatchFile(tmp_path, site).load() == HELD
    file.keep(None)
    until(lambda: not (tmp_path / FILE).exists())
    assert LatchFile(tmp_path, site).load() is None


def test_another_configuration_releases_it(tmp_path: Path, site: config.Config) -> None:
    LatchFile(tmp_path, site).keep(HELD)
    until((tmp_path / FILE).exists)
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    text = (tmp_path / "demo.yaml").read_text()
    (tmp_path / "demo.yaml").write_text(text.replace("max_gib: 1,", "max_gib: 2,"))
    assert LatchFile(tmp_path, config.load(tmp_path / "demo.yaml")).load() == HELD  # nothing of the signal
    (tmp_path / "demo.yaml").write_text(text.replace("nominal_interval_ms: 1000", "nominal_interval_ms: 500"))
    assert LatchFile(tmp_path, config.load(tmp_path / "demo.yaml")).load() is None
    until(lambda: not (tmp_path / FILE).exists())


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00" * 100, b'{"held": 5, "configuration": ""}'])
def test_a_file_that_cannot_be_read_is_a_closed_latch(tmp_path: Path, site: config.Config, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert LatchFile(tmp_path, site).load() is not None


def test_a_disk_that_fails_costs_nothing_but_the_memory(tmp_path: Path, site: config.Config) -> None:
    file = LatchFile(tmp_path / "gone", site)
    file.keep(HELD)
    assert file.load() is None


def test_orders(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["signal", "release", "--run", str(tmp_path)])
    assert result.exit_code == 4 and "no station runs" in result.stderr
    desk = LatchDesk(tmp_path)
    assert desk.order() is None
    import threading

    told: list[LatchAnswer] = []
    asking = threading.Thread(target=lambda: told.append(latch_file.release(tmp_path)))
    asking.start()
    until(lambda: desk.order() is not None)
    desk.answer(LatchAnswer("released", HELD))
    asking.join()
    desk.close()
    assert told == [LatchAnswer("released", HELD)]


def test_the_list_of_conflicts() -> None:
    result = CliRunner().invoke(app, ["signal", "conflicts", str(CONFIGS / "demo.yaml"), "--json"])
    assert result.exit_code == 0
    found = {tuple(each["phases"]): each["why"] for each in msgspec.json.decode(result.stdout)["conflicts"]}
    assert len(found) == 36 and found[1, 13] == "north_in left leads over the crosswalk of phase 13"


def test_a_recording_tells_how_the_latch_was_set(site: config.Config) -> None:
    """Left closed before the start, opened by an order after a second; a replay comes to the same bytes."""
    tapes = list(record(4.0))
    tapes[0] = msgspec.structs.replace(tapes[0], latch=Setting(HELD))
    tapes[30] = msgspec.structs.replace(tapes[30], latch=Setting(None))
    assert [from_entries(to_entries(tape)).latch for tape in (tapes[0], tapes[1], tapes[30])] == [
        Setting(HELD), None, Setting(None),
    ]  # fmt: skip
    player = Player(site, SEED)
    said = [
        {each.kind: each for each in player.play(from_entries(to_entries(tape))).gate}["spat"].reasons for tape in tapes
    ]
    late = [n for n, _ in enumerate(tapes) if tapes[n].outcome.now_ns >= EPOCH_NS + 2 * S]
    assert all(("conflicting-greens" in said[n]) == (n < 30) for n in late)
    assert said[-1] == []
