"""A flood on the radio's port: does it delay SPAT, put a false road user on air, or fill the memory (G9, F26)?

    python -m tests.bench flood [--seconds 600] [--calm 30] [--run DIR]

Method: the demo site's real processes (world, emulators, daemon). After a calm time the emulated radio hears 2000
frames a second: ghosts, invented ambulances, teleporting ones, far places, another region, replays, noise; beside it
200 datagrams a second come to the port from another address, and, where raw sockets are allowed, 200 from the radio's
own, forged. Intervals are those in which SPAT arrives at the radio, and those in which the station says that it handed
it over; jitter is the 99th percentile of how far they are from 100 ms. Beside them a peer of higher
priority than the station only sleeps (tests/bench/stalls.py): by its lateness, the machine stood still for all, and
`longest_own_ms` is without that. Figures go to build/bench/flood.json; exit code 1: longest SPAT interval, without
the machine's own stalls, over 120 ms, jitter changed by more than 10 % of the period, an invented road user or an
emergency on air, or the station's memory grew by more than 20 MiB in the last half (the first minute fills the
kept for the recorder).
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import zmq

import v2x
from hw.endpoint import split_address
from hw.radio.protocol import AgentError, ReceivedFrame, encode_received, parse_transmit
from rsu.bench.plan import ADDRESS, plan_of, prepare
from rsu.bench.processes import Plan, Running
from rsu.bench.watch import Watch
from rsu.bus.records import Sent
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Subscriber
from rsu.site import config
from sim.hostile import INVENTED
from tests.bench.stalls import Stalls, own
from tests.bench_file import keep
from v2x import dsmp

LEFT_OUT = {"broker", "platform", "listener", "video-north"}  # the cost of drawing and uploading is left out
START_S, LONGEST_MS, JITTER_MS, GROWTH_MIB = 40.0, 120.0, 10.0, 20.0
STRANGERS_HZ = 200
EMERGENCY = 905
MIB = 1 << 20


class Air:
    """Frames that arrive at the radio."""

    def __init__(self, run: Path) -> None:
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(f"ipc://{run / 'air.ipc'}")
        self._socket.subscribe(b"tx")
        self.spat_ns: list[int] = []
        self.invented: set[str] = set()
        self.emergencies = 0

    def step(self) -> None:
        """Read all frames that wait."""
        while self._socket.poll(0):
            arrival_ns, datagram = msgspec.msgpack.decode(self._socket.recv_multipart()[1])
            try:
                message = v2x.decode(dsmp.parse(parse_transmit(datagram).payload).payload)
            except (AgentError, v2x.CodecError):
                continue
            if isinstance(message, v2x.SignalPhaseAndTiming):
                self.spat_ns.append(arrival_ns)
            elif isinstance(message, v2x.RoadsideSafetyMessage):
                ids = {one.id for one in message.participants if one.id is not None}
                self.invented |= {one.hex() for one in ids if one.startswith(INVENTED)}
            else:
                self.emergencies += sum(each.event_type == EMERGENCY for each in getattr(message, "events", ()))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def strangers(plan: Plan, stop: threading.Event, done: dict[str, int]) -> None:
    """Send to the radio's port from another address, and with a forged one where that is allowed."""
    settings = config.load(plan.site).drivers["radio"].ports()["link"].endpoint.udp
    assert settings is not None
    target, agent = split_address(settings.listen), split_address(settings.peer)
    with ExitStack() as stack:
        other = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        other.bind(("127.0.0.9", 0))
        try:
            raw = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))
        except PermissionError:
            raw = None
        while not stop.wait(0.05):
            for datagram in _datagrams(STRANGERS_HZ // 20):
                other.sendto(datagram, target)
                done["from another address"] += 1
                if raw is not None:
                    raw.sendto(_forged(agent, target, datagram), target)
                    done["forged"] += 1


def _datagrams(count: int) -> Iterator[bytes]:
    frame = dsmp.frame(111, bytes(40))
    for number in range(count):
        yield encode_received(ReceivedFrame(111, number, time.time_ns(), None, frame))


def _forged(source: tuple[str, int], target: tuple[str, int], data: bytes) -> bytes:
    """Return an IPv4 packet with a UDP datagram of another sender; the kernel fills in the IP checksum."""
    udp = struct.pack(">HHHH", source[1], target[1], 8 + len(data), 0) + data
    addresses = socket.inet_aton(source[0]), socket.inet_aton(target[0])
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0, *addresses) + udp


class Meter:
    """Follows bench and daemon."""

    def __init__(self, run: Path) -> None:
        self.air, self.watch, self._bus = Air(run), Watch(run), Subscriber(run, ["sent"])
        self.handed_ns: list[int] = []  # SPAT, by the station's own word
        self.rss: list[float] = []  # MiB, once a second

    def follow(self, seconds: float) -> dict[str, dict[str, float]]:
        """Return the figures of the SPAT intervals of the next seconds."""
        first, handed = len(self.air.spat_ns), len(self.handed_ns)
        end, sampled = time.monotonic() + seconds, 0.0
        while (now := time.monotonic()) < end:
            self.watch.step(0.05)
            self.air.step()
            spat = (record for _, record in self._bus.records() if isinstance(record, Sent) and record.kind == "spat")
            self.handed_ns += [record.stamp_ns for record in spat]
            if now - sampled >= 1.0:
                sampled = now
                self._sample()
        return {"radio": figures(self.air.spat_ns[first:]), "station": figures(self.handed_ns[handed:])}

    def _sample(self) -> None:
        processes = self.watch.processes.processes if self.watch.processes else []
        pid = next((each.pid for each in processes if each.name == "station"), None)
        if pid is not None and psutil.pid_exists(pid):
            self.rss.append(psutil.Process(pid).memory_info().rss / MIB)

    @property
    def snapshot(self) -> Snapshot | None:
        """Return the station's newest word."""
        return self.watch.snapshot


def figures(times_ns: list[int]) -> dict[str, float]:
    """Return the figures of the intervals between times, ms."""
    intervals = np.diff(times_ns) / 1e6 if len(times_ns) > 1 else np.array([np.inf])
    off = np.abs(intervals - 100.0)
    return {
        "count": len(intervals),
        "longest_ms": round(float(intervals.max()), 1),
        "jitter_p50_ms": round(float(np.percentile(off, 50)), 2),
        "jitter_p99_ms": round(float(np.percentile(off, 99)), 2),
    }


def measure(plan: Plan, calm_s: float, seconds: float) -> dict[str, object]:
    """Run the bench; return the figures."""
    bench, stop, sent = Running(plan), threading.Event(), {"from another address": 0, "forged": 0}
    names = [name for name in bench.names if name not in LEFT_OUT]
    try:
        for name in names:
            bench.start(name)
        meter = Meter(plan.run)
        began = time.monotonic()
        while len(meter.air.spat_ns) < 20 and time.monotonic() - began < START_S:
            meter.follow(0.5)
        calm = meter.follow(calm_s)
        before = dict(meter.snapshot.counters) if meter.snapshot else {}
        first, stalls = len(meter.air.spat_ns), Stalls()
        (plan.run / "radio.fault").write_text("flood")
        thread = threading.Thread(target=strangers, args=(plan, stop, sent), daemon=True)
        thread.start()
        flood = meter.follow(seconds)
        flood["radio"] |= own(meter.air.spat_ns[first:], stalls.end())
        stop.set()
        thread.join()
        meter.air.step()
        last = meter.snapshot
        after = dict(last.counters) if last else {}
        radio = next((each.counters for each in last.devices if each.name == "radio"), {}) if last else {}
    finally:
        stop.set()
        bench.stop(list(reversed(names)))
    judged = json.loads(bench.output("judge").splitlines()[-1]) if bench.output("judge") else {}
    late = meter.rss[len(meter.rss) // 2 :]
    return {
        "seconds": seconds,
        "limits": {"longest_ms": LONGEST_MS, "more_jitter_ms": JITTER_MS, "growth_mib": GROWTH_MIB},
        "more_jitter_ms": round(flood["radio"]["jitter_p99_ms"] - calm["radio"]["jitter_p99_ms"], 2),
        "growth_mib": round(max(late) - min(late), 1) if late else None,
        "calm": calm,
        "flood": flood,
        "invented_on_air": sorted(meter.air.invented),
        "emergencies_on_air": meter.air.emergencies,
        "rsm_wrong": judged.get("wrong", {}).get("rsm"),
        "rss_mib": [round(min(late), 1), round(max(late), 1)] if late else [],
        "beside": sent,
        "not_used": {name: after[name] - before.get(name, 0) for name in after if name.startswith(("air", "misb"))},
        "radio": radio,
    }


def verdicts(found: dict[str, Any]) -> list[str]:
    """Return the violated limits."""
    longest_ms = found["flood"]["radio"]["longest_own_ms"]
    wrong = []
    if longest_ms > LONGEST_MS:
        wrong.append(f"longest SPAT interval {longest_ms} ms")
    if found["more_jitter_ms"] > JITTER_MS:
        wrong.append(f"SPAT jitter {found['more_jitter_ms']} ms more than before the flood")
    if found["invented_on_air"] or found["emergencies_on_air"]:
        wrong.append("somebody invented is on air")
    if found["growth_mib"] is None or found["growth_mib"] > GROWTH_MIB:
        wrong.append(f"memory {found['rss_mib']}")
    return wrong


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench flood")
    parser.add_argument("--seconds", type=float, default=600.0, help="of flood")
    parser.add_argument("--calm", type=float, default=30.0, help="seconds before it")
    parser.add_argument("--run", type=Path, help="run folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = options.run or Path(folder) / "run"
        prepare(run)
        found = measure(plan_of(run, ADDRESS, "sumo", 7), options.calm, options.seconds)
    wrong = verdicts(found)
    print(json.dumps(found | {"wrong": wrong}, indent=1))
    keep("flood", found | {"wrong": wrong})
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
