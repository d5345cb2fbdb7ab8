"""How the processes ask for their place at the processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rsu.daemon import processes

ASK = """
import os, threading
from rsu.daemon.process import prioritise
prioritise({nice})
thread_policies = []
thread = threading.Thread(target=lambda: thread_policies.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, os.getpriority(os.PRIO_PROCESS, 0), thread_policies[0])
"""


def asked(nice: int | None) -> tuple[int, int, int]:
    """Return policy and nice of a process that asks, and the policy of a thread that it starts then."""
    told = subprocess.run([sys.executable, "-c", ASK.format(nice=nice)], capture_output=True, text=True, check=True)
    policy, is_nice, thread = map(int, told.stdout.split())
    return policy, is_nice, thread


def test_the_station_alone_is_real_time() -> None:
    assert [name for name, row in processes.PROCESSES.items() if row.nice is None] == ["station"]


def test_a_service_steps_back() -> None:
    assert asked(19)[:2] == (os.SCHED_OTHER, 19)


def test_the_station_runs_in_real_time_where_it_may_and_its_helpers_do_not() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    except PermissionError:
        pytest.skip("real-time scheduling is not allowed here")
    assert asked(None) == (os.SCHED_RR, os.getpriority(os.PRIO_PROCESS, 0), os.SCHED_OTHER)
