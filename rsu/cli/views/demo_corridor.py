"""`rsu demo --corridor N`: boxes along one road; their neighbours and the identities of road users at the end."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import Detail
from rsu.bench.corridor import plan_of
from rsu.bench.plan import prepare
from rsu.bench.processes import Running
from rsu.bench.watch import say
from rsu.cli.common.language import spoken
from rsu.core.errors import AlreadyRunningError
from rsu.core.exits import Exit

_LOOK_S = 0.2
_BEGIN = Detail("pages: {}   run folder: {}   end with Ctrl-C", "页面：{}   运行目录：{}   Ctrl-C 结束")
_SHOW = Detail("neighbours and identities: rsu corridor show --run {}", "邻站与标识：rsu corridor show --run {}")
_ENDED = Detail("{} ended with exit code {}", "{} 以退出码 {} 结束")
_PORTS = Detail("{} cannot run: does another demo use its ports?", "{} 无法运行：是否有另一个演示占用其端口？")


class CorridorWish(NamedTuple):
    """The caller's options."""

    boxes: int
    seconds: float | None  # None: until interrupted
    as_json: bool
    seed: int
    run: Path | None


def run_demo(wish: CorridorWish, stop: threading.Event) -> None:
    """Run the boxes until the time is over or `stop`; print the summary on stdout."""
    folder = wish.run or Path(tempfile.gettempdir()) / "rsu-demo-corridor"
    prepare(folder)
    plan = plan_of(folder, wish.boxes, wish.seed)
    bench = Running(plan)
    try:
        for name in bench.names:
            bench.start(name)
        say(_BEGIN.of(" ".join(plan.pages()), folder).told(spoken()))
        say(_SHOW.of(plan.folders[0]).told(spoken()))
        _loop(bench, wish.seconds, stop)
    finally:
        bench.stop(bench.names)
    _print(json.loads(bench.output("judge").splitlines()[-1]), wish.as_json)


def _loop(bench: Running, seconds: float | None, stop: threading.Event) -> None:
    """Wait for the end; tell of processes that end before it. AlreadyRunningError: ports are taken."""
    began_s = time.monotonic()
    gone: set[str] = set()
    while not stop.wait(_LOOK_S) and (seconds is None or time.monotonic() - began_s < seconds):
        for name in bench.names:
            if name not in gone and (code := bench.exit_code(name)) is not None:
                say(_ENDED.of(name, code).told(spoken()))
                gone.add(name)
                if code == Exit.CONFLICT or name.endswith(".daemon"):
                    raise AlreadyRunningError(_PORTS.of(name))


def _print(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary))
        return
    for key, rows in summary.items():
        print(f"{key}:")
        for name, value in rows.items():
            print(f"  {name}: {json.dumps(value)}")
