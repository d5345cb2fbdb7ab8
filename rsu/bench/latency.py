"""From the last byte of the newest measurement in an RSM to the arrival of its datagram at the radio."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import msgspec
import numpy as np
import zmq

from hw.radio.protocol import AgentError, parse_transmit
from rsu.bus.records import Sent

_FORGET = 200  # frames whose other half never came
_GAP_NS = 150_000_000  # RSM and SPAT go out every 100 ms: a longer pause is a lost broadcast
_GAPS = 100


class LatencyMeter:
    """Pairs the data that the station put into a frame with the time at which the radio got that frame."""

    def __init__(self, run: Path) -> None:
        self._air: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._air.setsockopt(zmq.LINGER, 0)
        self._air.connect(f"ipc://{run / 'air.ipc'}")
        self._air.setsockopt(zmq.SUBSCRIBE, b"tx")
        self._newest: dict[bytes, int] = {}  # frame -> receipt of its newest measurement
        self._arrivals: dict[bytes, int] = {}
        self._latencies_ns: list[int] = []
        self._last_ns: int | None = None
        self.gaps: deque[tuple[int, int]] = deque(maxlen=_GAPS)  # (arrival that ended it, its length), ns

    def sent(self, record: Sent) -> None:
        """Take the station's word on one frame."""
        if record.kind == "rsm" and record.newest_receipt_ns is not None:
            self._newest[record.frame] = record.newest_receipt_ns
            self._pair(record.frame)

    def step(self) -> None:
        """Take in the frames that arrived at the radio."""
        while self._air.poll(0):
            _, payload = self._air.recv_multipart()
            arrival_ns, datagram = msgspec.msgpack.decode(payload)
            try:
                frame = parse_transmit(datagram).payload
            except AgentError:
                continue  # not a transmission
            if self._last_ns is not None and arrival_ns - self._last_ns > _GAP_NS:
                self.gaps.append((arrival_ns, arrival_ns - self._last_ns))
            self._last_ns = arrival_ns
            self._arrivals[frame] = arrival_ns
            self._pair(frame)

    def _pair(self, frame: bytes) -> None:
        if frame in self._newest and frame in self._arrivals:
            self._latencies_ns.append(self._arrivals.pop(frame) - self._newest.pop(frame))
        for halves in (self._newest, self._arrivals):
            while len(halves) > _FORGET:
                del halves[next(iter(halves))]

    def percentiles(self) -> dict[str, float | int | None]:
        """Return p50 and p99 in ms over all frames so far, and their number."""
        if not self._latencies_ns:
            return {"p50": None, "p99": None, "frames": 0}
        p50, p99 = np.percentile(np.array(self._latencies_ns) / 1e6, [50, 99])
        return {"p50": round(float(p50), 2), "p99": round(float(p99), 2), "frames": len(self._latencies_ns)}

    def close(self) -> None:
        """Close the socket."""
        self._air.close()
