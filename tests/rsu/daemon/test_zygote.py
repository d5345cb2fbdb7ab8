"""The daemon's skeleton at work: a process that ends or hangs starts again, the supervisor too; no other notices."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from rsu.bus.records import Processes, ProcessView
from rsu.bus.sockets import Subscriber
from tests.rsu.daemon.undying import undying

ROOT = Path(__file__).parents[3]


class Family:
    """A running family, and its supervisor's words."""

    def __init__(self, run: Path, **environment: str) -> None:
        self._bus = Subscriber(run, ["processes"])
        command = [sys.executable, "-m", "tests.rsu.daemon.family", str(run)]
        environment = {**os.environ, **environment}
        self.root = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, start_new_session=True)
        self.views: dict[str, ProcessView] = {}

    def until(self, what: Callable[[dict[str, ProcessView]], bool], limit_s: float = 12.0) -> float:
        """Wait until the views are so; return how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < limit_s:
            self._bus.wait(0.1)
            for _, record in self._bus.records():
                assert isinstance(record, Processes)
                self.views = {view.name: view for view in record.processes}
            if self.views and what(self.views):
                return time.monotonic() - began
        raise AssertionError(self.views)

    def pid(self, name: str) -> int:
        """Return the process that works under a name now."""
        self.until(lambda views: views[name].state == "running")
        pid = self.views[name].pid
        assert pid is not None
        return pid

    def close(self) -> str:
        """End it; return its words."""
        self.root.terminate()
        _, said = self.root.communicate(timeout=10)
        self._bus.close()
        return said.decode()


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path)
    yield made
    made.close()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_who_is_killed_is_started_again_and_the_last_words_of_who_fails_are_known(family: Family) -> None:
    calm = family.pid("calm")
    os.kill(calm, signal.SIGKILL)
    family.until(lambda views: views["calm"].pid not in (None, calm) and views["calm"].state == "running")
    assert family.views["calm"].error == "signal 9" and family.views["calm"].restarts == 1
    family.until(lambda views: views["wild"].restarts >= 2)
    assert family.views["wild"].error == "exit code 70: ValueError: too wild"
    said = family.close()
    assert "going" in said and "Traceback" in said, "relayed to standard error"
    assert gone(calm) and "process does not die" not in said


def test_who_hangs_or_grows_is_killed(family: Family) -> None:
    os.kill(family.pid("calm"), signal.SIGSTOP)
    family.until(lambda views: "no progress" in (views["calm"].error or ""))
    family.until(lambda views: "MiB of memory, budget 200" in (views["fat"].error or ""))


def test_a_supervisor_that_is_killed_or_hangs_is_replaced_and_its_children_do_not_notice(family: Family) -> None:
    calm, before = family.pid("calm"), family.pid("supervisor")
    for number, restarts in ((signal.SIGKILL, 1), (signal.SIGSTOP, 2)):
        os.kill(before, number)
        family.until(lambda views, before=before: views["supervisor"].pid not in (None, before))  # type: ignore[misc]
        before = family.pid("supervisor")
        assert family.views["supervisor"].restarts == restarts
    assert family.pid("calm") == calm and family.views["calm"].restarts == 0
    wild = family.views["wild"].restarts
    family.until(lambda views: views["wild"].restarts > wild)


def test_what_does_not_die_blocks_nobody(family: Family) -> None:
    calm = family.pid("calm")
    try:
        with undying(calm):
            os.kill(calm, signal.SIGKILL)
            family.until(lambda views: calm in views["calm"].undying and views["calm"].state == "running")
            assert family.views["calm"].pid != calm and not gone(calm)
    except PermissionError:
        pytest.skip("tracing is not allowed here")
    family.until(lambda views: not views["calm"].undying)


def test_a_supervisor_that_does_not_die_is_left_behind(family: Family) -> None:
    before, calm = family.pid("supervisor"), family.pid("calm")
    try:
        with undying(before):
            os.kill(before, signal.SIGKILL)
            family.until(lambda views: views["supervisor"].pid not in (None, before))
            assert not gone(before) and family.pid("calm") == calm
    except PermissionError:
        pytest.skip("tracing is not allowed here")


def test_all_end_with_the_zygote_however_they_hang(family: Family) -> None:
    calm, supervisor = family.pid("calm"), family.pid("supervisor")
    os.kill(calm, signal.SIGSTOP)
    family.root.kill()
    deadline = time.monotonic() + 5
    while not (gone(calm) and gone(supervisor)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(calm) and gone(supervisor)


def test_ctrl_c_is_for_the_zygote_alone(family: Family) -> None:
    calm = family.pid("calm")
    assert os.getpgid(calm) == calm != os.getpgid(family.root.pid)
    os.killpg(family.root.pid, signal.SIGINT)
    assert family.root.wait(5) == 0 and gone(calm)


def test_systemd_hears_when_a_reload_begins_and_how_it_ends(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(12.0)
        family = Family(tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert systemd.recv(400) == b"READY=1\nSTATUS=started"
        calm = family.pid("calm")
        for supervisor_dies in (False, True):
            begun_us = time.monotonic_ns() // 1000
            if supervisor_dies:
                os.kill(family.pid("supervisor"), signal.SIGKILL)
            family.root.send_signal(signal.SIGHUP)
            began, ended = (_heard(systemd) for _ in range(2))
            assert began.startswith("RELOADING=1\nMONOTONIC_USEC=") and int(began.rpartition("=")[2]) >= begun_us
            assert ended.startswith("READY=1\nSTATUS=site file not taken") and "site.yaml" in ended
        assert family.pid("calm") == calm and family.root.poll() is None
        family.close()


def _heard(systemd: socket.socket) -> str:
    """Return the next word that is no sign of life."""
    while (word := systemd.recv(1000).decode()) == "WATCHDOG=1":
        pass
    return word
