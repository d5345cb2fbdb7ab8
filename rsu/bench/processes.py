"""The bench's processes: world, emulators, broker, platform, listener, daemon; started, cut and ended by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from ruamel.yaml import YAML

from rsu.core.parent import die_with_us

_STOP_S = 1.7


class Cut(NamedTuple):
    """A process killed with SIGKILL `at_s` into the demo and started again `for_s` later."""

    name: str
    at_s: float
    for_s: float

    @classmethod
    def parse(cls, text: str) -> Cut:
        """Read NAME@S+D. ValueError: another form."""
        name, at, times = text.partition("@")
        start, plus, length = times.partition("+")
        if not (name and at and plus):
            raise ValueError(f"--cut {text!r}: expected NAME@S+D, as in radar-north@20+10")
        return cls(name, float(start), float(length))


class Plan(NamedTuple):
    """The processes and ports of a demo."""

    site: Path
    bench: Path
    run: Path
    source: str
    seed: int
    broker: tuple[str, int]  # address, port
    reference_deg: tuple[float, float]  # latitude, longitude in degrees
    node: tuple[int, int]  # region and id of the crossing
    range_m: float  # around the reference: where accuracy is judged
    scenario: str | None = None  # of sim/scenarios.py: a scripted scene among the traffic
    daemon_environment: Mapping[str, str] = {}  # on top of this process's own

    def commands(self) -> dict[str, list[str]]:
        """Return the command line of every process, in starting order."""
        run = ["--run", str(self.run)]
        scene = ["--scenario", self.scenario] if self.scenario else []
        broker = ["--address", self.broker[0], "--port", str(self.broker[1])]
        latitude, longitude = self.reference_deg
        emulators = YAML(typ="safe").load(self.bench.read_text(encoding="utf-8"))["emulators"]
        commands = {
            "broker": ["sim.broker", *run, *broker],
            "platform": ["sim.platform", *run, *broker, "--json"],
            "world": ["sim.world", *run, "--source", self.source, "--seed", str(self.seed), *scene],
            "listener": [
                "sim.listener", *run, "--air", f"ipc://{self.run}/air.ipc", "--bench", str(self.bench),
                f"--reference={latitude},{longitude}", "--range", str(self.range_m), "--json",
            ],
            "judge": [
                "sim.judge", *run, f"--reference={latitude},{longitude}", "--node", "/".join(map(str, self.node)),
            ],
        }  # fmt: skip
        commands |= {name: ["sim.emulate", str(self.bench), name, *run] for name in emulators}
        commands["daemon"] = ["rsu.cli.main", "run", str(self.site), *run, "--data", str(self.run / "data")]
        return {name: [sys.executable, "-m", *command] for name, command in commands.items()}


class AnyPlan(Protocol):
    """The processes of a run of the bench."""

    @property
    def run(self) -> Path:
        """Return the run folder."""

    @property
    def daemon_environment(self) -> Mapping[str, str]:
        """Return the daemon's environment on top of this process's own."""

    def commands(self) -> dict[str, list[str]]:
        """Return the command line of every process, in starting order."""


class Running:
    """The running processes of a plan. Their stdout is kept in the run folder."""

    def __init__(self, plan: AnyPlan) -> None:
        self._run = plan.run
        self._commands = plan.commands()
        self._environment = {"daemon": plan.daemon_environment}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._outputs: dict[str, IO[bytes]] = {}

    @property
    def names(self) -> list[str]:
        """Return the names of all processes, in starting order."""
        return list(self._commands)

    @property
    def pids(self) -> dict[str, int]:
        """Return the process ids of those that run."""
        return {name: child.pid for name, child in self._children.items() if child.poll() is None}

    def start(self, name: str) -> None:
        """Start one process; it ends when this one does, however that happens."""
        output = (self._run / f"{name}.out").open("wb")
        self._outputs[name] = output
        self._children[name] = subprocess.Popen(
            self._commands[name],
            stdout=output,
            env={**os.environ, **self._environment.get(name, {})},
            start_new_session=True,
            preexec_fn=die_with_us(),
        )

    def kill(self, name: str) -> None:
        """Kill one process as a power cut would."""
        self._children[name].kill()
        self._children[name].wait()

    def exit_code(self, name: str) -> int | None:
        """Return how a process ended; None while it runs."""
        return self._children[name].poll()

    def stop(self, names: list[str]) -> None:
        """Ask processes to end, all at once; kill those that have not ended after a moment."""
        running = [self._children[name] for name in names if name in self._children]
        for child in running:
            if child.poll() is None:
                os.kill(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_S
        for child in running:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for name in names:
            if name in self._outputs:
                self._outputs.pop(name).close()

    def output(self, name: str) -> bytes:
        """Return the output of a process that has ended."""
        return (self._run / f"{name}.out").read_bytes()
