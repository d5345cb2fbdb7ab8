"""The corridor as a run of the bench: N boxes along one road, each with its devices, its daemon and its page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from rsu.bench.plan import CONFIGS

PROFILE = CONFIGS / "ti-traffic-68xx.cfg"


class CorridorPlan(NamedTuple):
    """The processes of a demo of several boxes; `box-K.NAME` is a process of a box."""

    run: Path
    boxes: int
    seed: int
    daemon_environment: Mapping[str, str] = {}

    @property
    def folders(self) -> list[Path]:
        """Return the run folders of the boxes."""
        return [self.run / f"box-{box}" for box in range(1, self.boxes + 1)]

    def pages(self) -> list[str]:
        """Return the addresses of the boxes' pages."""
        pages = (YAML(typ="safe").load(folder / "site.yaml")["page"] for folder in self.folders)
        return [f"http://{page['host']}:{page['port']}/" for page in pages]

    def commands(self) -> dict[str, list[str]]:
        """Return the command line of every process, in starting order."""
        whole = ["--run", str(self.run), "--boxes", str(self.boxes)]
        commands = {
            "world": ["sim.corridor_world", *whole, "--seed", str(self.seed)],
            "judge": ["sim.corridor_judge", *whole],
        }
        for folder in self.folders:
            run = ["--run", str(folder)]
            bench = folder / "bench.yaml"
            for name in YAML(typ="safe").load(bench)["emulators"]:
                commands[f"{folder.name}.{name}"] = ["sim.emulate", str(bench), name, *run]
            daemon = ["rsu.cli.main", "run", str(folder / "site.yaml"), *run, "--data", str(folder / "data")]
            commands[f"{folder.name}.daemon"] = daemon
        return {name: [sys.executable, "-m", *command] for name, command in commands.items()}


def plan_of(folder: Path, boxes: int, seed: int) -> CorridorPlan:
    """Write the files of all boxes into an empty run folder; return the processes."""
    made = ["--boxes", str(boxes), "--out", str(folder), "--profile", str(PROFILE), "--seed", str(seed)]
    subprocess.run([sys.executable, "-m", "sim.corridor_site", *made], check=True)
    return CorridorPlan(folder, boxes, seed)
