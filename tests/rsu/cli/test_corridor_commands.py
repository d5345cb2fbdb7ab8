"""`rsu corridor key|show`."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from perception.corridor.shared import NeighbourOffset
from rsu.bus.corridor import CorridorState, CorridorUser, NeighbourView
from rsu.bus.sockets import Publisher
from rsu.cli import main

OFFSET = NeighbourOffset("BOX-2", 0.31, -0.12, 2.4, 0.05, 0.8, 3)
NEIGHBOURS = [
    NeighbourView("BOX-2", True, 40, 2.1, 9.8, 12, OFFSET, {}),
    NeighbourView("BOX-3", False, None, None, None, 0, None, {"malformed": 2}),
]
USERS = [
    CorridorUser(4096, 17, "car", 120.0, 3.0, 14.2, ["BOX-1", "BOX-2"]),
    CorridorUser(0, 0, "bus", 80.0, 3.0, 9.0, ["BOX-2"]),
]
STATE = CorridorState(1_800_000_000_000_000_000, "BOX-1", NEIGHBOURS, USERS, 5000.0, 900.0)


def told(run: Path, *further: str, language: str = "C.UTF-8"):
    """Run `rsu corridor show` while a process publishes its state."""
    publisher, stop = Publisher(run, "corridor"), threading.Event()

    def publish() -> None:
        while not stop.wait(0.05):
            publisher.publish("corridor", STATE)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        environment = {"LC_ALL": language, "COLUMNS": "200"}
        return CliRunner().invoke(main.app, ["corridor", "show", "--run", str(run), *further], env=environment)
    finally:
        stop.set()
        thread.join()
        publisher.close()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "key"
    first = CliRunner().invoke(main.app, ["corridor", "key", str(file)])
    assert (first.exit_code, len(first.stdout.strip())) == (0, 40)
    again = CliRunner().invoke(main.app, ["corridor", "key", str(file), "--json"])
    assert json.loads(again.stdout) == {"public_key": first.stdout.strip()}
    assert first.stdout.strip() not in file.read_text(encoding="ascii")


def test_neighbours_and_road_users_are_shown(tmp_path: Path) -> None:
    done = told(tmp_path)
    assert done.exit_code == 7  # one is silent
    for text in ("BOX-2", "heard", "silent", "+0.31 ± 0.05", "+2.4 ± 0.8", "malformed 2", "4096", "5000 m or 900 s"):
        assert text in done.stdout


def test_in_chinese(tmp_path: Path) -> None:
    done = told(tmp_path, language="zh_CN.UTF-8")
    for text in (
        "BOX-1 的邻站",
        "已收到",
        "无数据",
        "标识在 5000 m 或 900 s 后终止",
        "客车",
    ):
        assert text in done.stdout


def test_for_a_program(tmp_path: Path) -> None:
    said = json.loads(told(tmp_path, "--json").stdout)
    assert said["neighbours"][0]["offset"]["clock_ms"] == pytest.approx(2.4)
    assert said["road_users"][0]["global_id"] == 4096


def test_without_a_daemon(tmp_path: Path) -> None:
    done = CliRunner().invoke(main.app, ["corridor", "show", "--run", str(tmp_path)])
    assert done.exit_code == 4


def test_a_file_that_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nothing\n", encoding="ascii")
    done = CliRunner().invoke(main.app, ["corridor", "key", str(tmp_path / "key")])
    assert done.exit_code == 2
    assert "holds no secret key" in done.stderr
