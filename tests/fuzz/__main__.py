"""`make fuzz FUZZ_S=60`, `make fuzz FUZZ_N=1000000 FUZZ_TARGETS="uper-*"`: every parser of outside octets.

    python -m tests.fuzz [--seconds S] [--inputs N] [--seed N] [--jobs N] [--distil] [TARGET ...]

With seconds, each target is searched with atheris for so long, then its finds and their mutations are run without
instrumentation, to be timed; where atheris is not installed, the mutations alone take its place. With inputs, that many
mutations and noise are run, without atheris. Several targets run beside each other; times are CPU time. A failing input
lies in build/fuzz/TARGET beside its traceback; the figures in build/fuzz/report.json. Exit code 1: something failed,
was too slow or grew.

--distil writes to tests/fuzz/corpus the fewest of all known inputs that reach all lines that any of them reaches.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from typing import Any

from tests.fuzz import distil
from tests.fuzz.folders import BUILD, ROOT, digest
from tests.fuzz.judge import last_input
from tests.fuzz.targets import TARGETS

_TIMED_SHARE = 0.2  # of the seconds of a target, at least 2 s
_EXECUTED = re.compile(rb"stat::number_of_executed_units:\s*(\d+)")


def main() -> int:
    """Run the command; return its exit code."""
    options = _options()
    names = [name for name in TARGETS if any(fnmatch(name, pattern) for pattern in options.targets)]
    if not names:
        sys.exit(f"no such target; there are {', '.join(TARGETS)}")
    if options.distil:
        for corpus in dict.fromkeys(TARGETS[name].corpus for name in names):
            print(f"{corpus:24} {distil.distil(corpus)}", flush=True)
        return 0
    has_atheris = importlib.util.find_spec("atheris") is not None
    with_atheris = has_atheris and not options.inputs
    if not has_atheris:
        print("atheris is not installed: seeded mutations without coverage guidance take its place", file=sys.stderr)
    print(f"seed {options.seed}", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:  # each target runs in processes of its own
        report = dict(zip(names, pool.map(lambda name: _run(name, options, with_atheris), names), strict=True))
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "report.json").write_text(json.dumps({"seed": options.seed, "targets": report}, indent=1))
    _summary(report)
    return int(any(_troubles(result) for result in report.values()))


def _summary(report: dict[str, dict[str, Any]]) -> None:
    """Print the outcome of all targets."""
    done = [result for result in report.values() if "inputs" in result]
    inputs = sum(result["guided"] + result["inputs"] for result in done)
    worst_ms, growth_mib = (max((result[key] for result in done), default=0.0) for key in ("worst_ms", "growth_mib"))
    failed = sum(bool(_troubles(result)) for result in report.values())
    print(f"{len(report)} targets, {inputs} inputs: {failed} not clean", end="; ")
    print(f"worst {worst_ms:.3f} ms, memory {growth_mib:+.1f} MiB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz every parser of outside octets.")
    parser.add_argument("targets", nargs="*", default=["*"], help="names or patterns; all when there is none")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each target")
    parser.add_argument("--inputs", type=int, default=0, help="for each target, instead of seconds")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**31, help="of everything random")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets beside each other")
    parser.add_argument("--distil", action="store_true", help="renew the corpus in the repository")
    return parser.parse_args()


def _run(name: str, options: argparse.Namespace, with_atheris: bool) -> dict[str, Any]:
    """Run a target and print its line."""
    guided, seconds = 0, options.seconds
    if with_atheris:
        done = _process("guided", name, seconds, 0, options.seed)
        found = _EXECUTED.search(done.stderr)
        guided, seconds = int(found[1]) if found else 0, max(2.0, seconds * _TIMED_SHARE)
        if done.returncode:
            BUILD.mkdir(parents=True, exist_ok=True)
            (BUILD / f"{name}.log").write_bytes(done.stderr)
    done = _process("timed", name, seconds, options.inputs, options.seed)
    if done.returncode:
        print(f"{name:24} ended with {done.returncode}", flush=True)
        sys.stderr.buffer.write(done.stderr)
        return {"failures": _ended(name, done)}
    result: dict[str, Any] = {"guided": guided, **json.loads(done.stdout)}
    result["failures"] |= {path.name: path.read_text() for path in sorted((BUILD / name).glob("crash-*.txt"))}
    print(f"{name:24} {guided:9} guided {result['inputs']:9} timed  worst {result['worst_ms']:8.3f} ms", end="  ")
    print(f"memory {result['growth_mib']:+6.1f} MiB  {'; '.join(_troubles(result)) or 'clean'}", flush=True)
    return result


def _ended(name: str, done: subprocess.CompletedProcess[bytes]) -> dict[str, str]:
    """Keep the input at which a process ended; return its last words."""
    data = last_input(BUILD / name)
    (BUILD / name / f"crash-{digest(data)}").write_bytes(data)
    return {f"exit code {done.returncode} at {digest(data)}": done.stderr.decode(errors="replace")}


def _process(mode: str, name: str, seconds: float, count: int, seed: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tests.fuzz.one", mode, name, str(seconds), str(count), str(seed)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def _troubles(result: dict[str, Any]) -> list[str]:
    troubles = [f"{len(result['failures'])} failures"] if result["failures"] else []
    troubles += [result["slow"]] if result.get("slow") else []
    return troubles + (["memory grows"] if result.get("grew") else [])


if __name__ == "__main__":
    sys.exit(main())
