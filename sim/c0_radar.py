"""The emulated track radar with messages framed by C0: it registers until it is acknowledged, and tells of targets.

Its own transcription of the messages, octet by octet.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import ClassVar

from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.geo_targets import EmulatedTarget, GeoTargets

PERIOD_NS = 100_000_000
OWN, HOST = bytes.fromhex("00000007000100"), bytes.fromhex("0000000a000100")
REGISTER, HEARTBEAT, TARGETS = b"\x01\x01", b"\x01\x02", b"\x03\x01"
BEAT_EVERY = 10  # lists
STUCK_S = 1_420_070_400  # 2015


class EmulatedC0Radar(Emulator):
    """One radar."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY
        | TURNED
        | {
            "stuck-clock": "its clock stands in 2015",
            "other-version": "sends messages of version 11",
            "elsewhere": "was told that it stands 30 km away",
        }
    )
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._damage = name, bench.seed, Damage()
        self._stands = {None: spec, "turned": turned(spec)}
        self._targets = GeoTargets(name, spec, bench)
        self._lists, self._known = 0, False

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take an acknowledgement."""
        self._known |= b"\x10\x85" + REGISTER in data and HOST + OWN in data
        return []

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one list of targets, and the other messages that are due."""
        spec, rng = self._stands[None], generator(self._seed, self._name, number)
        targets = self._targets.of(number, frame, self._stands.get(self.fault) or spec)
        messages = [(TARGETS, self._list(frame.stamp_ns, targets))]
        if self._lists % BEAT_EVERY == 0:
            messages.append((HEARTBEAT, b"") if self._known else (REGISTER, b"500001".ljust(60, b"\0")))
        self._lists += 1
        version = 0x11 if self.fault == "other-version" else 0x10
        delay_ns = round(spec.latency_ms * 1e6)
        writes = [Write("link", framed(version, kind, content), delay_ns) for kind, content in messages]
        return self._damage.done(self.fault, writes, rng)

    def _list(self, stamp_ns: int, targets: list[EmulatedTarget]) -> bytes:
        seconds, milliseconds = divmod(stamp_ns // 1_000_000, 1000)
        if self.fault == "stuck-clock":
            seconds, milliseconds = STUCK_S, 0
        away = 0.3 if self.fault == "elsewhere" else 0.0
        head = seconds.to_bytes(4, "little") + milliseconds.to_bytes(4, "little") + len(targets).to_bytes(2, "little")
        return head + b"".join(self._target(each, away) for each in targets)

    def _target(self, one: EmulatedTarget, away: float) -> bytes:
        size = bytes(min(round(each * 10), 254) for each in one.size_m)
        octets = one.id.to_bytes(2, "little") + bytes([3 if one.is_car else 1]) + size
        octets += (
            struct.pack("<d", one.longitude_deg) + struct.pack("<d", one.latitude_deg + away) + struct.pack("<f", 0.0)
        )
        octets += b"\x01" + struct.pack("<f", one.heading_deg) + struct.pack("<f", one.speed_kmh)
        return octets + struct.pack("<f", 0.0) + struct.pack("<f", 12.5) + bytes([one.confidence])


def framed(version: int, kind: bytes, content: bytes) -> bytes:
    """Return a report on the wire."""
    body = b"\0\0" + OWN + HOST + bytes([version, 0x82]) + kind + content
    body += modbus(body).to_bytes(2, "little")
    return b"\xc0" + body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def modbus(data: bytes) -> int:
    """Return the CRC-16 of Modbus, bit by bit."""
    value = 0xFFFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value
