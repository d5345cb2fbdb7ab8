"""The emulated GNSS receiver: honest errors, and a kill through a real pty."""

from __future__ import annotations

import calendar
import re
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hw.utc import NS
from perception.geo import Reference, to_site
from perception.objects import Fix
from sim.bench import Bench, GnssSpec
from sim.emulator import generator
from sim.gnss import PERIOD_NS, EmulatedGnss
from sim.wander import Wander
from tests.hw import replay
from tests.sim.rig import REFERENCE, Rig, world

SPEC: dict[str, object] = {
    "kind": "gnss", "serial": "gnss", "mount": {"east_m": 3.0, "north_m": -4.0, "height_m": 5.0},
    "latency_ms": 15, "phase_ms": 0,
}  # fmt: skip
T0 = 1795392000 * NS
SITE = Reference(22.5431, 114.0579, 12.0)


def receiver() -> EmulatedGnss:
    bench = Bench.model_validate(
        {"version": 1, "reference": REFERENCE, "seed": 7, "world": {"source": "sumo"}, "emulators": {"gnss": SPEC}}
    )
    spec = bench.emulators["gnss"]
    assert isinstance(spec, GnssSpec)
    return EmulatedGnss("gnss", spec, bench)


def octets(fault: str | None) -> bytes:
    emulator = receiver()
    emulator.fault = fault
    (write,) = emulator.capture(T0 // PERIOD_NS, world(T0))
    return write.data


def nav_pvt(data: bytes) -> dict[str, int]:
    """Read a NAV-PVT by the offsets of u-blox's protocol description, beside the product's own table."""
    body = data[6:98]
    year, month, day, hour, minute, second = struct.unpack_from("<HBBBBB", body, 4)
    (accuracy,) = struct.unpack_from("<I", body, 12)
    (latitude,) = struct.unpack_from("<i", body, 28)
    date = (year, month, day, hour, minute, second)
    stamp = calendar.timegm((*date, 0, 0, 0))
    return {"stamp": stamp, "accuracy": accuracy, "fix": body[20], "flags": body[21], "latitude": latitude}


@pytest.mark.parametrize(
    ("fault", "field", "value"),
    [
        ("no-fix", "fix", 0),
        ("coarse-time", "accuracy", 10**9),
        ("spoofed-time", "stamp", T0 // NS + 3),
        ("leap-unknown", "stamp", T0 // NS + 18),
        ("week-rollover", "stamp", T0 // NS - 1024 * 7 * 86_400),
    ],
)
def test_a_fault_changes_what_it_says_and_nothing_else(fault: str, field: str, value: int) -> None:
    healthy, faulty = nav_pvt(octets(None)), nav_pvt(octets(fault))
    assert faulty[field] == value
    assert {name for name in healthy if healthy[name] != faulty[name]} <= {field, "flags"}
    assert set(EmulatedGnss.FAULTS) == {
        "no-fix",
        "coarse-time",
        "spoofed-time",
        "leap-unknown",
        "week-rollover",
        "spoofed",
    }


def test_a_spoofed_receiver_stands_200_m_further_north() -> None:
    north = (nav_pvt(octets("spoofed"))["latitude"] - nav_pvt(octets(None))["latitude"]) / 1e7 * 110_750
    assert 199 < north < 201
    assert b"$GNRMC" in octets("spoofed") or b"$GPRMC" in octets("spoofed")


def test_without_a_solution_every_sentence_says_so() -> None:
    told = octets("no-fix")[100:].decode("ascii")
    assert re.search(r"RMC,[^,]*,V,", told)
    assert re.search(r"GGA,(?:[^,]*,){5}0,", told)


def test_errors_are_as_large_as_claimed_and_every_epoch_gives_one_fix() -> None:
    emulator = receiver()
    driver = replay.make_driver("gnss")
    ratios = []
    for number in range(T0 // PERIOD_NS, T0 // PERIOD_NS + 30_000, 50):
        stamp_ns = number * PERIOD_NS
        (write,) = emulator.capture(number, world(stamp_ns))
        (fix,) = driver.received("link", write.data, stamp_ns + write.delay_ns)
        assert isinstance(fix, Fix)
        assert (fix.stamp_ns, fix.valid, fix.kind) == (stamp_ns, True, "3d")
        assert fix.latitude_deg is not None
        assert fix.longitude_deg is not None
        east, north = to_site(fix.latitude_deg, fix.longitude_deg, SITE)
        assert fix.horizontal_accuracy_m is not None
        ratios.append(np.hypot(east - 3.0, north + 4.0) / fix.horizontal_accuracy_m)
    assert 0.6 < np.sqrt(np.mean(np.square(ratios))) < 1.4
    assert not driver.counters


def test_the_error_wanders_slowly() -> None:
    wander = Wander(generator(1, "x", 0), 0.5)
    places = np.array([wander.at(T0 + n * NS // 5) for n in range(20_000)])
    assert np.hypot(*np.diff(places, axis=0).T).max() < 0.15
    assert 0.35 < places.std() < 0.65


def test_a_killed_receiver_is_noticed_and_heard_again(tmp_path: Path) -> None:
    settings = {"link": {"serial": {"path": "gnss"}}, "silence_ms": 600}
    with Rig(tmp_path, "gnss", SPEC, "gnss", settings) as rig:
        found = rig.until(lambda found: len(found) >= 4, within_s=10)
        assert all(isinstance(one, Fix) and one.valid for one in found)
        assert {late.stamp_ns - early.stamp_ns for early, late in pairwise(found)} == {PERIOD_NS}
        assert all(10e6 < one.receipt_ns - one.stamp_ns < 200e6 for one in found)
        assert rig.health() == "ok"
        rig.kill()
        rig.until(lambda _: rig.health() == "lost", within_s=3)
        rig.start()
        rig.until(lambda found: len(found) >= 2 and rig.health() == "ok", within_s=5)
