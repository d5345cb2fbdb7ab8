"""Processes: restarted when they end or stand still, with back-off; ended together with us."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from rsu.errors import AlreadyRunningError
from rsu.processes import BACKOFF_S, WINDOW_S, Row
from rsu.supervisor import Child, lock

ROW = Row(lambda *_: None, 2.0, 100, 10, 0)


def child(code: str) -> Child:
    return Child("child", ROW, [sys.executable, "-c", code])


def wait_for_end(made: Child) -> None:
    assert made._process is not None
    made._process.wait(10)


def test_restarts_at_once_then_with_back_off_then_gives_up_for_a_while() -> None:
    made = child("raise SystemExit(3)")
    now, starts = 1000.0, []
    while now < 1000.0 + WINDOW_S - 1:
        before = made.restarts
        made.look(now)
        if made.restarts > before:
            starts.append(now - 1000.0)
            wait_for_end(made)
        now += 0.1
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert max(gaps[:2]) <= 0.3
    assert all(later > earlier for earlier, later in itertools.pairwise(gaps[1:]))
    assert len(starts) == len(BACKOFF_S) + 1
    assert made.view(now).state == "degraded" and made.view(now).error == "exit code 3"


def test_a_process_without_progress_is_killed_and_started_again() -> None:
    made = child("import time; time.sleep(60)")
    made.look(0.0)
    made.progressed(0.5)
    first = made.view(0.5).pid
    made.look(2.4)
    assert made.view(2.4).pid == first
    made.look(2.6)
    assert made.view(2.6).error == "no progress for 2 s"
    made.look(2.7)
    assert made.view(2.7).pid not in (None, first) and made.restarts == 1
    made.stop()
    made.reap(time.monotonic() + 5)


def test_starting_may_take_longer_than_a_step() -> None:
    made = child("import time; time.sleep(60)")
    made.look(0.0)
    made.look(9.0)
    assert made.view(9.0).state == "starting" and made.restarts == 0
    made.stop()
    made.reap(time.monotonic() + 5)


def test_one_that_does_not_want_to_end_is_ended() -> None:
    made = child("import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)")
    made.look(0.0)
    time.sleep(0.3)
    made.stop()
    began = time.monotonic()
    made.reap(began + 0.2)
    assert time.monotonic() - began < 2
    assert made._process is not None and made._process.returncode == -9


def test_one_run_folder_one_daemon(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with lock(run), pytest.raises(AlreadyRunningError), lock(run):
        pass
    assert list(run.iterdir()) == []
    with lock(run):
        assert [entry.name for entry in run.iterdir()] == ["lock"]


def test_a_child_ends_with_its_parent_however_that_ends() -> None:
    code = (
        "import subprocess, sys, time; from rsu.parent import die_with_us;"
        "print(subprocess.Popen(['sleep', '60'], preexec_fn=die_with_us()).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        grandchild = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    psutil.wait_procs([grandchild], timeout=3)
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE
