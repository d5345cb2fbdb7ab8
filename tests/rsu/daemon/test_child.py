"""The supervisor's word on one process: when to start it, when to kill it, when to give it up."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.daemon.child import START_S, Child
from rsu.daemon.orders import Ended, Kill, StartOrder
from rsu.daemon.processes import PROCESSES, ProcessRow

ROW = ProcessRow("none", 2.0, 100, 10, 0)
SITE = "site.yaml"
KILLED = [Kill(7, signal.SIGKILL)]


def child(row: ProcessRow = ROW, pid: int = 7) -> Child:
    made = Child("child", row)
    assert list(made.look(0.0, SITE)) == [StartOrder("child", SITE)]
    made.started(pid, 0.0)
    return made


def worked(made: Child, until: float) -> Child:
    made.progressed(until)
    return made


def test_it_is_ordered_once_until_there_is_an_answer() -> None:
    made = Child("child", ROW)
    assert list(made.look(0.0, SITE)) == [StartOrder("child", SITE)]
    assert list(made.look(9.0, SITE)) == []
    made.ended(Ended("child", 0, "cannot start: no memory", ""), 9.0)
    assert made.error == "cannot start: no memory"
    assert list(made.look(9.1, SITE)) == [StartOrder("child", SITE)]


@pytest.mark.parametrize("name", PROCESSES)
def test_one_without_progress_is_killed_in_thirteen_seconds(name: str) -> None:
    made = worked(child(PROCESSES[name]), 100.0)
    assert list(made.look(100.0 + made.row.stuck_after_s, SITE)) == []
    assert list(made.look(113.0, SITE)) == KILLED
    assert made.error is not None and made.error.startswith("no progress for ")


def test_a_start_that_takes_too_long_may_take_twice_as_long_next_time() -> None:
    """A box that is slow for a moment is not kept from ever starting."""
    made, now, patience = child(), 0.0, []
    for pid in range(8, 13):
        began = now
        while not list(made.look(now, SITE)):
            now += 0.5
        patience.append(now - began)
        made.ended(Ended("child", pid - 1, "signal 9", ""), now)
        while not list(made.look(now, SITE)):
            now += 0.5
        made.started(pid, now)
    assert patience[0] <= START_S + 0.5 and patience[1] > 1.9 * patience[0] and max(patience) <= 60.5
    made.progressed(now)
    assert made.working and made.state(now) == "running"


def test_what_does_not_die_is_named_and_another_is_started_beside_it() -> None:
    made = worked(child(), 10.0)
    assert list(made.look(12.1, SITE)) == KILLED
    assert list(made.look(12.2, SITE)) == []
    assert list(made.look(13.2, SITE)) == []
    assert made.undying == [7] and made.pid is None
    assert list(made.look(13.3, SITE)) == [StartOrder("child", SITE)]
    made.started(8, 13.3)
    made.progressed(13.5)
    made.ended(Ended("child", 7, "signal 9", ""), 20.0)  # at last
    assert made.undying == [] and made.pid == 8 and made.error == "no progress for 2 s"


def test_not_more_than_two_are_left_behind() -> None:
    made, now = child(), 0.0
    for pid in (7, 8):
        worked(made, now + 1.0)
        assert list(made.look(now + 4.0, SITE)) == [Kill(pid, signal.SIGKILL)]
        list(made.look(now + 6.0, SITE))
        now += 6.1
        started = list(made.look(now, SITE))
        assert started == ([StartOrder("child", SITE)] if pid == 7 else [])
        if started:
            made.started(8, now)
    assert made.undying == [7, 8] and made.state(now) == "degraded"
    made.ended(Ended("child", 8, "signal 9", ""), now)
    assert list(made.look(now, SITE)) == [StartOrder("child", SITE)]


def test_memory_over_the_budget_for_a_while_or_by_far() -> None:
    made = worked(child(), 1.0)
    assert [list(made.weighed(mib, at)) for at, mib in ((1.0, 101), (3.0, 99), (4.0, 150), (8.9, 150))] == [[]] * 4
    assert list(made.weighed(150, 9.0)) == KILLED
    assert made.error == "took 150 MiB of memory, budget 100"
    assert list(made.weighed(150, 9.1)) == []  # it is dying already
    far = worked(child(), 1.0)
    assert list(far.weighed(201, 1.0)) == KILLED


def test_its_last_words_are_kept() -> None:
    made = worked(child(), 1.0)
    made.ended(Ended("child", 7, "exit code 70", "OSError: no such port"), 2.0)
    assert made.error == "exit code 70: OSError: no such port"


def test_one_that_hung_keeps_that_as_its_error() -> None:
    made = worked(child(), 1.0)
    list(made.look(4.0, SITE))
    made.ended(Ended("child", 7, "signal 9", ""), 4.1)
    assert made.error == "no progress for 3 s"


def test_renewed_it_is_asked_to_end_and_that_is_no_failure() -> None:
    made = worked(child(), 100.0)
    assert list(made.renew(100.0)) == [Kill(7, signal.SIGTERM)]
    made.ended(Ended("child", 7, "exit code 0", ""), 100.1)
    assert list(made.look(100.1, "new.yaml")) == [StartOrder("child", "new.yaml")]
    assert made.error is None and made.failing == 0


def test_one_that_does_not_end_when_asked_to_is_killed() -> None:
    made = worked(child(), 100.0)
    list(made.renew(100.0))
    assert list(made.look(101.1, SITE)) == KILLED


def test_a_pause_of_the_whole_box_counts_for_nothing() -> None:
    made = worked(child(), 10.0)
    made.forgive(3600.0)
    assert list(made.look(3611.0, SITE)) == []
    assert list(made.look(3613.0, SITE)) == KILLED


def test_a_new_supervisor_takes_over_who_runs() -> None:
    made = Child("child", ROW, restarts=4)
    made.adopt(6, 50.0)  # it did not die
    made.adopt(7, 50.0)
    assert made.pid == 7 and made.undying == [6] and list(made.look(50.0, SITE)) == []
    assert list(made.look(50.0 + START_S + 0.1, SITE)) == KILLED  # hung between two looks


@given(st.lists(st.tuples(st.sampled_from(["look", "progress", "end", "heavy", "renew", "pause"]), st.floats(0, 5))))
def test_whatever_happens_there_is_one_of_it_and_it_comes_back(steps: list[tuple[str, float]]) -> None:
    """Never two starts without an end or a left-behind between them; where a start is possible, it comes in 60 s."""
    made, now, pids = Child("child", ROW), 0.0, iter(range(1, 10_000))
    alive: set[int] = set()

    def obey(orders: list[StartOrder | Kill]) -> None:
        for order in orders:
            if isinstance(order, StartOrder):
                assert alive == set(made.undying)
                alive.add(pid := next(pids))
                made.started(pid, now)

    for step, wait in steps:
        now += wait
        if step == "progress":
            made.progressed(now)
        elif step == "end" and alive:
            alive.remove(pid := max(alive))
            made.ended(Ended("child", pid, "signal 9", ""), now)
        elif step == "heavy":
            obey(list(made.weighed(1000.0, now)))
        elif step == "renew":
            obey(list(made.renew(now)))
        elif step == "pause":
            made.forgive(wait)
        obey(list(made.look(now, SITE)))
        assert len(alive) <= 3
    for pid in sorted(alive):
        made.ended(Ended("child", pid, "signal 9", ""), now)
    alive.clear()
    obey(list(made.look(now + 60.0, SITE)))
    assert len(alive) == 1
