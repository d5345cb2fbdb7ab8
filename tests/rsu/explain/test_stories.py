"""Stories of road users and messages, told from golden recordings and from looks made by hand."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest

from rsu.bus.records import SensorSight
from rsu.bus.snapshot import MessageState, Snapshot, TrackView
from rsu.explain import reason, recorded
from rsu.explain.look import Carried, Look
from rsu.explain.user import Storyteller, UserStory
from rsu.recording import reader, site_files

GOLDEN = Path(__file__).parents[1] / "recording" / "golden"
S = 1_000_000_000


@cache
def looks(name: str) -> list[Look]:
    path = GOLDEN / f"{name}.mcap"
    with tempfile.TemporaryDirectory() as folder:
        return list(recorded.looks(site_files.load(*reader.start(path), Path(folder)), reader.ticks(path)))


def story(number: int, taken: list[Look]) -> UserStory:
    teller = Storyteller(number)
    for look in taken:
        teller.add(look)
    return teller.story


def test_every_road_user_on_air_has_sensors_that_saw_it_where_it_was() -> None:
    taken = looks("wrong-way")
    numbers = {each.id for look in taken for each in look.carried}
    assert len(numbers) >= 6
    for number in numbers:
        told = story(number, taken)
        assert told.first_ns is not None and told.on_air.messages > 0 and told.sensors
        assert told.on_air.longest_gap_ms <= 1000  # one that goes on as before is told of again after a second
        measured = [each for each in told.sensors.values() if each.places > 20]
        assert all(each.rms_m is not None and each.rms_m < 1.5 for each in measured)
    assert any(each.places > 20 for number in numbers for each in story(number, taken).sensors.values())


def test_one_that_has_left_is_gone_and_the_answer_says_so() -> None:
    taken = looks("wrong-way")
    present = {each.id for each in taken[-1].snapshot.tracks}
    left = next(each.id for look in taken for each in look.snapshot.tracks if each.id not in present)
    answer = reason.of_user(story(left, taken), taken[-1].snapshot)
    assert not answer.on_air and "has ended" in str(answer.lines[0][0])
    stays = reason.of_user(story(min(present), taken), taken[-1].snapshot)
    assert stays.on_air and "RSM carried it" in str(stays.lines[0][0])


def test_a_number_that_is_no_track_is_named_with_those_that_are() -> None:
    taken = looks("wrong-way")
    answer = reason.of_user(story(60000, taken), taken[-1].snapshot)
    assert not answer.on_air
    assert all(str(each.id) in str(answer.lines[0][0]) for each in taken[-1].snapshot.tracks)


def test_a_message_that_is_held_back_says_the_condition_and_the_remedy() -> None:
    snapshot = looks("signal-faults")[-1].snapshot
    answer = reason.of_message("spat", snapshot)
    assert answer.on_air  # degraded
    text, do = answer.lines[1]
    assert "signal-unavailable (degraded)" in str(text) and "signal controller" in str(do) and "检查" in do.zh
    off = reason.of_message("bsm", snapshot)
    assert not off.on_air and "switched-off (silent)" in str(off.lines[1][0])


@pytest.mark.parametrize("kind", ["map", "rsm"])
def test_one_that_nothing_holds_back_says_so(kind: str) -> None:
    assert "no condition" in str(reason.of_message(kind, looks("wrong-way")[-1].snapshot).lines[1][0])


def look(second: int, seen: list[tuple[float, float, int]]) -> Look:
    """Return a look with road user 1, driving east at 10 m/s, and one sensor's detections half a second later."""
    track = TrackView(
        id=1, kind="car", east_m=10.0 * second, north_m=0.0, speed_mps=10.0, heading_deg=90.0, length_m=4.5,
        width_m=1.8, sources=["radar"], ellipse=(1.0, 0.5, 0.0), age_ms=0, link="west_in", lane=1, vehicle_id=None,
    )  # fmt: skip
    now_ns = second * S
    carried = Carried(1, now_ns, now_ns, now_ns, (10.0 * second, 0.0), 10.0, 90.0)
    state = MessageState("rsm", "send", [], 10.0, 1)
    snapshot = Snapshot(now_ns, "", [track], [], [], [state], [], 1.0, None)
    return Look(snapshot, (carried,), (SensorSight("radar", now_ns + S // 2, seen),))


def test_the_error_of_a_sensor_is_that_of_the_detections_that_the_track_took() -> None:
    """Half a second later the road user is 5 m on; the sensor sees it 1 m too far north, and others beside it."""
    seen = [[(10.0 * at + 5.0, 1.0, 1), (10.0 * at + 5.0, 0.5, 2), (10.0 * at + 5.0, 0.0, 0)] for at in range(1, 5)]
    part = story(1, [look(second, found) for second, found in enumerate(seen, 1)]).sensors["radar"]
    assert part.places == 4
    assert (part.east_m, part.north_m, part.rms_m) == pytest.approx((0.0, 1.0, 1.0))


def test_a_sensor_that_loses_it_for_more_than_a_second_begins_anew() -> None:
    part = story(1, [look(second, []) for second in (1, 2, 5, 6)]).sensors["radar"]
    assert part.spans_ns == [(S, 2 * S), (5 * S, 6 * S)] and part.rms_m is None
