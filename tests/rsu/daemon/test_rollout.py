"""How the processes come onto a new site."""

from __future__ import annotations

import signal

from rsu.daemon.child import Child
from rsu.daemon.duty import Duty
from rsu.daemon.orders import Ended, Kill, StartOrder
from rsu.daemon.processes import ProcessRow
from rsu.daemon.rollout import Rollout

BEFORE = Duty("crossing", "site.yaml", "old.yaml", "1", [], {}, "")
NEW = "new.yaml"
PIDS = {"station": 1, "uplink": 2, "web": 3}


def family() -> dict[str, Child]:
    children = {}
    for name, pid in PIDS.items():
        child = children[name] = Child(name, ProcessRow("none", 12.0, 100, 10, 0))
        list(child.look(0.0, "old.yaml"))
        child.started(pid, 0.0)
        child.progressed(50.0)
    return children


def rolled(rollout: Rollout, children: dict[str, Child], now: float) -> list[int]:
    """Return which processes are asked to end now."""
    orders = [order for _, order in rollout.look(children, now)]
    assert all(order.number == signal.SIGTERM for order in orders)
    return [order.pid for order in orders]


def again(child: Child, pid: int, now: float) -> None:
    """Let a process end and start on the new site."""
    assert child.pid is not None
    child.ended(Ended(child.name, child.pid, "exit code 0", ""), now)
    assert list(child.look(now, NEW)) == [StartOrder(child.name, NEW)]
    child.started(pid, now)


def test_the_station_goes_over_at_work_then_one_by_one_those_that_must_start() -> None:
    children = family()
    rollout = Rollout(BEFORE, NEW, ["uplink", "web"], 100.0)
    assert rolled(rollout, children, 100.0) == [] == rolled(rollout, children, 103.0)
    children["station"].progressed(103.1, NEW)
    assert rolled(rollout, children, 103.2) == []
    assert rolled(rollout, children, 103.3) == [2]
    again(children["uplink"], 12, 103.4)
    assert rolled(rollout, children, 103.5) == []
    children["uplink"].progressed(103.9)
    assert rolled(rollout, children, 104.0) == [3]
    assert not rollout.over(104.1) and rollout.failed(children) is None and rollout.over(131.0)


def test_a_station_that_does_not_follow_is_started_on_the_new_site_before_all_others() -> None:
    children = family()
    rollout = Rollout(BEFORE, NEW, ["uplink"], 100.0)
    assert rolled(rollout, children, 104.9) == [] and rolled(rollout, children, 105.1) == [1]
    again(children["station"], 11, 105.2)
    assert rolled(rollout, children, 105.3) == []
    children["station"].progressed(106.0)
    assert rolled(rollout, children, 106.1) == [2]


def test_a_service_that_does_not_start_keeps_nobody_on_the_old_site() -> None:
    children = family()
    children["station"].progressed(99.0, NEW)
    rollout = Rollout(BEFORE, NEW, ["uplink", "web"], 100.0)
    assert rolled(rollout, children, 100.0) == [] and rolled(rollout, children, 100.1) == [2]
    again(children["uplink"], 12, 100.2)
    assert rolled(rollout, children, 111.0) == [] and rolled(rollout, children, 112.2) == [3]
    assert rollout.left == []


def test_a_service_that_has_started_on_the_new_site_by_itself_is_left_alone() -> None:
    children = family()
    children["station"].progressed(99.0, NEW)
    children["uplink"].ended(Ended("uplink", 2, "killed", ""), 99.5)
    assert list(children["uplink"].look(100.0, NEW)) == [StartOrder("uplink", NEW)]
    rollout = Rollout(BEFORE, NEW, ["uplink"], 100.0)
    assert rolled(rollout, children, 100.0) == [] == rolled(rollout, children, 100.1)


def test_a_station_that_does_not_start_leads_back() -> None:
    children = family()
    rollout = Rollout(BEFORE, NEW, PIDS, 90.0)
    assert rolled(rollout, children, 100.0) == [1]
    again(children["station"], 11, 100.1)
    assert rollout.failed(children) is None
    children["station"].ended(Ended("station", 11, "exit code 70", "KeyError: 3"), 100.5)
    assert rollout.failed(children) is BEFORE
    assert Rollout(None, NEW, PIDS, 100.6).failed(children) is None, "nowhere to go back to"


def test_who_waits_for_its_next_start_starts_at_once_on_the_new_site() -> None:
    children = family()
    station = children["station"]
    for pid in range(11, 18):
        station.ended(Ended("station", station.pid or 0, "exit code 70", ""), 50.0 + pid)
        station.started(pid, 50.0 + pid)
    station.ended(Ended("station", 17, "exit code 70", ""), 80.0)
    assert list(station.look(80.1, NEW)) == []
    assert rolled(Rollout(BEFORE, NEW, [], 80.1), children, 80.1) == []
    assert list(station.look(80.1, NEW)) == [StartOrder("station", NEW)]


def test_who_is_not_in_the_new_site_ends() -> None:
    child = family()["web"]
    child.retired = True
    assert list(child.renew(100.0)) == [Kill(3, signal.SIGTERM)]
    child.ended(Ended("web", 3, "exit code 0", ""), 100.1)
    assert child.pid is None and list(child.look(200.0, NEW)) == []
