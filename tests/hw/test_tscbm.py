"""The TSCBM driver: octets written by hand, golden logs, order, and a whole cycle of the emulated controller."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.registry import driver_class
from hw.signal.tscbm import Tscbm, TscbmSettings
from perception.objects import Lamp, Measurement, SignalState
from sim.bench import SignalSpec
from sim.frames import WorldFrame
from sim.signal import lamps_at
from sim.signals import load
from sim.tscbm import TscbmController
from tests.hw import replay
from tests.hw.fed import MS, UDP, Fed

LOGS = {path.stem: path for path in replay.logs("tscbm")}
# phases 2 and 6 green until unknown, 3 changes in 4.0 s, 4 flashes yellow; pedestrians of 2 walk for 7 s more
BLOCKS = b"".join(
    bytes([number])
    + {2: b"\0\0\xff\xff", 6: b"\0\0\xff\xff", 3: b"\0\x28\0\x28"}.get(number, bytes(4))
    + {2: b"\0\x46\0\x46"}.get(number, bytes(4))
    + bytes(4)
    for number in range(1, 17)
)
MAPS = bytes.fromhex("ffd5 0008 0022 fffd 0000 0002 0000 0000 0000 0008 0000".replace(" ", ""))
PACKET = b"\xcd\x10" + BLOCKS + MAPS + bytes.fromhex("000000 07 12 20 c5 0000".replace(" ", ""))


def fed(**more: object) -> Fed:
    return Fed("tscbm", UDP | more)


def state(found: list[Measurement]) -> SignalState:
    (one,) = found
    assert isinstance(one, SignalState)
    return one


def countdown(lamp: Lamp) -> float | None:
    found: float | None = msgspec.structs.astuple(lamp)[-1]
    return found


@pytest.mark.parametrize("path", LOGS.values(), ids=list(LOGS))
def test_golden_log(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text(encoding="utf-8")


def test_a_packet_octet_by_octet() -> None:
    assert len(PACKET) == 241
    device = fed(angles_deg={2: 180})
    lamps = {lamp.number: lamp for lamp in state(device.hear(PACKET)).lamps}
    assert sorted(lamps) == [*range(1, 17), *range(101, 117)], "no overlap has a colour: there are none"
    assert (lamps[2].colour, lamps[6].colour, lamps[3].colour) == ("green", "green", "red")
    assert lamps[4].colour == "flashing-yellow"
    assert (lamps[102].colour, lamps[101].colour) == ("green", "red")
    assert {lamp.type for number, lamp in lamps.items() if number > 100} == {8}
    left_s = [countdown(lamps[number]) for number in (2, 3, 102, 1)]
    assert left_s == [None, 4.0, 7.0, None], "known where least and most time are the same"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:240], "length"),
        (lambda data: data + b"\0", "length"),
        (lambda data: b"\xce" + data[1:], "head"),
        (lambda data: data[:1] + b"\x08" + data[2:], "head"),
        (lambda data: data[:2] + b"\x02" + data[3:], "blocks"),
        (lambda data: b"", "head"),
    ],
)
def test_other_formats_are_named(change: Callable[[bytes], bytes], reason: str) -> None:
    device = fed()
    assert device.hear(change(PACKET)) == []
    health = device.health()
    assert health.counters[reason] == 1
    assert Tscbm("signal", TscbmSettings.model_validate(UDP)).explain(reason, b"")
    assert len(state(device.hear(PACKET + bytes(4))).lamps) == 32, "245 octets are the other good length"


def sequence(number: int) -> bytes:
    at = 2 + 208 + 22 + 3
    return PACKET[:at] + bytes([number % 256]) + PACKET[at + 1 :]


def test_order() -> None:
    device = fed()
    assert device.hear(sequence(255))
    assert device.hear(sequence(0)), "255 is followed by 0"
    assert not device.hear(sequence(255), after_ns=2 * MS), "overtaken"
    assert not device.hear(sequence(0), after_ns=2 * MS), "twice"
    again = state(device.hear(sequence(0)))
    assert again.repeated, "the same octets at the next time: the controller may hang"
    assert device.hear(sequence(200), after_ns=3000 * MS), "after a pause it has begun anew"
    counted = device.health().counters
    assert (counted["reordered"], counted["duplicate"], counted["repeated"]) == (1, 1, 1)


def test_it_is_named_a_signal_controller_by_udp_alone() -> None:
    made = driver_class("tscbm")
    assert made.modality.name == "signal" and made.ways == ("udp",)


SIGNALS = load()


@given(st.integers(0, 599))
def test_the_emulator_says_what_the_programme_says(tick: int) -> None:
    spec = SignalSpec(kind="tscbm", period_ms=100, latency_ms=1, phase_ms=0, listen="127.0.0.1:1", host="127.0.0.1:2")
    none = np.zeros(0)
    frame = WorldFrame(
        stamp_ns=tick * 100 * MS,
        id=none.astype(int),
        kind=none.astype(int),
        position_m=none.reshape(0, 2),
        velocity_mps=none.reshape(0, 2),
        heading_deg=none,
        size_m=none.reshape(0, 3),
        equipped=none.astype(int),
        signals="",
        cycle_s=tick / 10,
    )
    (write,) = TscbmController("signal", spec, bench=None).capture(tick, frame)  # type: ignore[arg-type]
    told = {lamp.number: lamp for lamp in state(fed().hear(write.data)).lamps}
    for group, true in zip(SIGNALS.lamps, lamps_at(SIGNALS, frame.cycle_s), strict=True):
        lamp = told[group.phase + (100 if group.movement == "crosswalk" else 0)]
        assert lamp.colour == true.colour
        assert countdown(lamp) == countdown(true)
