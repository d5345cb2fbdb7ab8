"""Which detections each track took, as fusion tells it of every cycle."""

from __future__ import annotations

import numpy as np

from tests.perception.scenario import Bench, User, four_corners, straight
from tests.perception.tracking.fused import CAR, CYCLE_NS, fused, world_of


def test_the_detections_of_a_confirmed_track_are_named_by_device_and_lie_on_it() -> None:
    bench, world = Bench(four_corners()), world_of([User(1, CAR, straight(0, 0, 5, 5))])
    fusion, due_ns = fused(bench.sensors), 0
    taken: dict[str, list[float]] = {}
    for measurement in bench.measurements(world, 5.0):
        fusion.ingest(measurement)
        if measurement.receipt_ns < due_ns:
            continue
        due_ns = measurement.receipt_ns + CYCLE_NS
        tracks = fusion.tracks(measurement.receipt_ns)
        for sighting in fusion.seen():
            own = sighting.position_m[sighting.track > 0]
            if len(tracks) and len(own):
                assert set(sighting.track[sighting.track > 0].tolist()) == {int(tracks.id[0])}
                taken.setdefault(sighting.device, []).append(float(np.hypot(*(own[0] - tracks.position_m[0]))))
    assert len(taken) > 4 and set(taken) <= {sensor.device for sensor in bench.sensors.values()}
    assert all(np.median(distances) < 2.0 for distances in taken.values())


def test_a_cycle_without_measurements_has_seen_nothing() -> None:
    bench, world = Bench(four_corners()), world_of([User(1, CAR, straight(0, 0, 5, 5))])
    fusion = fused(bench.sensors)
    for measurement in bench.measurements(world, 0.3):
        fusion.ingest(measurement)
        now_ns = measurement.receipt_ns
    fusion.tracks(now_ns + CYCLE_NS)
    assert fusion.seen()
    fusion.tracks(now_ns + 2 * CYCLE_NS)
    assert fusion.seen() == []
