"""One identity from box to box: through an overlap, over a gap, and not for ever."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from perception.corridor.corridor import Corridor
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import NO_IDENTITY
from perception.objects import SECOND_NS, encode_array
from tests.perception.corridor.made import ROAD, START_NS, STEP_NS, Place, drive, tracks_of

PLATOON = np.array([[0.0, -1.75, 15.0, 0.0], [-25.0, -1.75, 15.0, 0.0], [-12.0, -5.25, 14.0, 0.0]])


def test_an_overlap_keeps_identities() -> None:
    told = drive([Place(1, 20.0, 300.0), Place(2, 200.0, 500.0)], PLATOON, 330)
    before, after = told[160][0], told[-1][1]
    assert set(before) == set(after) == {0, 1, 2}
    assert before == after
    assert len(set(before.values())) == 3


def test_a_gap_keeps_identities() -> None:
    told = drive([Place(1, 20.0, 300.0), Place(2, 450.0, 750.0)], PLATOON, 500)
    before, after = told[160][0], told[-1][1]
    assert set(before) == set(after) == {0, 1, 2}
    assert before == after


def test_two_that_were_held_up_in_the_gap_keep_their_order() -> None:
    """The first to come is where the second was expected, and can be told half a second before that one."""
    corridor, speed = Corridor("box-1", 1, ROAD, CorridorSettings()), 14.0
    said: dict[int, int] = {}
    for step in range(150):
        at_m = 280.0 + speed * step / 10
        users = {1: at_m, 2: at_m - 8.0} if step < 20 else {}
        users |= {11: at_m - 8.0} if step >= 120 else {}
        users |= {12: at_m - 16.0} if step >= 125 else {}
        state = np.array([[along, -1.75, speed, 0.0] for along in users.values()]).reshape(-1, 4)
        now_ns = START_NS + step * STEP_NS
        shared = corridor.step(tracks_of(list(users), state, now_ns), now_ns)
        said |= dict(zip(shared.id.tolist(), shared.global_id.tolist(), strict=True))
    assert (said[11], said[12]) == (said[1], said[2])
    assert NO_IDENTITY not in said.values()


def test_an_identity_waits_until_it_is_known() -> None:
    told = drive([Place(1, 20.0, 300.0), Place(2, 450.0, 750.0)], PLATOON[:1], 330)
    numbers = {box[0] for step in told for box in step if 0 in box}
    assert len(numbers - {NO_IDENTITY}) == 1
    assert NO_IDENTITY in numbers


def test_a_road_user_that_waits_too_long_in_the_gap_is_a_new_one() -> None:
    settings = CorridorSettings(gap_s=5.0)
    told = drive([Place(1, 20.0, 300.0, settings), Place(2, 450.0, 750.0, settings)], PLATOON[:1], 400)
    assert told[160][0][0] != told[-1][1][0]


def test_identities_end_after_a_way_and_after_a_time() -> None:
    for settings in (CorridorSettings(identity_m=200.0), CorridorSettings(identity_s=12.0)):
        places = [Place(1, 20.0, 400.0, settings), Place(2, 200.0, 500.0, settings)]
        told = drive(places, PLATOON[:1], 300)
        assert told[80][0][0] != told[250][0][0]
        assert told[250][0][0] == told[250][1][0]  # both boxes agree again


def test_boxes_that_both_wait_agree() -> None:
    """A road user that enters where both see: the older identity stays, by the same rule in both."""
    told = drive([Place(1, 0.0, 300.0), Place(2, 0.0, 300.0)], PLATOON[:1] + np.array([50.0, 0.0, 0.0, 0.0]), 60)
    assert told[-1][0][0] == told[-1][1][0] != NO_IDENTITY


def test_a_silent_neighbour_keeps_nothing_alive() -> None:
    far, near = Place(1, 20.0, 300.0), Place(2, 450.0, 750.0)
    drive([far, near], PLATOON[:1], 100)
    now_ns = START_NS + 100 * STEP_NS + SECOND_NS
    own = near.sees(PLATOON[:0], now_ns)
    near.corridor.step(own, now_ns)
    assert len(near.corridor.picture(own, now_ns)) == 0


@pytest.mark.parametrize("ahead_ns", [10 * SECOND_NS, -10 * SECOND_NS])
def test_tracks_of_another_time_are_not_there(ahead_ns: int) -> None:
    far, near = Place(1, 20.0, 300.0), Place(2, 450.0, 750.0)
    truth = PLATOON[:1] + np.array([50.0, 0.0, 0.0, 0.0])
    near.corridor.hear(far.corridor.step(far.sees(truth, START_NS + ahead_ns), START_NS + ahead_ns))
    own = near.sees(truth, START_NS)
    near.corridor.step(own, START_NS)
    assert len(near.corridor.picture(own, START_NS)) == 0


def test_the_picture_tells_of_each_road_user_once() -> None:
    places = [Place(1, 0.0, 300.0), Place(2, 200.0, 500.0)]
    drive(places, PLATOON, 180)
    now_ns = START_NS + 180 * STEP_NS
    truth = PLATOON + np.pad(PLATOON[:, 2:] * 18.0, ((0, 0), (0, 2)))
    own = places[0].sees(truth, now_ns)
    places[0].corridor.step(own, now_ns)
    picture = places[0].corridor.picture(own, now_ns)
    assert len(picture) == 3
    assert len(set(picture.global_id.tolist())) == 3
    assert set(picture.boxes) == {("box-1", "box-2")}
    assert (np.linalg.det(picture.covariance) < 1.001 * np.linalg.det(own.covariance)).all()


def test_the_same_input_gives_the_same_bytes() -> None:
    encode = msgspec.msgpack.Encoder(enc_hook=encode_array).encode
    results = []
    for _ in range(2):
        places = [Place(1, 20.0, 300.0), Place(2, 200.0, 500.0)]
        drive(places, PLATOON, 190)
        now_ns = START_NS + 190 * STEP_NS
        own = places[1].sees(PLATOON + np.array([280.0, 0.0, 0.0, 0.0]), now_ns)
        shared = places[1].corridor.step(own, now_ns)
        results.append(encode([shared, places[1].corridor.picture(own, now_ns), places[1].corridor.offsets()]))
    assert results[0] == results[1]
