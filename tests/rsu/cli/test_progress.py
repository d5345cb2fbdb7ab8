"""Progress: the steps that the work tells, their listeners, and the places where they are shown."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from rsu.cli.common import progress as screen
from rsu.core import progress
from rsu.lab import workers
from rsu.recording import reader
from rsu.recording.verify import integrity

DAY = Path(__file__).parents[2] / "rsu" / "recording" / "golden" / "day.mcap"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_reading_tells_how_far_it_is() -> None:
    heard: list[tuple[str, int, int]] = []
    with progress.told_to(lambda *step: heard.append(step)):
        for _ in reader.messages(DAY):
            pass
    size = DAY.stat().st_size
    assert {what for what, _, _ in heard} == {"reading"} and {total for _, _, total in heard} == {size}
    done = [step[1] for step in heard]
    assert done == sorted(done) and done[-1] == size
    progress.tell("reading", 1, 2)  # no listener is left


def test_steps_inside_a_step_are_not_told() -> None:
    heard: list[str] = []
    with progress.told_to(lambda what, _done, _total: heard.append(what)), progress.alone() as tell:
        progress.tell("reading", 1, 2)
        tell("trials", 1, 2)
    assert heard == ["trials"]


def test_a_bar_is_shown_once_it_takes_long_and_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, now = Terminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("rsu.cli.common.progress.time.monotonic", lambda: now[0])
    with screen.shown():
        progress.tell("reading", 0, 100)
        assert terminal.getvalue() == ""
        now[0] = 2.0
        progress.tell("reading", 40, 100)
        assert "reading" in terminal.getvalue() and "40%" in terminal.getvalue()
        progress.tell("reading", 100, 100)
        assert terminal.getvalue().endswith("\x1b[2K")


def test_only_terminals_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not screen.possible()
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert screen.possible()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not screen.possible()


def slow(name: str) -> str:
    for done in (0, 40, 100):
        progress.tell(f"reading {name}", done, 100)
    return name


def test_processes_tell_theirs_as_one_step() -> None:
    heard: list[tuple[str, int, int]] = []
    with progress.told_to(lambda *step: heard.append(step)), workers.pool(2) as pool:
        assert list(pool.map(slow, "ab")) == ["a", "b"]
    assert {what for what, _, _ in heard} <= {"reading a", "reading b"} and {total for *_, total in heard} <= {100, 200}
    assert heard[-1][1] == heard[-1][2]


def test_nobody_listens_to_processes() -> None:
    with workers.pool(1) as pool:
        assert list(pool.map(slow, "a")) == ["a"]


def test_checking_tells_how_far_it_is() -> None:
    heard: list[tuple[str, int, int]] = []
    with progress.told_to(lambda *step: heard.append(step)):
        assert integrity(DAY) == []
    size = DAY.stat().st_size
    assert len(heard) > 3 and {what for what, *_ in heard} == {"checking"} and heard[-1] == ("checking", size, size)
