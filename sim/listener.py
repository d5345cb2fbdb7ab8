"""`python -m sim.listener`: hears everything the radio is given to send, decodes it, and judges it by the world.

    python -m sim.listener --run DIR --air ipc://DIR/air.ipc --bench FILE --reference LAT,LON --range M [--json]

It knows nothing of the daemon. On SIGINT or SIGTERM it prints one object and ends:

    messages.KIND     count (frames), rate_hz (from the first to the end; of RSM cycles, not frames), undecodable;
                      KIND `other`: no message of a known application id
    age_ms            p50, p95 over participants without the RSU itself: arrival of the datagram minus secMark
    accuracy          `sim.score.ScoreSummary`, one time step per RSM cycle: every participant as sent, at its secMark,
                      against the world at that time, within M metres of the reference point; one without a time is
                      as good as not sent. A road user left out of a cycle is kept, as a receiving vehicle does
                      (`sim.receiver`), and judged where it should be now; speeds are judged as sent. `recall` is of
                      that a camera or radar of the bench can see (`sim.sight`), `recall_all` of all, `v2x_only` the
                      share of those known from their own messages only
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import zmq

from perception.geo import Reference, to_site
from perception.scoring.assignment import CUTOFF_M
from sim import agent, bench, frames, sight
from sim.bench import SensorSpec
from sim.histogram import Histogram
from sim.receiver import BenchReceiver
from sim.score import GROUPS, Estimates, Score
from sim.truth import History
from v2x import KINDS, CodecError, Kind, Message, Participant, RoadsideSafetyMessage, decode, dsmp, kind_of

NAMES = ("bsm", "map", "rsm", "spat", "rsi", "other")
MINUTE_MS = 60_000
_GROUP = {name: number for number, name in enumerate(GROUPS)}

_datagram = msgspec.msgpack.Decoder(tuple[int, bytes]).decode


def stamp_of(sec_mark_ms: int, arrival_ns: int) -> int:
    """Return the time in ns UTC of a DSecond that is less than half a minute away from its arrival."""
    arrival_ms = arrival_ns // 1_000_000
    ahead = (sec_mark_ms - arrival_ms + MINUTE_MS // 2) % MINUTE_MS - MINUTE_MS // 2
    return (arrival_ms + ahead) * 1_000_000


class Tally:
    """How many messages of one kind came."""

    def __init__(self) -> None:
        self.count = 0
        self.cycles = 0
        self.undecodable = 0
        self.first_ns: int | None = None

    def heard(self, arrival_ns: int) -> None:
        """Count one frame."""
        self.count += 1
        self.first_ns = arrival_ns if self.first_ns is None else self.first_ns

    def summary(self, end_ns: int) -> dict[str, float]:
        """Return the figures; the rate needs a second at least."""
        seconds = 0.0 if self.first_ns is None else (end_ns - self.first_ns) / 1e9
        rate = round(self.cycles / seconds, 3) if seconds >= 1 else 0.0
        return {"count": self.count, "rate_hz": rate, "undecodable": self.undecodable}


class Listener:
    """Counts datagrams and judges RSM cycles. A cycle: all frames with one time of the RSU itself, participant 0."""

    def __init__(self, reference: Reference, reach: float, sensors: Sequence[SensorSpec]) -> None:
        self.world = History()
        self._sensors = sensors
        self._reference = reference
        self._reach = reach
        self._tallies = {name: Tally() for name in NAMES}
        self._ages = Histogram(1.0, 10_000)  # ms
        self._score = Score()
        self._cycle_ns: int | None = None
        self._cycle: list[tuple[int, Participant]] = []  # time of the secMark, participant
        self._receiver = BenchReceiver(reference)

    def datagram(self, arrival_ns: int, data: bytes) -> None:
        """Take one datagram that the radio was given."""
        name, message = _message(data)
        tally = self._tallies[name]
        tally.heard(arrival_ns)
        if message is None:
            tally.undecodable += 1
        elif isinstance(message, RoadsideSafetyMessage):
            self._rsm(arrival_ns, message)
        else:
            tally.cycles += 1

    def _rsm(self, arrival_ns: int, message: RoadsideSafetyMessage) -> None:
        timed = [
            (stamp_of(one.sec_mark_ms, arrival_ns), one) for one in message.participants if one.sec_mark_ms is not None
        ]
        own_ns = next((stamp for stamp, one in timed if one.ptc_id == 0), arrival_ns)
        if own_ns != self._cycle_ns:
            self.judge()
            self._cycle_ns = own_ns
            self._tallies["rsm"].cycles += 1
        others = [(stamp, one) for stamp, one in timed if one.ptc_id != 0]
        self._ages.add(np.array([(arrival_ns - stamp) / 1e6 for stamp, _ in others]))
        self._cycle += others

    def judge(self) -> None:
        """Judge the cycle that is complete now."""
        cycle, self._cycle = self._cycle, []
        if self._cycle_ns is None:
            return
        cycle = self._receiver.cycle(self._cycle_ns, cycle)
        stamps = np.array([stamp for stamp, _ in cycle], dtype=np.int64)
        truth = self.world.truth(self._cycle_ns, stamps, self._reach, CUTOFF_M, self._sensors)
        if truth is not None:
            self._score.add(self._estimates([one for _, one in cycle]), truth)

    def _estimates(self, participants: list[Participant]) -> Estimates:
        places = [one.position for one in participants]
        latitude = [np.nan if place is None else place.latitude_deg for place in places]
        longitude = [np.nan if place is None else place.longitude_deg for place in places]
        position = np.column_stack(to_site(latitude, longitude, self._reference))
        return Estimates(
            id=np.array([one.ptc_id for one in participants], dtype=np.int64),
            group=np.array([_GROUP.get(one.ptc_type, 0) for one in participants], dtype=np.int64),
            position_m=position,
            speed_mps=np.array([one.speed_mps for one in participants], dtype=np.float64),
            heading_deg=np.array([one.heading_deg for one in participants], dtype=np.float64),
            inside=~(np.hypot(position[:, 0], position[:, 1]) > self._reach),
        )

    def summary(self, end_ns: int) -> dict[str, Any]:
        """Return all figures, ready for JSON."""
        accuracy = self._score.summary()
        groups = {name: group._asdict() for name, group in accuracy.groups.items()}
        return {
            "messages": {name: tally.summary(end_ns) for name, tally in self._tallies.items()},
            "age_ms": {f"p{percent}": self._ages.percentile(percent) for percent in (50, 95)},
            "accuracy": accuracy._asdict() | {"groups": groups},
        }


def _message(data: bytes) -> tuple[str, Message | None]:
    """Return the kind of message that a datagram should hold by its application id, and the message if it does."""
    name = "other"
    try:
        dsm = dsmp.parse(agent.request(data).frame)
        name = _name(KINDS[dsm.aid]) if dsm.aid in KINDS else name
        message = decode(dsm.payload)
    except (agent.AgentOctetsError, CodecError):
        return name, None
    return name, message if _name(kind_of(message)) == name else None


def _name(kind: Kind) -> str:
    return kind.split("-")[0]


def listen(listener: Listener, world: zmq.Socket[bytes], air: zmq.Socket[bytes], stop: threading.Event) -> None:
    """Feed the listener from its sockets until told to stop; the world first, since the truth must be there."""
    poller = zmq.Poller()
    poller.register(world, zmq.POLLIN)
    poller.register(air, zmq.POLLIN)
    while not stop.is_set():
        ready = dict(poller.poll(100))
        if world in ready:
            listener.world.add(frames.decode(world.recv_multipart()[1]))
        if air in ready:
            listener.datagram(*_datagram(air.recv_multipart()[1]))


def _reference(text: str) -> Reference:
    latitude, longitude = map(float, text.split(","))
    return Reference(latitude, longitude)


def main() -> None:
    """Parse the command line, listen until a signal comes, print."""
    parser = argparse.ArgumentParser(prog="python -m sim.listener", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="folder of the world's socket")
    parser.add_argument("--air", required=True, metavar="ENDPOINT", help="where the emulated radio publishes")
    parser.add_argument("--bench", type=Path, required=True, metavar="FILE", help="where the sensors truly stand")
    parser.add_argument("--reference", type=_reference, required=True, metavar="LAT,LON", help="WGS-84 degrees")
    parser.add_argument("--range", type=float, required=True, metavar="M", help="radius of the judged region")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of readable lines")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    listener = Listener(options.reference, options.range, sight.sensors(bench.load(options.bench)))
    with zmq.Context() as context, context.socket(zmq.SUB) as world, context.socket(zmq.SUB) as air:
        world.connect(f"ipc://{options.run}/{frames.SOCKET}")
        world.subscribe(frames.TOPIC)
        air.connect(options.air)
        air.subscribe(b"tx")
        listen(listener, world, air, stop)
    listener.judge()
    json.dump(listener.summary(time.time_ns()), sys.stdout, indent=None if options.json else 1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
