"""The emulated radio: the agent protocol towards the host, the on-board units and an open ear on the air side.

All that the host transmits also goes to the port `air`, as msgpack (time of arrival in ns UTC, datagram), so
that a listener can judge the messages without touching the product.
"""

from __future__ import annotations

from itertools import cycle

import msgspec

from sim import agent
from sim.bench import Bench, RadioSpec
from sim.emulator import Emulator, Write
from sim.frames import OBU, WorldFrame
from sim.hostile import HOSTILE, Hostile
from sim.lies import LIES
from sim.obu import SLOT_NS, Fleet, HeardFrame

STATUS_SLOTS = 100  # 1 Hz
HOST_GONE_NS = 3_000_000_000
FRAME_AIR_TIME_PERCENT = 1  # of the channel for each unit that sends 10 times a second, about


class Radio(Emulator):
    """An agent on its modem's host. It speaks to the host only while the host says hello."""

    period_ns = SLOT_NS
    FAULTS = HOSTILE | {
        "send-error": "sends nothing that it is given",
        "busy-channel": "finds its channel busy to 90 %",
    }

    def __init__(self, name: str, spec: RadioSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6) % SLOT_NS
        self._latency_ns = round(spec.latency_ms * 1e6)
        self.fleet = Fleet(bench.seed, bench.reference.core(), spec.garbage_share)
        self._hostile = Hostile(bench.seed, bench.reference.core())
        self._wanted = spec.liars
        self._lies = cycle(LIES)
        self._liars: set[int] = set()  # that are there
        self._hello_ns = 0
        self._transmitted = self._refused = self._heard = 0
        self._units = 0

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the frames received in this slot, and once a second the status."""
        if self._wanted:
            self._recruit(frame)
        heard = self.fleet.heard(number, frame)
        if self.fault in HOSTILE:
            heard += self._hostile.heard(self.fault, number, frame.stamp_ns, heard)
        self._heard += len(heard)
        self._units = int((frame.equipped > 0).sum())
        if frame.stamp_ns - self._hello_ns > HOST_GONE_NS:
            return []
        writes = [self._received(one, frame.stamp_ns) for one in heard if len(one.frame) <= agent.LONGEST]
        if self.fault == "garbage":
            writes.append(Write("udp", heard[-1].frame))
        return [*writes, self._status(frame.stamp_ns)] if number % STATUS_SLOTS == 0 else writes

    def _recruit(self, frame: WorldFrame) -> None:
        """Let vehicles begin to lie, in the order in which they come, until there are as many liars as wanted."""
        there = sorted(frame.id[frame.equipped == OBU].tolist())
        self._liars.intersection_update(there)
        for vehicle in there:
            if len(self._liars) < self._wanted and vehicle not in self._liars:
                self._liars.add(vehicle)
                self.fleet.lie(vehicle, next(self._lies), frame.stamp_ns)

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer a hello with the status; let everything else go to the air side, good or not."""
        try:
            if agent.is_hello(data):
                self._hello_ns = now_ns
                return [self._status(now_ns)]
            agent.request(data)
            if self.fault == "send-error":
                self._refused += 1
                return []
            self._transmitted += 1
        except agent.AgentOctetsError:
            self._refused += 1
        return [Write("air", msgspec.msgpack.encode((now_ns, data)))]

    def _received(self, heard: HeardFrame, stamp_ns: int) -> Write:
        datagram = agent.received(heard.aid, heard.source, stamp_ns + heard.air_ns, heard.rssi, heard.frame)
        return Write("udp", datagram, heard.air_ns + self._latency_ns)

    def _status(self, now_ns: int) -> Write:
        busy = 90 if self.fault == "busy-channel" else min(100, self._units * FRAME_AIR_TIME_PERCENT)
        return Write("udp", agent.status(now_ns, busy, self._transmitted, self._refused, self._heard))
