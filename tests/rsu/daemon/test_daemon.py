"""The whole daemon of the demo site without any hardware: its site file, its folders, its locks, its word on itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from rsu.bus.troubles import Newest, of
from rsu.cli.views.status import ask
from rsu.core.errors import NotReachableError

CONFIGS = Path(__file__).parents[3] / "configs"
HALF = "version: 1\nsite:\n  name: half a fi"

pytestmark = pytest.mark.timeout(90)


class Daemon:
    """A daemon on an address of its own, with a copy of the demo's site file."""

    def __init__(self, folder: Path) -> None:
        address = f"127.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}.9"
        self.site, self.run, self.data = folder / "etc/demo.yaml", folder / "run", folder / "data"
        self.site.parent.mkdir()
        for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
            text = (CONFIGS / name).read_text(encoding="utf-8").replace("127.0.0.1", address)
            (self.site.parent / name).write_text(text, encoding="utf-8")
        self.text = self.site.read_text(encoding="utf-8")
        self.site.write_text(self.text, encoding="utf-8")
        self.log = folder / "log"
        self.process = self.start()

    def command(self, *more: str, run: Path | None = None) -> list[str]:
        folders = ["--run", str(run or self.run), "--data", str(self.data)]
        return [sys.executable, "-m", "rsu.cli.main", "run", str(self.site), *folders, *more]

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(*more), stderr=log, start_new_session=True)
        return self.process

    def edit(self, old: str, new: str) -> None:
        assert old in self.text
        self.site.write_text(self.text.replace(old, new), encoding="utf-8")

    def until(self, condition: Callable[[Newest], bool], limit_s: float = 30.0) -> Newest:
        """Wait until the daemon says that it is so."""
        deadline, state = time.monotonic() + limit_s, None
        while time.monotonic() < deadline:
            try:
                state = ask(self.run)
            except NotReachableError:
                continue
            if state.processes is not None and state.snapshot is not None and condition(state):
                return state
        raise AssertionError((state.processes, of(state)) if state else "no daemon")

    def pid(self, name: str) -> int:
        """Return the process that works under a name."""
        state = self.until(lambda state: views(state)[name].state == "running")
        return int(views(state)[name].pid)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def views(state: Newest) -> dict[str, Any]:
    assert state.processes is not None
    return {view.name: view for view in state.processes.processes}


def digest(state: Newest) -> str:
    assert state.processes is not None
    return state.processes.digest


def reasons(state: Newest) -> set[str]:
    return {trouble.reason for trouble in of(state)}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    made = Daemon(tmp_path_factory.mktemp("daemon"))
    yield made
    made.close()


def test_nothing_is_for_strangers(daemon: Daemon) -> None:
    daemon.pid("web")
    for top in (daemon.run, daemon.data):
        for path in (top, *top.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode & 0o777
                assert mode & 0o027 == 0, (path, oct(mode))


def test_it_says_where_its_page_is_and_what_changes(daemon: Daemon) -> None:
    state = daemon.until(lambda state: True)
    assert state.processes is not None and state.processes.page.endswith(":18080/")
    lines = [json.loads(line) for line in daemon.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    assert next(line["url"] for line in lines if line["event"] == "page") == state.processes.page
    assert {"device gnss", "message spat", "process web"} <= {line["event"] for line in lines}
    assert "device-lost" in reasons(state) or "device-starting" in reasons(state)


@pytest.mark.parametrize("run", ["same", "another"])
def test_no_second_daemon_has_its_data(daemon: Daemon, run: str, tmp_path: Path) -> None:
    daemon.until(lambda state: True)
    command = daemon.command(run=daemon.run if run == "same" else tmp_path / "run")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 6
    assert str(daemon.run if run == "same" else daemon.data) in done.stderr


def test_a_half_edited_file_is_nobodys_and_a_whole_one_everybodys(daemon: Daemon) -> None:
    before = digest(daemon.until(lambda state: True))
    station = daemon.pid("station")
    daemon.site.write_text(HALF, encoding="utf-8")
    os.kill(station, signal.SIGKILL)  # a process started again now reads the frozen copy
    daemon.until(lambda state: views(state)["station"].pid not in (None, station))
    station = daemon.pid("station")
    daemon.process.send_signal(signal.SIGHUP)
    state = daemon.until(lambda state: "site-unfit" in reasons(state))
    (told,) = (trouble for trouble in of(state) if trouble.reason == "site-unfit")
    assert "demo.yaml:" in told.detail and str(daemon.data) not in told.detail
    assert digest(state) == before and daemon.pid("station") == station
    daemon.edit("name: demo crossing", "name: new crossing")
    daemon.process.send_signal(signal.SIGHUP)
    state = daemon.until(lambda state: state.processes is not None and state.processes.site == "new crossing")
    assert digest(state) != before
    state = daemon.until(lambda state: views(state)["web"].restarts > 0 and "site-unfit" not in reasons(state))
    assert views(state)["station"].pid == station and views(state)["uplink"].restarts == 0
    assert '"station goes on with a new site"' in daemon.log.read_text(encoding="utf-8")
    assert all(view.error is None for view in views(state).values() if view.name != "station")


def test_a_run_folder_that_is_deleted_comes_back(daemon: Daemon) -> None:
    station = daemon.pid("station")
    shutil.rmtree(daemon.run)
    daemon.until(lambda state: state.uplink is not None and state.recorder is not None)
    assert daemon.pid("station") == station
    assert daemon.run.stat().st_mode & 0o777 == 0o750


def test_killed_with_all_its_leftovers_it_starts_again(daemon: Daemon) -> None:
    station = daemon.pid("station")
    os.kill(station, signal.SIGSTOP)
    daemon.process.kill()
    daemon.process.wait(5)
    deadline = time.monotonic() + 5
    while psutil.pid_exists(station) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(station), "a station that hangs gives its ports back"
    daemon.site.write_text(HALF, encoding="utf-8")
    assert daemon.start().wait(30) == 3
    daemon.start("--last-good")
    state = daemon.until(lambda state: "site-unfit" in reasons(state))
    assert state.processes is not None and state.processes.site == "new crossing"


def test_sigterm_ends_all_of_it(daemon: Daemon) -> None:
    family = psutil.Process(daemon.process.pid).children(recursive=True)
    assert len(family) >= 6
    daemon.process.terminate()
    assert daemon.process.wait(5) == 0
    assert not [each for each in family if each.is_running()]
