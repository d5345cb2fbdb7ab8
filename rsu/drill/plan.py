"""The run of the bench in which a fault is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rsu.bench.plan import plan_of, prepare
from rsu.bench.processes import Plan
from rsu.drill.disks import release
from rsu.drill.fault import Fault


def planner(folder: Path, address: str, seed: int) -> Callable[[Fault], Plan]:
    """Return the function that empties the run folder and plans a run for a fault."""

    def plan(fault: Fault) -> Plan:
        release(folder / "data")
        prepare(folder)
        made = plan_of(folder, address, "sumo", seed, change=fault.prepare or (lambda configs: None))
        environment = fault.environment(folder) if fault.environment else {}
        return made._replace(daemon_environment=environment)

    return plan
