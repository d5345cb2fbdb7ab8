"""Fusion with reports of vehicles: the track that a report joins, and the effect of a report that lies."""

import numpy as np
import pytest

from perception.objects import RoadUser
from tests.perception.scenario import (
    SECOND_NS,
    START_NS,
    camera,
    detections,
)
from tests.perception.tracking.fused import CAR, CYCLE_NS, fused, report


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


LIES = {  # seconds since it began to lie -> the content of its BSM; the car drives north at 5 m/s
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
    """It says that it is where another is seen, for less than a second at a time, as a passing vehicle does."""
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


@pytest.mark.parametrize(("gap_m", "refuted"), [(10.5, False), (20.0, True)])
def test_a_claim_close_behind_a_car_is_not_refuted(gap_m, refuted):
    """A camera 7 m high sees 0.8 m and more of a car 10.5 m behind another, 70 m away: hardly any."""
    fusion = fused({"camera": camera("camera", 0.0, -60.0, 0.0)})
    for tick in range(260):
        stamp_ns, north = START_NS + tick * CYCLE_NS, min(-50.0 + 0.5 * tick, 10.0)
        speed_mps = 5.0 if north < 10.0 else 0.0
        fusion.ingest(detections("camera", stamp_ns, [[north + 60.0, 0.0]], kind=[CAR]))
        fusion.ingest(
            report(stamp_ns - 50_000_000, 0.0, north - 0.25, speed_mps=speed_mps, height_m=1.5, id=b"leading1")
        )
        if tick > 130:
            fusion.ingest(report(stamp_ns - 50_000_000, 0.0, north + gap_m, speed_mps=0.0, height_m=1.5))
        fusion.tracks(stamp_ns + 50_000_000)
    assert bool(fusion.refuted()) == refuted


def test_who_hides_follows_its_own_word_for_a_while_where_it_was_trusted():
    tracks, north = hides_behind_a_bus(3.0, 3.0, lambda t: 0.0)
    car = int(np.flatnonzero(tracks.kind == CAR)[0])
    assert tracks.position_m[car] == pytest.approx([0.0, north], abs=0.8)
    liar, north = hides_behind_a_bus(0.3, 3.0, lambda t: 1.0 * t)
    assert np.abs(liar.position_m[liar.kind == CAR][:, 1] - north).max() < 1.5
