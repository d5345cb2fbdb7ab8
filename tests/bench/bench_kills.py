"""`python -m tests.bench kills [--kills N] [--stops N] [--seed N]`: kill -9 and SIGSTOP at random, judged from outside.

The real demo site: emulators, broker, platform, daemon. SPAT is heard on the emulated radio; the platform's archive is
held against the records that the uplink committed; recordings and spool are verified at the end. The daemon's root
process is started again by the bench, as systemd would. Figures in build/bench/kills.json; exit code 1: a limit was
exceeded.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import zmq

from hw.radio.protocol import AgentError, parse_transmit
from rsu.bench.plan import plan_of, prepare
from rsu.bench.processes import Running
from rsu.bus.records import Processes, UplinkState
from rsu.bus.sockets import Subscriber
from rsu.recording.errors import RecordingError
from rsu.recording.recover import recover, unfinished
from rsu.recording.verify import integrity
from tests.bench_file import keep
from v2x import KINDS, CodecError, dsmp

LIMITS_S = {"kill": 3.5, "stop": 15.0, "root": 10.0}  # of SPAT's silence; the root process starts with nothing loaded
WARM_S, DRAIN_S = 20.0, 20.0
KILL_PAUSE_S, STOP_PAUSE_S = (2.0, 5.0), (14.0, 18.0)
SERVICES = ("uplink", "recorder", "web", "video.video-north")
_datagram = msgspec.msgpack.Decoder(tuple[int, bytes]).decode


class Blow(NamedTuple):
    """One kill or stop, and the longest silence of SPAT from then until the next."""

    at_s: float
    what: str
    how: str
    silent_s: float


class Ear:
    """Hears SPAT on the air, and the daemon's own word on its processes."""

    def __init__(self, run: Path) -> None:
        self._air: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._air.setsockopt(zmq.RCVHWM, 0)
        self._air.connect(f"ipc://{run / 'air.ipc'}")
        self._air.subscribe(b"tx")
        self._bus = Subscriber(run, ["processes", "uplink"])
        self.heard_s = float("-inf")
        self.longest_s = 0.0  # silence since `begin`
        self.spats = 0
        self.pids: dict[str, int] = {}
        self.uplink: UplinkState | None = None

    def begin(self) -> None:
        """Count silence from now on."""
        self.longest_s = 0.0

    def until(self, end_s: float) -> None:
        """Listen until a monotonic time."""
        while (left_s := end_s - time.monotonic()) > 0:
            if self._air.poll(int(min(20.0, left_s * 1000))):
                self._hear(self._air.recv_multipart()[1])
            self.longest_s = max(self.longest_s, time.monotonic() - self.heard_s)
            for _, record in self._bus.records():
                if isinstance(record, Processes):
                    self.pids = {view.name: view.pid for view in record.processes if view.pid is not None}
                elif isinstance(record, UplinkState):
                    self.uplink = record

    def _hear(self, payload: bytes) -> None:
        try:
            kind = KINDS.get(dsmp.parse(parse_transmit(_datagram(payload)[1]).payload).aid, "")
        except (AgentError, CodecError):
            return
        if kind.startswith("spat"):
            self.heard_s = time.monotonic()
            self.spats += 1


def blows(source: random.Random, kills: int, stops: int) -> list[tuple[str, str]]:
    """Return the faults and the processes they strike, in a random order; a broker that stops is no fault of ours."""
    ours = ["station", "station", "supervisor", *SERVICES]
    todo = [("kill", source.choice([*ours, *ours, "broker", "daemon"])) for _ in range(kills)]
    todo += [("stop", source.choice(ours)) for _ in range(stops)]
    source.shuffle(todo)
    return todo


def strike(bench: Running, ear: Ear, how: str, what: str) -> None:
    """Do it, and start again each process that has no supervisor."""
    if what in bench.names:
        bench.kill(what)
        bench.start(what)
    elif what in ear.pids:
        try:
            os.kill(ear.pids[what], signal.SIGKILL if how == "kill" else signal.SIGSTOP)
        except ProcessLookupError:
            print(f"{what} had just ended", file=sys.stderr)


def run(folder: Path, kills: int, stops: int, seed: int) -> dict[str, Any]:
    """Run the bench; return its figures."""
    source = random.Random(seed)
    prepare(folder)
    bench = Running(plan_of(folder, "127.0.0.1", "sumo", 7))
    done: list[Blow] = []
    began = time.monotonic()
    try:
        for name in bench.names:
            bench.start(name)
        ear = Ear(folder)
        ear.until(time.monotonic() + WARM_S)
        for how, what in blows(source, kills, stops):
            at_s = time.monotonic() - began
            ear.begin()
            strike(bench, ear, how, what)
            ear.until(time.monotonic() + source.uniform(*(KILL_PAUSE_S if how == "kill" else STOP_PAUSE_S)))
            while time.monotonic() - ear.heard_s > 0.5 and ear.longest_s < 2 * LIMITS_S["stop"]:
                ear.until(time.monotonic() + 0.2)  # the next blow is for a crossing that is on air
            done.append(Blow(round(at_s, 1), what, "root" if what == "daemon" else how, round(ear.longest_s, 2)))
            print(f"{done[-1].at_s:7.1f} s  {how} {what}: SPAT silent for {done[-1].silent_s} s", file=sys.stderr)
        drain(ear)
    finally:
        bench.stop(["daemon"])
        bench.stop(bench.names)
    return figures(done) | records(folder) | files(folder) | {"spats": ear.spats}


def drain(ear: Ear) -> None:
    """Wait until the platform has everything."""
    deadline = time.monotonic() + DRAIN_S
    while time.monotonic() < deadline and (ear.uplink is None or ear.uplink.waiting > 20):
        ear.until(time.monotonic() + 0.5)


def figures(done: list[Blow]) -> dict[str, Any]:
    """Return how long SPAT was silent, by fault and process."""
    found: dict[str, Any] = {"blows": len(done), "limits_s": LIMITS_S}
    for how, limit_s in LIMITS_S.items():
        own = [blow for blow in done if blow.how == how]
        found[how] = {
            "count": len(own),
            "longest_s": max((blow.silent_s for blow in own), default=0.0),
            "over": sum(blow.silent_s > limit_s for blow in own),
            "by_process": {
                name: max(blow.silent_s for blow in own if blow.what == name) for name in sorted({b.what for b in own})
            },
        }
    return found


def records(folder: Path) -> dict[str, Any]:
    """Hold the platform's archive against the spool: a committed record that neither has is lost."""
    with sqlite3.connect(folder / "platform.sqlite") as archive:
        rows = archive.execute("SELECT boot, first, seq FROM record").fetchall()
    with sqlite3.connect(folder / "data/uplink.sqlite") as spool:
        sound = spool.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        committed = dict(spool.execute("SELECT name, last FROM boot").fetchall())
        rows += spool.execute("SELECT boot, first, seq FROM record").fetchall()
    have: dict[str, set[int]] = {}
    for boot, first, seq in rows:
        have.setdefault(boot, set()).update(range(first, seq + 1))
    lost = {boot: len(set(range(1, last + 1)) - have.get(boot, set())) for boot, last in committed.items()}
    return {"committed": sum(committed.values()), "lost": sum(lost.values()), "spool_sound": sound}


def files(folder: Path) -> dict[str, Any]:
    """Verify every file that is left, after the recovery that the next start would do."""
    recordings = folder / "data/recordings"
    corrupt = [str(path) for path in folder.rglob("*.damaged")]
    for path in unfinished(recordings):
        try:
            recover(path)
        except (OSError, RecordingError) as error:
            corrupt.append(f"{path}: {error}")
    whole = sorted(recordings.glob("*.mcap"))
    corrupt += [str(path) for path in whole if integrity(path)]
    return {"recordings": len(whole), "corrupt": corrupt}


def main() -> None:
    """Run it; print and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", type=Path, default=Path(tempfile.gettempdir()) / "rsu-kills")
    options = parser.parse_args()
    found = run(options.run, options.kills, options.stops, options.seed)
    keep("kills", found)
    print(json.dumps(found, indent=1))
    fine = not (any(found[how]["over"] for how in LIMITS_S) or found["lost"] or found["corrupt"])
    sys.exit(not (fine and found["spool_sound"]))


if __name__ == "__main__":
    main()
