"""The emulated GB/T 20999 controller: answers queries for its lamp groups and its stage, fixed time.

Frames are taken apart and put together from a transcription of the standard of its own, apart from the driver's: the
checksum bit by bit, the fields by their places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim import signal_faults
from sim.bench import Bench, SignalSpec
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from sim.signal import lamps_at
from sim.signal_faults import HUNG
from sim.signals import load

STATE_OF = {"dark": "01", "red": "10", "flashing-red": "11", "green": "20", "flashing-green": "21"}
STATE_OF |= {"yellow": "30", "flashing-yellow": "31"}
STAGE_S = 15  # a stage for each quarter of the demo's cycle


class Gb20999Controller(Emulator):
    """Knows its lamps as of the last capture; replies carry a sequence number of its own."""

    FAULTS: ClassVar[Mapping[str, str]] = {HUNG: signal_faults.FAULTS[HUNG]}

    def __init__(self, name: str, spec: SignalSpec, bench: Bench) -> None:
        self.period_ns = spec.period_ms * 1_000_000
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._signals = load()
        self._cycle_s = 0.0
        self._replies = 0

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Look at the lamps; nothing is pushed."""
        if self.fault != HUNG:
            self._cycle_s = frame.cycle_s
        return []

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer a datagram that is a query; say nothing to another one."""
        if len(data) < 20 or data[0] != 0x7E or data[-1] != 0x7D or data[12] != 0x10:
            return []
        if checksum(data[1:-3]) != data[-3] * 256 + data[-2]:
            return []
        asked = tuple(data[16:20])
        value = self._value(asked)
        self._replies = self._replies % 255 + 1
        kind, content = (0x21, b"\x30") if value is None else (0x20, value)
        head = data[3:11] + bytes((self._replies, kind, 1, 1, 4 + len(content)))
        body = (len(head) + 4 + len(content) + 2).to_bytes(2, "big") + head + bytes(asked) + content
        return [Write("udp", b"\x7e" + body + checksum(body).to_bytes(2, "big") + b"\x7d", self._latency_ns)]

    def _value(self, asked: tuple[int, ...]) -> bytes | None:
        """Return the value of an object; None: there is none of this address."""
        lamps = lamps_at(self._signals, self._cycle_s)
        stage = int(self._cycle_s // STAGE_S) + 1
        match asked:
            case (3, 1, 0, 0):
                return bytes((len(lamps),))
            case (3, 3, 1, group) if 1 <= group <= len(lamps):
                return bytes.fromhex(STATE_OF[lamps[group - 1].colour])
            case (13, 2, 4, 1):
                return bytes((stage,))
            case (6, 3, 3, number) if number == stage:
                return int(self._cycle_s % STAGE_S).to_bytes(2, "big")
        return None


def checksum(data: bytes) -> int:
    """Return the remainder of the octets by x16 + x12 + x2 + 1, bit by bit."""
    rest = 0
    for bit in "".join(f"{octet:08b}" for octet in data) + 16 * "0":
        rest = rest << 1 | int(bit)
        if rest & 0x10000:
            rest ^= 0x11005
    return rest
