"""Plays every kind of device through the eight conditions: its driver's measurements, and whether it recovers.

A measurement of a driver is false if the same device, in the same world and without the condition, never says it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from perception.objects import Detections, Measurement, SignalState
from rsu.bench.plan import plan_of, with_mixed_devices
from rsu.site import config
from rsu.site.config import Config
from sim.bench import Bench, load
from tests.matrix.conditions import CONDITIONS, Condition
from tests.matrix.line import DeviceLine
from tests.matrix.said import OfEmulator, OfVideo

BEFORE_S, DURING_S, AFTER_S = 6.0, 10.0, 20.0
TIMES = ("device", "stamp_ns", "receipt_ns", "repeated")  # members that a delay changes
GONE = ("lost", "not-understood")


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One device in one condition."""

    states: list[str]  # during it, in the order of appearance
    alarms: list[str]  # raised from its beginning on
    measured: int  # during it
    expected: int  # measurements of the same time without it
    false: int  # things said that are not true
    twice: int  # things said more often than usual
    recovered_s: float | None  # after its end until it was ok for good; None: it was not


def mixed(folder: Path) -> tuple[Config, Bench]:
    """Return site and bench of the mixed demo."""
    plan = plan_of(folder, "127.0.0.1", "recorded", 7, change=with_mixed_devices)
    return config.load(plan.site), load(plan.bench)


def line(name: str, site: Config, bench: Bench) -> DeviceLine:
    """Return a device of the site with its emulator."""
    kind, settings = site.site.devices[name].kind, site.drivers[name]
    said = OfVideo() if kind == "video" else OfEmulator(name, bench, list(settings.ports()))
    return DeviceLine(name, kind, settings, said)


def contents(one: Measurement, shift_s: int = 0) -> list[bytes]:
    """Return a measurement's content: of a scan the place of each road user, of a signal each lamp with the second."""
    if isinstance(one, SignalState):
        second = one.receipt_ns // 10**9 + shift_s
        return [f"{second} {lamp.number} {lamp.colour}".encode() for lamp in one.lamps if lamp.colour != "unknown"]
    if isinstance(one, Detections):
        places = np.column_stack([one.position_m, one.box_px])
        return [row.tobytes() for row in places + 0.0]
    members = {name: getattr(one, name) for name in one.__struct_fields__ if name not in TIMES}
    return [msgspec.msgpack.encode([type(one).__name__, members], enc_hook=_octets)]


def _octets(value: object) -> object:
    return value.tobytes() if isinstance(value, np.ndarray) else str(value)


def counted(found: list[Measurement]) -> Counter[bytes]:
    """Return how often each thing was said."""
    return Counter(each for one in found for each in contents(one))


def cell(made: DeviceLine, condition: Condition, usual: DeviceLine) -> Cell:
    """Play a device through a condition; `usual`: the same without it, played to its end."""
    made.run(BEFORE_S)
    begin = len(made.found)
    made.states, made.codes = [], set()
    condition.begin(made)
    made.run(DURING_S)
    during, states = made.found[begin:], made.states
    condition.end(made)
    made.states = []
    made.run(AFTER_S)
    seen, usually = counted(made.found), counted(usual.found)
    known = {each for one in usual.found for shift_s in (-1, 0, 1) for each in contents(one, shift_s)}
    return Cell(
        states=list(dict.fromkeys(states)),
        alarms=sorted(made.codes),
        measured=len(during),
        expected=sum(_within(one, made) for one in usual.found),
        false=sum(count for key, count in seen.items() if key not in known),
        twice=sum(max(0, count - usually[key]) for key, count in seen.items() if key in usually),
        recovered_s=_recovered_s(made.states),
    )


def _within(one: Measurement, made: DeviceLine) -> bool:
    end_ns = made.now_ns - round(AFTER_S * 1e9)
    return end_ns - round(DURING_S * 1e9) < one.receipt_ns <= end_ns


def _recovered_s(states: list[str]) -> float | None:
    bad = [place for place, state in enumerate(states, 1) if state != "ok"]
    last = bad[-1] if bad else 0
    return None if last == len(states) else last / 10


def rows(kinds: list[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each kind of device with its cells by condition."""
    with tempfile.TemporaryDirectory() as folder:
        site, bench = mixed(Path(folder))
        names = {device.kind: name for name, device in reversed(site.site.devices.items())}
        for kind, name in sorted(names.items()):
            if kinds and kind not in kinds:
                continue
            usual = line(name, site, bench)
            usual.run(BEFORE_S + DURING_S + AFTER_S)
            yield (
                kind,
                {each.name: msgspec.to_builtins(cell(line(name, site, bench), each, usual)) for each in CONDITIONS},
            )
