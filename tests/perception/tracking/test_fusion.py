"""Fusion against truth: accuracy, identity, evidence, lateness, determinism."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.geo import to_wgs84
from perception.objects import PointCloud, RoadUser, VehicleReport, encode_array
from perception.sensing.scan import rotation_of
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from tests.perception.scenario import (
    REFERENCE,
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
    truth,
    turn,
)
from tests.perception.score import Score

CAR, PERSON = RoadUser.CAR, RoadUser.PEDESTRIAN
CYCLE_NS = SECOND_NS // 10

TRAFFIC = [
    User(1, CAR, straight(3, -90, 0, 12), equipped=True),
    User(2, CAR, straight(-3, 90, 0, -10)),
    User(3, RoadUser.BUS, straight(-80, -3, 8, 0)),
    User(4, PERSON, straight(-12, 10, 1.2, 0)),
    User(5, PERSON, straight(12, 11, -1.3, 0)),
    User(6, CAR, stop_and_go(6.5, 12, 3, 10)),
    User(7, CAR, turn(0, 0, 10, 7), equipped=True),
    User(8, RoadUser.BICYCLE, straight(30, 14, -4, 0)),
]


def fused(sensors, **settings):
    return Fusion(list(sensors.values()), FusionSettings(**settings), REFERENCE)


def play(fusion, stream, world, seconds, after=1.0, radius=60.0):
    """Feed a stream, look every 100 ms from `after` on; return the score."""
    score, now_ns = Score(radius=radius), START_NS + CYCLE_NS
    for measurement in stream:
        while measurement.receipt_ns >= now_ns <= START_NS + seconds * SECOND_NS:
            if now_ns >= START_NS + after * SECOND_NS:
                score.look(fusion.tracks(now_ns), world, now_ns)
            now_ns += CYCLE_NS
        fusion.ingest(measurement)
    return score


def world_of(users):
    return lambda stamp_ns: truth(users, stamp_ns)


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
    """What was received waits for the end of a tick: after a pause of the process it is older than all else."""
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
    """What leaves unseen by working sensors ends at once; sensors that fail only let it age out of the list."""
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


def report(stamp_ns, east, north, **fields):
    latitude, longitude = map(float, to_wgs84(east, north, REFERENCE))
    said: dict[str, Any] = {"speed_mps": 10.0, "heading_deg": 0.0, "position_95_m": 1.0, "kind": CAR}
    said |= {"length_m": 4.2, "width_m": 1.7, "height_m": 1.4}
    said |= {"id": b"\x00\x01vehicle"[:8], "device": "radio"} | fields
    return VehicleReport(stamp_ns=stamp_ns, receipt_ns=stamp_ns, latitude_deg=latitude, longitude_deg=longitude, **said)


def test_a_report_joins_the_track_of_its_sender():
    sensors = {"camera": camera("camera", 0.0, -60.0, 0.0)}
    fusion = fused(sensors)
    for tick in range(50):
        stamp_ns, north = START_NS + tick * CYCLE_NS, -30.0 + tick
        ahead = north + 60.0
        fusion.ingest(detections("camera", stamp_ns, [[ahead, 0.0], [ahead, 4.0]], kind=[2, 1]))
        fusion.ingest(report(stamp_ns + 1_000_000, 0.2, north + 0.3))
    tracks = fusion.tracks(START_NS + 5 * SECOND_NS)
    assert len(tracks) == 2
    own = next(row for row in range(2) if tracks.vehicle_id[row])
    assert tracks.vehicle_id == [b"\x00\x01vehicl" if row == own else None for row in range(2)]
    assert tracks.position_m[own] == pytest.approx([0.0, 20.0], abs=0.7)
    assert tracks.sources[own] == ("camera", "radio")
    assert tracks.sources[1 - own] == ("camera",)
    assert tracks.heading_deg[own] == 0.0


def test_a_changed_vehicle_id_keeps_the_track():
    """A pseudonym changes, with a silence between: the same road user, under its new id after some seconds."""
    fusion, told = fused({"camera": camera("camera", 0.0, -60.0, 0.0)}), []
    for tick in range(140):
        stamp_ns, north = START_NS + tick * CYCLE_NS, -50.0 + 0.5 * tick
        fusion.ingest(detections("camera", stamp_ns, [[north + 60.0, 0.0]], kind=[1]))
        if tick not in range(60, 72):
            name = b"oldname1" if tick < 60 else b"newname2"
            fusion.ingest(report(stamp_ns - 50_000_000, 0.0, north - 0.25, speed_mps=5.0, id=name))
        tracks = fusion.tracks(stamp_ns + 50_000_000)
        told += [tracks.vehicle_id] * (tick in (55, 125, 139))
    assert tracks.id.tolist() == [1]
    assert told == [[b"oldname1"], [b"newname2"], [b"newname2"]]


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


def test_a_silent_vehicles_id_leaves_its_track():
    fusion = fused({"camera": camera("camera", 0.0, -60.0, 0.0)})
    for tick in range(110):
        stamp_ns, north = START_NS + tick * CYCLE_NS, -50.0 + 0.5 * tick
        fusion.ingest(detections("camera", stamp_ns, [[north + 60.0, 0.0]], kind=[1]))
        if tick < 60:
            fusion.ingest(report(stamp_ns - 50_000_000, 0.0, north - 0.25, speed_mps=5.0))
        tracks = fusion.tracks(stamp_ns + 50_000_000)
        if 50 < tick < 60 or tick > 95:
            assert [number is not None for number in tracks.vehicle_id] == [tick < 60]
    assert tracks.sources == [("camera",)]


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


def test_each_row_is_true_at_the_time_of_the_cycle():
    fusion = fused({"camera": camera("camera", 0.0, 0.0, 0.0)})
    for tick in range(20):
        fusion.ingest(detections("camera", START_NS + tick * CYCLE_NS, [[20.0 + tick, 0.0]]))
        now_ns = START_NS + tick * CYCLE_NS + 80_000_000
        tracks = fusion.tracks(now_ns)
    assert tracks.stamp_ns.tolist() == [now_ns]
    assert tracks.position_m[0] == pytest.approx([0.0, 39.8], abs=0.3)


def test_what_only_vehicles_say_makes_no_track():
    """In the open before a camera, out of its sight, and where there is no sensor at all."""
    for sensors in ({"camera": camera("camera", 0.0, -40.0, 0.0)}, {}):
        fusion = fused(sensors)
        for tick in range(40):
            stamp_ns = START_NS + tick * CYCLE_NS
            for device in sensors:
                fusion.ingest(detections(device, stamp_ns, np.zeros((0, 2))))
            for number, (east, north) in enumerate([(0.0, -10.0 + tick), (-200.0, tick), (3.0, 5.0)]):
                fusion.ingest(report(stamp_ns + 1_000_000, east, north, id=bytes([number + 1] * 8)))
            assert len(fusion.tracks(stamp_ns + 50_000_000)) == 0
        assert len(fusion._population.table) == 0


LIES = {  # seconds since it began to lie -> what its BSM says; the car drives north at 5 m/s
    "drifts aside": lambda t: {"east": 0.5 * t},
    "is 2 m to the left": lambda t: {"east": -2.0},
    "is 50 m ahead": lambda t: {"ahead": 50.0},
    "stands": lambda t: {"speed_mps": 0.0},
    "stopped": lambda t: {"ahead": -5.0 * t, "speed_mps": 0.0},
    "is twice as fast": lambda t: {"ahead": 5.0 * t, "speed_mps": 10.0},
    "drives back": lambda t: {"heading_deg": 180.0},
    "drives across": lambda t: {"heading_deg": 90.0},
    "is exact to the centimetre": lambda t: {"east": 1.0, "position_95_m": 0.01},
    "may be anywhere": lambda t: {"east": 8.0, "position_95_m": 500.0},
    "is a bus": lambda t: {"kind": RoadUser.BUS, "length_m": 18.0, "width_m": 2.55, "height_m": 3.4},
    "is a hundred metres long": lambda t: {"length_m": 100.0, "width_m": 50.0, "height_m": 9.0},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_vehicle_that_lies_drags_its_track_nowhere(lie):
    """One camera sees it; it was honest, and trusted, for 3 s. The same camera without the lies is the measure."""
    silent, lied = (fused({"camera": camera("camera", 0.0, -60.0, 0.0)}) for _ in range(2))
    rng = np.random.default_rng(5)
    for tick in range(90):
        t, stamp_ns = tick * 0.1, START_NS + tick * CYCLE_NS
        seen = detections("camera", stamp_ns, [rng.normal([15.0 + 5.0 * t, 0.0], 0.2)], kind=[1])
        said = LIES[lie](t - 3.0) if t >= 3.0 else {}
        north = -45.0 + 5.0 * (t - 0.05) + said.pop("ahead", 0.0)
        silent.ingest(seen)
        lied.ingest(seen)
        lied.ingest(report(stamp_ns - 50_000_000, said.pop("east", 0.0), north, **{"speed_mps": 5.0} | said))
        alone, tracks = (fusion.tracks(stamp_ns + 50_000_000) for fusion in (silent, lied))
        assert alone.id.tolist() == tracks.id.tolist()
        if t >= 3.0:
            assert np.hypot(*(tracks.position_m - alone.position_m)[0]) < 0.4
            assert np.hypot(*(tracks.velocity_mps - alone.velocity_mps)[0]) < 0.6
            assert tracks.heading_deg[0] == pytest.approx(0.0, abs=8.0) or tracks.heading_deg[0] > 352.0
            assert (tracks.kind[0], tracks.size_m[0, 0] < 10.0) == (CAR, True)


def test_who_is_not_trusted_is_not_told_of_by_its_id():
    """It says that it is where another is seen, for less than a second at a time, such as who only passes."""
    fusion = fused({"camera": camera("camera", 0.0, -60.0, 0.0)})
    for tick in range(60):
        stamp_ns = START_NS + tick * CYCLE_NS
        fusion.ingest(detections("camera", stamp_ns, [[30.0, 0.0]], kind=[1]))
        fusion.ingest(report(stamp_ns - 50_000_000, 8.0 * (tick % 20 > 8), -30.0, speed_mps=0.0))
        assert set(fusion.tracks(stamp_ns + 50_000_000).vehicle_id) <= {None}


def hides_behind_a_bus(trusted_s, hidden_s, said):
    """Return the tracks of a car that goes behind a bus at 4 s, and where it truly stands. `said`: of its BSM then."""
    fusion = fused({"camera": camera("camera", 0.0, -40.0, 0.0)})
    for tick in range(round((4.0 + hidden_s) * 10)):
        t, stamp_ns = tick * 0.1, START_NS + tick * CYCLE_NS
        north = 20.0 - 1.6 * min(t, 4.0)
        seen = [[40.0, 0.0], [40.0 + north, 0.0]][: 1 + (t < 4.0)]
        fusion.ingest(detections("camera", stamp_ns, seen, kind=[3, 1][: len(seen)]))
        honest = {"speed_mps": 1.6 * (t < 4.0), "heading_deg": 180.0}
        if t >= 4.0 - trusted_s:
            fusion.ingest(report(stamp_ns - 50_000_000, 0.0, north + said(t - 4.0) * (t > 4.0), **honest))
        tracks = fusion.tracks(stamp_ns + 50_000_000)
    return tracks, north


def beside_a_bus(east, north):
    """Return the fusion of two cameras that for 22 s see a bus stand, and hear a vehicle say that it stands there."""
    sensors = {name: camera(name, 0.0, -40.0, 0.0) for name in ("camera-a", "camera-b")}
    fusion = fused(sensors)
    for tick in range(220):
        stamp_ns = START_NS + tick * CYCLE_NS
        for name in sensors:
            fusion.ingest(detections(name, stamp_ns, [[64.0, -8.0]], kind=[RoadUser.BUS]))
        fusion.ingest(report(stamp_ns - 50_000_000, east, north, speed_mps=0.0))
        fusion.tracks(stamp_ns + 50_000_000)
    return fusion


@pytest.mark.parametrize(
    ("where", "refuted"),
    [
        ((0.0, -10.0), True),  # in the open
        ((8.0, 20.5), False),  # 3.5 m beside a car that has no id: it may be that one
        ((0.0, 90.0), False),  # beyond the cameras' range
        ((0.0, -60.0), False),  # behind the cameras
        ((8.0, 33.0), False),  # behind a bus
    ],
)
def test_a_claim_is_refuted_where_sensors_look_and_see_nobody(where, refuted):
    """It is never a track; a site says of it no more than it can see."""
    fusion = beside_a_bus(*where)
    assert len(fusion._population.table) == 1
    assert set(fusion.refuted()) == ({b"\x00\x01vehicl"} if refuted else set())
    assert fusion.refuted() == []  # it was said


def test_who_hides_follows_its_own_word_for_a_while_where_it_was_trusted():
    tracks, north = hides_behind_a_bus(3.0, 3.0, lambda t: 0.0)
    car = int(np.flatnonzero(tracks.kind == CAR)[0])
    assert tracks.position_m[car] == pytest.approx([0.0, north], abs=0.8)
    liar, north = hides_behind_a_bus(0.3, 3.0, lambda t: 1.0 * t)
    assert np.abs(liar.position_m[liar.kind == CAR][:, 1] - north).max() < 1.5


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
