"""Fusion of scans that are late, come twice, or come from a clock that was set."""

import msgspec
import pytest

from perception.objects import encode_array
from tests.perception.scenario import (
    SECOND_NS,
    START_NS,
    Behaviour,
    Bench,
    User,
    camera,
    detections,
    four_corners,
    straight,
)
from tests.perception.tracking.fused import CAR, CYCLE_NS, TRAFFIC, fused, play, report, world_of


def test_duplicates_are_counted_and_change_nothing():
    bench, world = Bench(four_corners()), world_of(TRAFFIC)
    stream = bench.measurements(world, 4.0)
    once, twice = fused(bench.sensors), fused(bench.sensors)
    for measurement in stream:
        once.ingest(measurement)
        twice.ingest(measurement)
        twice.ingest(measurement)
    now_ns = START_NS + 4 * SECOND_NS
    pair = [msgspec.msgpack.encode(fusion.tracks(now_ns), enc_hook=encode_array) for fusion in (once, twice)]
    assert pair[0] == pair[1]
    assert twice.counters == {"duplicate": len(stream)}


def test_a_200_ms_late_camera_is_used_at_the_time_that_it_saw():
    """A car at 15 m/s moves 3 m in 200 ms: used as if it were news, the camera would drag the track behind."""
    sensors, world = four_corners(), world_of([User(1, CAR, straight(3, -90, 0, 15))])
    late = {name: Behaviour(latency_s=0.2, phase_s=0.03, velocity=False) for name in sensors if "camera" in name}
    bench = Bench(sensors, late)
    figures = play(fused(sensors), bench.measurements(world, 10.0), world, 10.0).summary()
    assert figures["position_p95_m"] < 0.5
    assert figures["nees"] < 3.5
    assert figures["id_switches"] == 0


def test_late_and_future_scans_are_dropped_and_counted():
    sensors = {"camera": camera("camera", 0.0, 0.0, 0.0)}
    fusion = fused(sensors)
    fusion.ingest(detections("camera", START_NS + SECOND_NS, [[20.0, 0.0]]))
    fusion.ingest(detections("camera", START_NS, [[20.0, 0.0]], receipt_ns=START_NS + SECOND_NS))
    fusion.ingest(detections("camera", START_NS + 9 * SECOND_NS, [[20.0, 0.0]], receipt_ns=START_NS + SECOND_NS))
    fusion.ingest(detections("unheard-of", START_NS + SECOND_NS, [[20.0, 0.0]]))
    assert fusion.counters == {"late": 1, "future": 1, "unknown device": 1}


def test_a_clock_that_is_set_back_does_not_stop_fusion():
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)})
    for later_ns in (0, -3600 * SECOND_NS):
        for tick in range(10):
            fusion.ingest(detections("camera", START_NS + later_ns + tick * CYCLE_NS, [[20.0, 0.0]]))
    assert fusion.counters == {"clock set back": 1}
    assert len(fusion.tracks(START_NS - 3599 * SECOND_NS)) == 1


def test_a_report_from_before_a_pause_resets_nothing():
    """A received report waits for the end of a tick: after a pause of the process it is older than all else."""
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)})
    for tick in range(10):
        fusion.ingest(detections("camera", START_NS + tick * CYCLE_NS, [[20.0, 0.0]]))
    for tick in range(10):
        fusion.ingest(detections("camera", START_NS + 2 * SECOND_NS + tick * CYCLE_NS, [[20.0, 0.0]]))
    before = fusion.tracks(START_NS + 3 * SECOND_NS).id.tolist()
    fusion.ingest(report(START_NS + SECOND_NS, 0.0, 20.0))
    assert fusion.tracks(START_NS + 3 * SECOND_NS).id.tolist() == before == [1]
    assert fusion.counters == {"late": 1}


def test_a_clock_that_is_set_forward_leaves_no_old_tracks():
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)})
    for later_ns in (0, 3600 * SECOND_NS):
        for tick in range(10):
            fusion.ingest(detections("camera", START_NS + later_ns + tick * CYCLE_NS, [[20.0, 0.0]]))
    assert len(fusion.tracks(START_NS + 3601 * SECOND_NS)) == 1
    assert len(fusion._population.table) == 1


def test_each_row_is_true_at_the_time_of_the_cycle():
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)})
    for tick in range(20):
        fusion.ingest(detections("camera", START_NS + tick * CYCLE_NS, [[20.0 + tick, 0.0]]))
        now_ns = START_NS + tick * CYCLE_NS + 80_000_000
        tracks = fusion.tracks(now_ns)
    assert tracks.stamp_ns.tolist() == [now_ns]
    assert tracks.position_m[0] == pytest.approx([0.0, 39.8], abs=0.3)
