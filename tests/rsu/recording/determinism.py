"""`python -m tests.rsu.recording.determinism [REC...]`: is a replay the same at any speed, in any process and machine?

Three runs x {1x, max} x {1, 2 workers} in each of two checkouts: this one and a copy of its tracked files, in which the
codec has no compiled engine. The runs differ in all that could reach the outputs by mistake: the seed of Python's
hashes, the time zone, and the processor, by switching off the instruction sets that numpy and its BLAS would use here.
Prints the hashes, keeps the figures; exit code 1 when they are not all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from tests.bench_file import keep
from tests.rsu.recording.golden_outputs import FOLDER

ROOT = Path(__file__).parents[3]
SPEEDS, WORKERS = ("1", "max"), ("1", "2")
FEATURES: list[str] = np.show_config(mode="dicts")["SIMD Extensions"]["found"]  # oldest first
MACHINES: list[dict[str, str]] = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES[1:])},
    {
        "PYTHONHASHSEED": "2",
        "TZ": "America/New_York",
        "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES),
        "OPENBLAS_CORETYPE": "Nehalem",
    },
]


def copy_checkout(target: Path) -> Path:
    """Copy the tracked files of this checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in listed.split("\0"):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


def hashes(checkout: Path, machine: dict[str, str], arguments: list[str]) -> list[str]:
    """Replay in a process of its own; return the hash of each recording."""
    environment = os.environ | machine | {"PYTHONPATH": f"{checkout}{os.pathsep}{checkout / 'codecs'}"}
    command = [sys.executable, "-m", "rsu.cli.main", "replay", *arguments, "--json"]
    done = subprocess.run(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["sha256"] for line in done.stdout.splitlines()]


def runs(recordings: list[Path]) -> Iterator[dict[str, object]]:
    """Yield the digest of each run."""
    with tempfile.TemporaryDirectory() as folder:
        checkouts = {"this": ROOT, "copy": copy_checkout(Path(folder))}
        for name, speed, workers, number in product(checkouts, SPEEDS, WORKERS, range(len(MACHINES))):
            arguments = [*map(str, recordings), "--speed", speed, "--workers", workers]
            found = hashes(checkouts[name], MACHINES[number], arguments)
            yield {"checkout": name, "speed": speed, "workers": int(workers), "run": number + 1, "sha256": found}


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.rsu.recording.determinism")
    golden = [FOLDER / "day.mcap", FOLDER / "sensor-loss.mcap"]
    parser.add_argument("recordings", nargs="*", type=Path, default=golden, metavar="REC")
    recordings = [path.resolve() for path in parser.parse_args().recordings]
    done = []
    for run in runs(recordings):
        done.append(run)
        print(*run.values(), flush=True)
    same = len({json.dumps(run["sha256"]) for run in done}) == 1
    print(f"{len(done)} runs: " + ("the same bytes" if same else "NOT THE SAME BYTES"))
    keep("determinism", {"same": same, "runs": done})
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
