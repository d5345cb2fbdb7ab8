"""`rsu demo`: the bench world, the daemon, an independent listener; what they measured at the end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil

from rsu import processes
from rsu.bench.processes import Bench, Cut, Plan
from rsu.bus import Subscriber
from rsu.cli.latency import LatencyMeter
from rsu.cli.main import versions
from rsu.errors import AlreadyRunningError
from rsu.exits import Exit
from rsu.records import DeviceView, Processes, Sent, Snapshot, UplinkState
from rsu.site import config
from rsu.supervisor import LOCK, lock

_PLACES = (Path(__file__).parents[2] / "configs", Path(sys.prefix) / "share/rsu/configs")  # repository, wheel
CONFIGS = next((place for place in _PLACES if place.exists()), _PLACES[0])
ADDRESS = "127.0.0.1"  # in the shipped files
_MARK = ".rsu-demo"  # stands in every run folder that a demo may empty
_JUDGED_RANGE_M = 60.0
_DRAIN_S = 1.0  # for the platform's last acknowledgements
_MIB = 1 << 20


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Watch:
    """Follows the bus during a demo: latency, the newest state of everything, changes of device states."""

    def __init__(self, run: Path) -> None:
        self._bus = Subscriber(run, ["sent", "snapshot", "uplink", "processes"])
        self.latency = LatencyMeter(run)
        self.uplink: UplinkState | None = None
        self.processes: Processes | None = None
        self.snapshot: Snapshot | None = None
        self.changes: list[tuple[float, str, str]] = []  # seconds into the demo, what, new state
        self._states: dict[str, str] = {}
        self._began = time.monotonic()
        self._began_ns = time.time_ns()

    def step(self, timeout_s: float) -> None:
        """Take in what comes within `timeout_s`."""
        self._bus.wait(timeout_s)
        for _, record in self._bus.records():
            self._take(record)
        self.latency.step()

    def _take(self, record: msgspec.Struct) -> None:
        if isinstance(record, Sent):
            self.latency.sent(record)
        elif isinstance(record, Snapshot):
            self.snapshot = record
            self._note({f"device {device.name}": _device_state(device) for device in record.devices})
            self._note({f"message {m.kind}": " ".join([m.decision, *m.reasons]) for m in record.messages})
        elif isinstance(record, UplinkState):
            self.uplink = record
            self._note({"uplink": "connected" if record.connected else "not connected"})
        elif isinstance(record, Processes):
            self.processes = record
            self._note({f"process {p.name}": f"{p.state} {p.pid}" for p in record.processes})

    def _note(self, states: dict[str, str]) -> None:
        for name, state in states.items():
            if self._states.get(name) != state:
                at = round(time.monotonic() - self._began, 2)
                self.changes.append((at, name, state))
                if name in self._states:
                    _say(f"{at:7.2f} s  {name}: {state}")
                self._states[name] = state

    def gaps(self) -> list[dict[str, float]]:
        """Return when nothing at all was on air for longer than a cycle and a half."""
        return [
            {"at_s": round((arrival - self._began_ns) / 1e9, 2), "ms": round(length / 1e6)}
            for arrival, length in self.latency.gaps
        ]

    def close(self) -> None:
        """Close the sockets."""
        self._bus.close()
        self.latency.close()


def _device_state(device: DeviceView) -> str:
    return device.state + (f" ({device.error})" if device.error else "")


class Wishes(NamedTuple):
    """What the caller of a demo wants."""

    seconds: float | None  # None: until interrupted
    as_json: bool
    cuts: list[Cut]
    source: str
    seed: int
    address: str
    run: Path | None
    scenario: str | None = None


def run_demo(wishes: Wishes, stop: threading.Event) -> None:
    """Run the demo until its time is over or `stop`; print the summary on stdout."""
    folder = wishes.run or Path(tempfile.gettempdir()) / "rsu-demo"
    _prepare(folder)
    plan = _plan(folder, _configs(folder, wishes.address), wishes.source, wishes.seed)
    plan = plan._replace(scenario=wishes.scenario and _known_scene(wishes.scenario))
    site = config.load(plan.site).site
    names = [*plan.commands(), *processes.of(site)]
    unknown = {cut.name for cut in wishes.cuts} - {*names}
    if unknown:
        raise ValueError(f"--cut: there is no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    bench = Bench(plan)
    page = site.page
    for name in bench.names:
        bench.start(name)
    _say(f"page: http://{page.host}:{page.port}/   run folder: {folder}   end with Ctrl-C")
    watch = Watch(folder)
    own: dict[str, dict[str, float]] = {}
    try:
        _loop(bench, watch, wishes.seconds, wishes.cuts, stop)
        if not stop.is_set():
            _drain(watch)
        own = _bench_processes(bench)
    finally:
        bench.stop(bench.names)
        watch.close()
    _print(_summary(bench, watch, own), wishes.as_json)


def _prepare(folder: Path) -> None:
    """Empty the run folder of an earlier demo. AlreadyRunningError: that one still runs; ValueError: it is none."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ValueError(f"--run {folder}: is not empty and not the run folder of a demo")
    with lock(folder):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name not in (LOCK, _MARK):
                entry.unlink()
        (folder / _MARK).touch()


def _configs(folder: Path, address: str) -> Path:
    """Return the folder of site and bench file; for another address than the shipped files' a copy of them."""
    if address == ADDRESS:
        return CONFIGS
    copy = Path(shutil.copytree(CONFIGS, folder / "configs"))
    for name in ("demo.yaml", "demo-bench.yaml"):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text.replace(ADDRESS, address), encoding="utf-8")
    return copy


def _plan(folder: Path, configs: Path, source: str, seed: int) -> Plan:
    loaded = config.load(configs / "demo.yaml")
    reference = loaded.site.site.reference
    platform = loaded.site.uplink.platform
    assert platform is not None, "the demo site has a platform"
    return Plan(
        site=loaded.path,
        bench=configs / "demo-bench.yaml",
        run=folder,
        source=source,
        seed=seed,
        broker=(platform.host, platform.port),
        reference=(reference.latitude_deg, reference.longitude_deg),
        node=(loaded.site.site.region, loaded.site.site.node),
        range_m=_JUDGED_RANGE_M,
    )


def _known_scene(name: str) -> str:
    """Return the name of a scripted scene. ValueError: the bench knows none of that name; says which it knows."""
    told = subprocess.run([sys.executable, "-m", "sim.scenarios"], capture_output=True, text=True, check=True).stdout
    if name not in [line.partition(":")[0] for line in told.splitlines()]:
        raise ValueError(f"--scenario {name}: there are\n{told}")
    return name


def _loop(bench: Bench, watch: Watch, seconds: float | None, cuts: list[Cut], stop: threading.Event) -> None:
    began = time.monotonic()
    todo = sorted([(cut.at_s, True, cut.name) for cut in cuts] + [(c.at_s + c.for_s, False, c.name) for c in cuts])
    gone: set[str] = set()
    while not stop.is_set() and (seconds is None or time.monotonic() - began < seconds):
        watch.step(0.05)
        while todo and time.monotonic() - began >= todo[0][0]:
            _, kill, name = todo.pop(0)
            _cut(bench, watch, name, kill)
            gone = gone | {name} if kill else gone - {name}
        for name in bench.names:
            if name not in gone and (code := bench.exit_code(name)) is not None:
                _say(f"{name} ended with exit code {code}")
                gone.add(name)
                if code == Exit.CONFLICT or name == "daemon":
                    raise AlreadyRunningError(f"{name} cannot run: does another demo use its ports?")


def _cut(bench: Bench, watch: Watch, name: str, kill: bool) -> None:
    if name in bench.names:
        _say(f"{'kill -9' if kill else 'start'} {name}")
        (bench.kill if kill else bench.start)(name)
    elif kill and watch.processes is not None:
        pid = next((p.pid for p in watch.processes.processes if p.name == name), None)
        if pid is not None:
            _say(f"kill -9 {name} ({pid}); the supervisor starts it again")
            psutil.Process(pid).kill()


def _drain(watch: Watch) -> None:
    deadline = time.monotonic() + _DRAIN_S
    while time.monotonic() < deadline:
        watch.step(0.05)


def _bench_processes(bench: Bench) -> dict[str, dict[str, float]]:
    figures = {}
    for name, pid in bench.pids.items():
        process = psutil.Process(pid)
        times, memory = process.cpu_times(), process.memory_info()
        figures[name] = {"cpu_s": round(times.user + times.system, 2), "rss_peak_mib": round(memory.rss / _MIB, 1)}
    return figures


def _summary(bench: Bench, watch: Watch, own: dict[str, dict[str, float]]) -> dict[str, Any]:
    heard = _json(bench.output("listener"))
    processes = {
        p.name: {"cpu_s": p.cpu_s, "rss_peak_mib": p.rss_peak_mib, "restarts": p.restarts}
        for p in (watch.processes.processes if watch.processes else [])
    }
    uplink, platform = watch.uplink, _json(bench.output("platform"))
    return heard | {
        "latency_ms": watch.latency.percentiles(),
        "gaps": watch.gaps(),
        "judged": _json(bench.output("judge")),
        "uplink": {
            "spooled": uplink.spooled if uplink else 0,
            "acknowledged": uplink.acknowledged if uplink else 0,
            "waiting": uplink.waiting if uplink else 0,
            "lost": uplink.spooled - uplink.acknowledged - uplink.waiting if uplink else 0,
            "platform": platform,
        },
        "processes": processes | {f"bench.{name}": figures for name, figures in own.items()},
        "changes": watch.changes,
        "engine": versions(),
    }


def _json(output: bytes) -> dict[str, Any]:
    """Return the last line of a process's output as JSON; empty when it printed none (it was killed)."""
    lines = output.splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return found


def _print(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary))
        return
    for key in ("messages", "judged", "latency_ms", "age_ms", "accuracy", "uplink"):
        print(f"{key}:")
        for name, value in summary.get(key, {}).items():
            print(f"  {name}: {value}")
