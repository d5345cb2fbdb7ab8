"""Fusion against truth: accuracy, identity, evidence, determinism."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.objects import PointCloud, RoadUser, encode_array
from perception.sensing.scan import rotation_of
from tests.perception.scenario import (
    SECOND_NS,
    START_NS,
    Behaviour,
    Bench,
    User,
    camera,
    detections,
    four_corners,
    stop_and_go,
    straight,
)
from tests.perception.tracking.fused import CAR, CYCLE_NS, PERSON, TRAFFIC, fused, play, report, world_of


def test_a_crossing_with_eight_sensors():
    bench, world = Bench(four_corners()), world_of(TRAFFIC)
    fusion = fused(bench.sensors)
    figures = play(fusion, bench.measurements(world, 15.0), world, 15.0).summary()
    assert figures["position_p95_m"] < 0.3
    assert figures["speed_p95_mps"] < 0.5
    assert figures["heading_p95_deg"] < 5.0
    assert figures["missed"] < 0.002
    assert figures["false"] < 0.002
    assert figures["id_switches"] == 0
    assert figures["wrong_kind"] < 0.01
    assert 1.0 < figures["nees"] < 3.5  # 2 for an honest covariance
    assert not fusion.counters


def test_the_same_input_gives_the_same_bytes():
    bench, world = Bench(four_corners()), world_of(TRAFFIC)

    def run():
        fusion, seen = fused(bench.sensors), []
        for number, measurement in enumerate(bench.measurements(world, 5.0)):
            fusion.ingest(measurement)
            if number % 20 == 0:
                seen.append(msgspec.msgpack.encode(fusion.tracks(measurement.receipt_ns), enc_hook=encode_array))
        return seen

    assert run() == run()


@pytest.mark.parametrize(("false_alarms", "limit"), [(0.5, 0), (3.0, 0.05)])
def test_clutter_alone_makes_no_tracks(false_alarms, limit):
    """As much of it as the site file says makes none; six times as much next to none."""
    sensors = four_corners()
    bench = Bench(sensors, {name: Behaviour(false_alarms=false_alarms) for name in sensors})
    fusion, shown = fused(sensors), []
    for number, measurement in enumerate(bench.measurements(world_of([]), 20.0)):
        fusion.ingest(measurement)
        if number % 8 == 7:
            shown.append(len(fusion.tracks(measurement.receipt_ns)))
    assert np.mean(shown) <= limit


def test_a_ghost_of_one_radar_is_outvoted_by_the_others():
    sensors = four_corners()
    bench = Bench(sensors, {"radar-north": Behaviour(ghost=(0.0, 10.0), velocity=False)})
    fusion, shown = fused(sensors), 0
    for number, measurement in enumerate(bench.measurements(world_of([]), 10.0)):
        fusion.ingest(measurement)
        shown += len(fusion.tracks(measurement.receipt_ns)) if number % 8 == 7 else 0
    assert shown == 0


def test_a_track_is_confirmed_within_half_a_second_and_not_by_one_scan():
    sensors = {"camera": camera("camera", 0.0, -40.0, 0.0)}
    bench = Bench(sensors, {"camera": Behaviour(detection=1.0, false_alarms=0.0)})
    fusion, confirmed_ns = fused(sensors), None
    for number, measurement in enumerate(bench.measurements(world_of([User(1, CAR, straight(0, 0, 5, 5))]), 1.0)):
        fusion.ingest(measurement)
        if len(fusion.tracks(measurement.receipt_ns)) and confirmed_ns is None:
            confirmed_ns = measurement.stamp_ns
            assert number >= 2
    assert confirmed_ns is not None
    assert confirmed_ns <= START_NS + SECOND_NS // 2


def test_point_clouds_make_tracks_with_radial_speed():
    """Two radars at right angles see reflections of a car and the wall behind it; the speed comes out as a vector."""
    sensors = {
        name: camera(name, east, north, yaw, along_m=0.3, across_m=0.5, speed_mps=0.15)
        for name, east, north, yaw in (("radar-south", 0.0, -40.0, 0.0), ("radar-west", -40.0, 0.0, 90.0))
    }
    fusion, rng = fused(sensors), np.random.default_rng(8)
    for tick in range(40):
        for number, sensor in enumerate(sensors.values()):
            stamp_ns = START_NS + tick * CYCLE_NS + number * 40_000_000
            t = (stamp_ns - START_NS) / SECOND_NS
            place, velocity = np.array([-10.0 + 5.0 * t, -5.0 + 3.0 * t]), np.array([5.0, 3.0])
            turned = rotation_of(sensor.mount)
            centre = (place - [sensor.mount.east_m, sensor.mount.north_m]) @ turned
            body = centre + rng.normal(0.0, [0.6, 0.4], (4, 2))
            radial = velocity @ turned @ (centre / np.hypot(*centre))
            points = np.vstack([body, [[70.0, 5.0], [70.0, 6.0]]])
            fusion.ingest(
                PointCloud(
                    device=sensor.device,
                    stamp_ns=stamp_ns,
                    receipt_ns=stamp_ns,
                    points_m=np.column_stack([points, np.zeros(6)]),
                    doppler_mps=np.concatenate([radial + rng.normal(0.0, 0.1, 4), [0.0, 0.0]]),
                    snr_db=np.full(6, 20.0),
                )
            )
    tracks = fusion.tracks(START_NS + 4 * SECOND_NS)
    assert len(tracks) == 1
    t = (tracks.stamp_ns[0] - START_NS) / SECOND_NS
    assert tracks.position_m[0] == pytest.approx([-10.0 + 5.0 * t, -5.0 + 3.0 * t], abs=0.6)
    assert tracks.velocity_mps[0] == pytest.approx([5.0, 3.0], abs=0.4)


def test_tracks_end_when_sensors_no_longer_see_them_and_last_when_sensors_fail():
    """A track that leaves unseen by working sensors ends at once; sensors that fail only let it age out of the list."""
    users = [User(1, CAR, straight(0, -20, 0, 3), end_s=5.0)]
    sensors = {"camera": camera("camera", 0.0, -50.0, 0.0)}
    gone = Bench(sensors, {"camera": Behaviour(false_alarms=0.0)})
    fusion, last_ns = fused(sensors), 0
    for measurement in gone.measurements(world_of(users), 8.0):
        fusion.ingest(measurement)
        if len(fusion.tracks(measurement.receipt_ns)):
            last_ns = measurement.receipt_ns
    assert 4.9 < (last_ns - START_NS) / SECOND_NS < 5.7
    users = [User(1, CAR, straight(0, -20, 0, 3))]
    dead = Bench(sensors, {"camera": Behaviour(false_alarms=0.0, silent=(5.0, 7.0))})
    fusion, ids = fused(sensors), set()
    for measurement in dead.measurements(world_of(users), 9.0):
        fusion.ingest(measurement)
        ids.update(fusion.tracks(measurement.receipt_ns).id.tolist())
        if measurement.stamp_ns < START_NS + 5 * SECOND_NS:
            newest_ns = measurement.stamp_ns
            assert len(fusion.tracks(newest_ns + 590_000_000)) in (0, 1)
            assert len(fusion.tracks(newest_ns + 601_000_000)) == 0
    assert len(ids) == 1  # the same road user after the pause


def test_not_seen_counts_only_where_a_sensor_could_see():
    """One camera sees the car, three others look elsewhere: their silence says nothing."""
    users = [User(1, CAR, straight(0, 60, 0, 1))]
    sensors = four_corners()
    elsewhere = {name: sensor for name, sensor in sensors.items() if name in ("camera-north", "camera-south")}
    bench = Bench(elsewhere, {name: Behaviour(false_alarms=0.0) for name in elsewhere})
    figures = play(fused(elsewhere), bench.measurements(world_of(users), 5.0), world_of(users), 5.0, radius=90.0)
    assert figures.summary()["missed"] == 0.0


def test_crossing_pedestrians_keep_their_ids():
    users = [User(1, PERSON, straight(-8, 0, 1.3, 0)), User(2, PERSON, straight(8, 0.7, -1.3, 0))]
    sensors = four_corners()
    for seed in range(3):
        bench = Bench(sensors, seed=seed)
        figures = play(fused(sensors), bench.measurements(world_of(users), 12.0), world_of(users), 12.0).summary()
        assert figures["id_switches"] == 0
        assert figures["missed"] < 0.01


def test_a_queue_2_m_apart_stays_a_queue():
    users = [User(number, CAR, straight(3, -20 - 6.6 * number, 0, 0)) for number in range(8)]
    sensors = four_corners()
    bench = Bench(sensors, {name: Behaviour(velocity=False, phase_s=0.01) for name in sensors})
    figures = play(fused(sensors), bench.measurements(world_of(users), 15.0), world_of(users), 15.0, radius=90.0)
    assert figures.summary()["id_switches"] == 0
    assert figures.summary()["missed"] < 0.01
    assert figures.summary()["false"] < 0.01


def test_too_many_targets_are_dropped_and_counted():
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)}, max_tracks=100)
    rng = np.random.default_rng(4)
    for tick in range(5):
        fusion.ingest(detections("camera", START_NS + tick * CYCLE_NS, rng.uniform(5, 60, (80, 2))))
        fusion.tracks(START_NS + tick * CYCLE_NS)
    assert fusion.counters["too many tracks"] > 0
    assert len(fusion._population.table) <= 100


places = st.lists(st.tuples(st.floats(-150, 150), st.floats(-150, 150)), max_size=6)


scans = st.tuples(st.sampled_from(["camera-north", "radar-east", "radio"]), st.integers(-300, 400), places)


@settings(max_examples=60, deadline=None)
@given(st.lists(scans, max_size=30))
def test_whatever_comes_in_what_goes_out_is_sound(steps):
    sensors, now_ns = four_corners(), START_NS
    fusion = fused(sensors)
    for device, later_ms, seen in steps:
        stamp_ns = now_ns + later_ms * 1_000_000
        now_ns = max(now_ns, stamp_ns)
        if device == "radio":
            for number, (east, north) in enumerate(seen):
                fusion.ingest(report(stamp_ns, east, north, id=bytes([number] * 8)))
        else:
            fusion.ingest(detections(device, stamp_ns, np.array(seen).reshape(-1, 2), receipt_ns=now_ns))
        tracks = fusion.tracks(now_ns)
        assert len(set(tracks.id.tolist())) == len(tracks)
        assert ((tracks.id >= 1) & (tracks.id <= 65534)).all()
        assert np.isfinite(tracks.position_m).all()
        assert np.isfinite(tracks.velocity_mps).all()
        assert (np.linalg.eigvalsh(tracks.covariance) > 0).all()
        assert (tracks.stamp_ns <= now_ns).all()
        assert ((tracks.existence > 0.5) & (tracks.existence <= 1.0)).all()
        known = ~np.isnan(tracks.heading_deg)
        assert ((tracks.heading_deg[known] >= 0) & (tracks.heading_deg[known] < 360)).all()
        carried = [number for number in tracks.vehicle_id if number]
        assert len(set(carried)) == len(carried)


def test_who_stops_behind_a_bus_is_kept_and_who_vanishes_in_the_open_is_not():
    """The second car is lost to the camera at the same time; the bus stands before the first only."""
    fusion = fused({"camera": camera("camera", 0.0, -40.0, 0.0)})
    for tick in range(80):
        t = tick * 0.1
        north = 16.0 - 1.2 * min(t, 2.0)
        bus, cars = [40.0, 0.0], [[40.0 + north, 0.0], [40.0 + north, 15.0]]
        seen = [bus, *cars] if t < 2.0 else [bus]
        fusion.ingest(detections("camera", START_NS + tick * CYCLE_NS, seen, kind=[3, 1, 1][: len(seen)]))
        tracks = fusion.tracks(START_NS + tick * CYCLE_NS + 50_000_000)
    assert sorted(tracks.kind.tolist()) == [CAR, RoadUser.BUS]
    assert tracks.position_m[tracks.kind == CAR][0] == pytest.approx([0.0, 12.5], abs=1.5)


def test_a_radar_alone_tells_motor_vehicles_by_their_speed():
    fusion = fused({"radar": camera("radar", 0.0, -60.0, 0.0)})
    for tick in range(20):
        places = [[20.0 + 1.5 * tick, 0.0], [40.0 + 0.2 * tick, 8.0]]
        velocity = np.array([[15.0, 0.0], [2.0, 0.0]])
        fusion.ingest(detections("radar", START_NS + tick * CYCLE_NS, places, velocity=velocity))
        tracks = fusion.tracks(START_NS + tick * CYCLE_NS)
    fast = np.hypot(*tracks.velocity_mps.T) > 10.0
    assert tracks.kind[fast].tolist() == [CAR]
    assert tracks.kind[~fast].tolist() == [RoadUser.UNKNOWN]


def test_a_stopped_vehicle_keeps_its_heading():
    users = [User(1, CAR, stop_and_go(3.0, 10.0, 3.0, 30.0))]
    bench, world = Bench(four_corners()), world_of(users)
    fusion, headings = fused(bench.sensors), []
    for number, measurement in enumerate(bench.measurements(world, 12.0)):
        fusion.ingest(measurement)
        if number % 8 == 7 and measurement.stamp_ns > START_NS + 7 * SECOND_NS:
            headings += fusion.tracks(measurement.receipt_ns).heading_deg.tolist()
    assert np.abs((np.array(headings) + 180.0) % 360.0 - 180.0).max() < 3.0
    assert len(headings) > 40


def test_what_brakes_is_foreseen_to_brake_on():
    """A car at 15 m/s brakes with 4 m/s2; 0.2 s after its newest measurement it is told of as slower still."""
    fusion = fused({"camera": camera("camera", 0.0, -40.0, 0.0)})
    for tick in range(25):
        t = max(tick * 0.1 - 1.0, 0.0)
        ahead, speed = 20.0 + 1.5 * min(tick, 10) + 15.0 * t - 2.0 * t * t, 15.0 - 4.0 * t
        seen = detections("camera", START_NS + tick * CYCLE_NS, [[ahead, 0.0]], velocity=np.array([[speed, 0.0]]))
        fusion.ingest(seen)
        tracks = fusion.tracks(START_NS + tick * CYCLE_NS + 200_000_000)
    assert speed - 0.8 < tracks.velocity_mps[0, 1] < speed - 0.2
