"""The emulated GNSS receiver: honest errors, and a kill through a real pty."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from hw.utc import NS
from perception.geo import Reference, to_site
from perception.objects import Fix
from sim.bench import Bench, GnssSpec
from sim.emulator import generator
from sim.gnss import PERIOD_NS, Gnss
from sim.wander import Wander
from tests.hw import replay
from tests.sim.rig import REFERENCE, Rig, world

SPEC: dict[str, object] = {
    "kind": "gnss", "serial": "gnss", "mount": {"east_m": 3.0, "north_m": -4.0, "height_m": 5.0},
    "latency_ms": 15, "phase_ms": 0,
}  # fmt: skip
T0 = 1795392000 * NS
SITE = Reference(22.5431, 114.0579, 12.0)


def test_errors_are_as_large_as_claimed_and_every_epoch_gives_one_fix() -> None:
    bench = Bench.model_validate(
        {"version": 1, "reference": REFERENCE, "seed": 7, "world": {"source": "sumo"}, "emulators": {"gnss": SPEC}}
    )
    spec = bench.emulators["gnss"]
    assert isinstance(spec, GnssSpec)
    emulator = Gnss("gnss", spec, bench)
    driver = replay.make_driver("gnss")
    ratios = []
    for number in range(T0 // PERIOD_NS, T0 // PERIOD_NS + 30_000, 50):
        stamp_ns = number * PERIOD_NS
        (write,) = emulator.capture(number, world(stamp_ns))
        (fix,) = driver.received("link", write.data, stamp_ns + write.delay_ns)
        assert isinstance(fix, Fix)
        assert (fix.stamp_ns, fix.valid, fix.kind) == (stamp_ns, True, "3d")
        assert fix.latitude is not None
        assert fix.longitude is not None
        east, north = to_site(fix.latitude, fix.longitude, SITE)
        assert fix.horizontal_accuracy is not None
        ratios.append(np.hypot(east - 3.0, north + 4.0) / fix.horizontal_accuracy)
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
