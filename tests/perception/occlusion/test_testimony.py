"""Sensors that contradict each other: contested tracks, unreported tracks, and their use by fusion and events."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.objects import RoadUser
from perception.occlusion import testimony
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.table import TrackTable
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from tests.perception.drawn import tracks_of
from tests.perception.events.road import START_NS as EVENTS_START_NS
from tests.perception.events.road import Site, crossing, only
from tests.perception.scenario import REFERENCE, SECOND_NS, START_NS, camera, detections

VIEW = FieldOfView(range_m=100.0, width_deg=90.0)
NOW_NS = 10 * SECOND_NS
STRONG, WEAK = 0.9, 0.7


def heard(sees, misses=(), probability=(STRONG, STRONG, STRONG), doubtful=(), rounds=6):
    """Return one road user's table after rounds in which some sensors see it and others do not."""
    devices = [
        Sensor(device=str(n), mount=Mount(east_m=0, north_m=0, yaw_deg=0), field_of_view=VIEW, detection_probability=p)
        for n, p in enumerate(probability)
    ]
    sensors = Sensors(devices, 13.8, 18.4, 6.0)
    sure = testimony.surest(sensors, np.isin(np.arange(len(devices)), doubtful))
    table, seen = TrackTable.new(1, sensors.radio), np.isin(np.arange(len(devices)), sees)[:, None]
    table.log_odds[:] = 8.0
    for _ in range(rounds):
        testimony.hear(table, seen, np.array(misses, np.int64), np.zeros(len(misses), np.int64), sure)
    table.seen_ns[list(sees)] = NOW_NS - 1
    testimony.judge(table, sure, NOW_NS)
    return table


@pytest.mark.parametrize(
    ("sees", "misses", "kind", "contested", "told_of"),
    [
        ([0], [], {}, False, True),  # no other sensor looks there
        ([0, 1], [2], {}, False, True),  # two against one
        ([0], [1], {}, True, True),  # word against word
        ([0], [1, 2], {}, True, False),  # one against two
        ([0], [1], {"probability": (WEAK, STRONG, STRONG)}, True, False),  # a weak one against a good one
        ([0], [1], {"probability": (STRONG, WEAK, STRONG)}, True, True),
        ([0], [], {"doubtful": [0]}, True, True),  # still learning, and no other sensor looks
        ([0, 1], [], {"doubtful": [0]}, False, True),  # it counts with another
        ([0], [1], {"doubtful": [0]}, True, False),
        ([0], [1], {"doubtful": [1]}, False, True),  # a learning sensor denies no track
        ([], [0, 1], {}, False, True),  # seen by none: misses speak for themselves
    ],
)
def test_who_is_contested(sees, misses, kind, contested, told_of):
    table = heard(sees, misses, **kind)
    assert bool(table.contested[0]) is contested
    assert (table.log_odds[0] > 0.0) is np.True_ if told_of else table.log_odds[0] <= 0.0
    assert not contested or table.log_odds[0] < np.log(0.99 / 0.01)  # no surer than a confirmed track


def test_a_sensor_changes_its_mind_within_a_second():
    sensors = Sensors([camera("one", 0, 0, 0), camera("other", 0, 0, 0)], 13.8, 18.4, 6.0)
    sure, table = testimony.surest(sensors, np.zeros(2, np.bool_)), TrackTable.new(1, 2)
    table.log_odds[:], table.seen_ns[:] = 8.0, NOW_NS
    both, one = np.array([[True], [True]]), np.array([[True], [False]])
    for _ in range(100):
        testimony.hear(table, both, np.zeros(0, np.int64), np.zeros(0, np.int64), sure)
    rounds = 0
    while not table.contested[0]:
        testimony.hear(table, one, np.array([1]), np.array([0]), sure)
        testimony.judge(table, sure, NOW_NS)
        rounds += 1
    assert 2 <= rounds <= 10
    testimony.fade(table, 20.0)
    testimony.judge(table, sure, NOW_NS)
    assert not table.contested[0] and (table.word == 0.0).all()  # no sensor speaks any more


@given(
    st.lists(st.tuples(st.sampled_from(["sees", "misses", "nothing"]), st.booleans(), st.floats(0.0, 3.0)), max_size=60)
)
@settings(max_examples=60, deadline=None)
def test_no_sensor_is_sure_beyond_measure(steps):
    sensors = Sensors([camera("one", 0, 0, 0)], 13.8, 18.4, 6.0)
    table = TrackTable.new(1, 1)
    for what, doubtful, by in steps:
        sure = testimony.surest(sensors, np.array([doubtful]))
        missed = np.zeros(int(what == "misses"), np.int64)
        testimony.hear(table, np.array([[what == "sees"]]), missed, missed, sure)
        assert abs(table.word[0, 0]) <= sure[0] + 1e-9
        before = table.word.copy()
        testimony.fade(table, by)
        assert (np.abs(table.word) <= np.abs(before)).all() and (table.word * before >= 0.0).all()


def ghost(cameras, seconds=4.0, doubtful=False, every=1, partial=False, speed_mps=0.0):
    """Return fusion's reports each 100 ms of a person at (0, 10), going north, seen well by the first camera alone.

    `every`: the others look at every so manieth picture time only; `partial`: they see badly.
    """
    fusion = Fusion(cameras, FusionSettings(), REFERENCE)
    told = []
    for tick in range(round(seconds * 10)):
        for number, sensor in enumerate(cameras):
            stamp_ns = START_NS + tick * SECOND_NS // 10 + number * 10_000_000
            if number == 0:
                ahead = (
                    10.0 + speed_mps * tick * 0.1 - sensor.mount.north_m
                )  # all look north from somewhere on the same line
                scan = detections(sensor.device, stamp_ns, [(ahead, 0.0)], kind=[RoadUser.PEDESTRIAN])
                scan = msgspec.structs.replace(scan, covariance_m2=0.04 * np.eye(2)[None], doubtful=doubtful)
                fusion.ingest(scan)
            elif tick % every == 0:
                nobody = detections(sensor.device, stamp_ns, np.zeros((0, 2)))
                fusion.ingest(msgspec.structs.replace(nobody, partial=partial))
        told.append(fusion.tracks(START_NS + (tick + 1) * SECOND_NS // 10))
    return told


def test_who_one_camera_alone_sees_where_none_other_looks_is_known_as_ever():
    told = ghost([camera("one", 0.0, -40.0, 0.0)])
    assert [len(tracks) for tracks in told[5:]] == [1] * 35
    assert not any(tracks.contested.any() for tracks in told)
    assert told[-1].existence[0] > 0.99


@pytest.mark.parametrize("others", [1, 2])
@pytest.mark.parametrize("every", [1, 2])
def test_who_one_camera_alone_sees_where_others_look_is_never_confirmed(others, every):
    cameras = [camera("one", 0.0, -40.0, 0.0)] + [camera(f"other {n}", 0.0, -35.0 - n, 0.0) for n in range(others)]
    assert [len(tracks) for tracks in ghost(cameras, every=every)] == [0] * 40


@pytest.mark.parametrize("every", [5, 10])
def test_where_others_look_seldom_it_is_contested_as_soon_as_they_have_looked(every):
    told = ghost([camera("one", 0.0, -40.0, 0.0), camera("other", 0.0, -35.0, 0.0)], every=every)
    assert all(tracks.contested.all() and (tracks.existence < 0.99).all() for tracks in told[every:])


def test_cameras_that_see_badly_deny_nobody():
    """By night: they are as if they did not look."""
    cameras = [camera("one", 0.0, -40.0, 0.0), *(camera(f"other {n}", 0.0, -35.0 - n, 0.0) for n in range(2))]
    told = ghost(cameras, partial=True)
    assert [len(tracks) for tracks in told[5:]] == [1] * 35
    assert not any(tracks.contested.any() for tracks in told)


def test_a_camera_that_is_still_learning_confirms_nobody_alone():
    assert [len(tracks) for tracks in ghost([camera("one", 0.0, -40.0, 0.0)], doubtful=True)] == [0] * 40


def test_a_camera_that_is_still_learning_confirms_alone_what_moves():
    """No place was learned wrongly along the whole way."""
    told = ghost([camera("one", 0.0, -40.0, 0.0)], doubtful=True, speed_mps=1.3)
    assert [len(tracks) for tracks in told[15:]] == [1] * 25
    assert not any(tracks.contested.any() for tracks in told)


def contested_until(site, seconds):
    """Let all tracks be contested for so long."""
    look = site.observer.look

    def contested(now_ns, tracks, colours):
        doubted = np.full(len(tracks), now_ns - EVENTS_START_NS < seconds * SECOND_NS)
        return look(now_ns, msgspec.structs.replace(tracks, contested=doubted), colours)

    site.observer.look = contested
    return site


@pytest.mark.parametrize(("until_s", "begins_s"), [(0.0, 1.5), (3.0, 4.5), (99.0, None)])
def test_who_is_contested_begins_no_event(until_s, begins_s):
    site = contested_until(crossing("pedestrian"), until_s)
    found = site.run(6.0, lambda t: [(1, -3.0, 60.0, 90.0, 0.2, RoadUser.PEDESTRIAN)])
    starts = [at for at, event in found if event.state == "start"]
    assert starts == ([] if begins_s is None else [pytest.approx(begins_s, abs=0.25)])


@pytest.mark.parametrize(("until_s", "begins"), [(0.0, True), (99.0, False)])
def test_not_even_a_rule_that_wants_nobody_sure_begins_with_who_is_contested(until_s, begins):
    site = contested_until(crossing("pedestrian", sure_for_s=0.0, start_after_s=0.0), until_s)
    assert bool(site.run(2.0, lambda t: [(1, -3.0, 60.0, 90.0, 0.2, RoadUser.PEDESTRIAN)])) is begins


@pytest.mark.parametrize(("until_s", "begins"), [(0.0, True), (99.0, False)])
def test_a_crowd_of_contested_vehicles_is_no_congestion(until_s, begins):
    site = contested_until(Site(only("congestion", start_after_s=1.0)), until_s)
    assert bool(site.run(4.0, lambda t: [(n, 0.0, 25.0 + 7.0 * n, 180.0, 0.0) for n in range(12)])) is begins


def test_tracks_keep_who_is_contested_with_their_rows():
    tracks = msgspec.structs.replace(tracks_of([(1, 0, 0, 0, 0), (2, 5, 5, 0, 0)]), contested=np.array([False, True]))
    assert tracks.take(np.array([1])).contested.tolist() == [True]
