"""`rsu demo`: the bench world, the daemon, an independent listener; their measurements at the end."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from hw.detail import Detail
from rsu.bench.plan import plan_of, prepare, with_mixed_devices, with_network
from rsu.bench.processes import Cut, Running
from rsu.bench.watch import Watch, say
from rsu.bus.records import UplinkState
from rsu.cli.common.language import spoken
from rsu.cli.common.versions import versions
from rsu.core.errors import AlreadyRunningError
from rsu.core.exits import Exit
from rsu.daemon import processes
from rsu.daemon.zygote import SUPERVISOR
from rsu.site import config

_DRAIN_S = 1.0  # for the platform's last acknowledgements
_MIB = 1 << 20


_NO_PROCESS = Detail("--cut: there is no {}; there are {}", "--cut：没有 {}；可选 {}")
_BEGIN = Detail("page: {}   run folder: {}   end with Ctrl-C", "页面：{}   运行目录：{}   Ctrl-C 结束")
_ENDED = Detail("{} ended with exit code {}", "{} 以退出码 {} 结束")
_PORTS = Detail("{} cannot run: does another demo use its ports?", "{} 无法运行：是否有另一个演示占用其端口？")
_KILLED = Detail("kill -9 {} ({}); the daemon starts it again", "kill -9 {}（{}）；守护程序会重新启动它")


class Wishes(NamedTuple):
    """The caller's options of a demo."""

    seconds: float | None  # None: until interrupted
    as_json: bool
    cuts: list[Cut]
    source: str
    seed: int
    address: str
    run: Path | None
    scenario: str | None = None
    liars: int = 0  # so many of the vehicles that send at once lie
    mixed: bool = False  # one device of each kind
    model: Path | None = None  # ONNX file of a network that looks at the video camera's pictures too


def run_demo(wishes: Wishes, stop: threading.Event) -> None:
    """Run the demo until its time is over or `stop`; print the summary on stdout."""
    folder = wishes.run or Path(tempfile.gettempdir()) / "rsu-demo"
    prepare(folder)
    change = partial(_change, wishes) if wishes.mixed or wishes.model is not None else None
    plan = plan_of(folder, wishes.address, wishes.source, wishes.seed, wishes.scenario, change, wishes.liars)
    site = config.load(plan.site).site
    names = [*plan.commands(), SUPERVISOR, *processes.names(site)]
    unknown = {cut.name for cut in wishes.cuts} - {*names}
    if unknown:
        raise ValueError(_NO_PROCESS.of(", ".join(sorted(unknown)), ", ".join(names)))
    bench = Running(plan)
    page = site.page
    for name in bench.names:
        bench.start(name)
    say(_BEGIN.of(f"http://{page.host}:{page.port}/", folder).told(spoken()))
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


def _change(wishes: Wishes, configs: Path) -> None:
    """Change the site and bench file of a folder as the caller wishes."""
    if wishes.mixed:
        with_mixed_devices(configs)
    if wishes.model is not None:
        with_network(wishes.model.resolve(), configs)


def _loop(bench: Running, watch: Watch, seconds: float | None, cuts: list[Cut], stop: threading.Event) -> None:
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
                say(_ENDED.of(name, code).told(spoken()))
                gone.add(name)
                if code == Exit.CONFLICT or name == "daemon":
                    raise AlreadyRunningError(_PORTS.of(name))


def _cut(bench: Running, watch: Watch, name: str, kill: bool) -> None:
    if name in bench.names:
        say(f"{'kill -9' if kill else 'start'} {name}")
        (bench.kill if kill else bench.start)(name)
    elif kill and watch.processes is not None:
        pid = next((p.pid for p in watch.processes.processes if p.name == name), None)
        if pid is not None:
            say(_KILLED.of(name, pid).told(spoken()))
            psutil.Process(pid).kill()


def _drain(watch: Watch) -> None:
    deadline = time.monotonic() + _DRAIN_S
    while time.monotonic() < deadline:
        watch.step(0.05)


def _bench_processes(bench: Running) -> dict[str, dict[str, float]]:
    figures = {}
    for name, pid in bench.pids.items():
        process = psutil.Process(pid)
        times, memory = process.cpu_times(), process.memory_info()
        figures[name] = {"cpu_s": round(times.user + times.system, 2), "rss_peak_mib": round(memory.rss / _MIB, 1)}
    return figures


def _summary(bench: Running, watch: Watch, own: dict[str, dict[str, float]]) -> dict[str, Any]:
    heard = _json(bench.output("listener"))
    processes = {
        p.name: {"cpu_s": p.cpu_s, "rss_peak_mib": p.rss_peak_mib, "restarts": p.restarts}
        for p in (watch.processes.processes if watch.processes else [])
    }
    judged = _json(bench.output("judge"))
    events = judged.pop("events", {})
    return heard | {
        "latency_ms": watch.latency.percentiles(),
        "gaps": watch.gaps(),
        "judged": judged,
        "events": events,
        "uplink": _uplink(watch.uplink, _json(bench.output("platform"))),
        "processes": processes | {f"bench.{name}": figures for name, figures in own.items()},
        "changes": watch.changes,
        "engine": versions(),
    }


def _uplink(state: UplinkState | None, platform: dict[str, Any]) -> dict[str, Any]:
    """Return the fate of the records; `platform`: its output, empty when it was killed."""
    if state is None:
        return {"spooled": 0, "acknowledged": 0, "waiting": 0, "lost": 0, "refused": 0, "platform": platform}
    gone = [sum(each.values()) for each in (state.evicted, state.refused, state.set_aside)]
    return {
        "spooled": state.spooled,
        "acknowledged": state.acknowledged,
        "waiting": state.waiting,
        "evicted": state.evicted,
        "lost": state.spooled - state.acknowledged - state.waiting - sum(gone),
        "refused": platform.get("refused", sum(state.refused.values())),
        "examples": platform.get("examples", []),
        "troubles": state.troubles,
        "platform": platform,
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
    for key in ("messages", "judged", "events", "latency_ms", "age_ms", "accuracy", "uplink"):
        print(f"{key}:")
        for name, value in summary.get(key, {}).items():
            print(f"  {name}: {value}")
