"""How the processes come onto a new site."""

from __future__ import annotations

import signal

from rsu.daemon.child import Child
from rsu.daemon.duty import Duty
from rsu.daemon.orders import Ended, Kill, StartOrder
from rsu.daemon.processes import ProcessRow
from rsu.daemon.rollout import Rollout

BEFORE = Duty("crossing", "site.yaml", "old.yaml", "1", [], [], "")
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


def test_one_by_one_the_station_first_each_when_the_one_before_works() -> None:
    children = family()
    rollout = Rollout(BEFORE, PIDS, 100.0)
    assert rolled(rollout, children, 100.0) == [1]
    assert rolled(rollout, children, 100.1) == []
    again(children["station"], 11, 100.2)
    assert rolled(rollout, children, 100.3) == []
    children["station"].progressed(100.9)
    assert rolled(rollout, children, 101.0) == [2]
    again(children["uplink"], 12, 101.1)
    children["uplink"].progressed(101.5)
    assert rolled(rollout, children, 101.6) == [3]
    assert not rollout.over(101.7) and rollout.failed(children) is None and rollout.over(131.0)


def test_a_service_that_does_not_start_keeps_nobody_on_the_old_site() -> None:
    children = family()
    rollout = Rollout(BEFORE, ["uplink", "web"], 100.0)
    assert rolled(rollout, children, 100.0) == [2]
    again(children["uplink"], 12, 100.1)
    assert rolled(rollout, children, 111.0) == [] and rolled(rollout, children, 112.1) == [3]


def test_a_station_that_does_not_start_leads_back() -> None:
    children = family()
    rollout = Rollout(BEFORE, PIDS, 100.0)
    rolled(rollout, children, 100.0)
    again(children["station"], 11, 100.1)
    assert rollout.failed(children) is None
    children["station"].ended(Ended("station", 11, "exit code 70", "KeyError: 3"), 100.5)
    assert rollout.failed(children) is BEFORE
    assert Rollout(None, PIDS, 100.6).failed(children) is None, "nowhere to go back to"


def test_who_waits_for_its_next_start_starts_at_once_on_the_new_site() -> None:
    children = family()
    station = children["station"]
    for pid in range(11, 18):
        station.ended(Ended("station", station.pid or 0, "exit code 70", ""), 50.0 + pid)
        station.started(pid, 50.0 + pid)
    station.ended(Ended("station", 17, "exit code 70", ""), 80.0)
    assert list(station.look(80.1, NEW)) == []
    assert rolled(Rollout(BEFORE, ["station"], 80.1), children, 80.1) == []
    assert list(station.look(80.1, NEW)) == [StartOrder("station", NEW)]


def test_who_is_not_in_the_new_site_ends() -> None:
    child = family()["web"]
    child.retired = True
    assert list(child.renew(100.0)) == [Kill(3, signal.SIGTERM)]
    child.ended(Ended("web", 3, "exit code 0", ""), 100.1)
    assert child.pid is None and list(child.look(200.0, NEW)) == []
