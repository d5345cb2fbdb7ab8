"""Who is followed between looks of a network, and how surely each is there."""

from __future__ import annotations

import numpy as np

from perception.objects import RoadUser
from perception.video.followed import MISSED, MOST, Followed
from perception.video.network import NetworkBoxes
from perception.video.overlap import feet_hidden

SURE = 0.5
BOX = [100.0, 100.0, 130.0, 180.0]


def said(*scores: float, aside: float = 0.0) -> NetworkBoxes:
    """Return boxes of pedestrians side by side with these scores."""
    count = len(scores)
    box = np.array(BOX) + np.arange(count)[:, None] * [60.0, 0.0, 60.0, 0.0] + [aside, 0.0, aside, 0.0]
    return NetworkBoxes(box, np.full(count, RoadUser.PEDESTRIAN), np.array(scores))


def test_a_hidden_part_makes_somebody_known_faint_and_not_doubtful() -> None:
    users = Followed.new(said(0.8), SURE)
    for _ in range(20):
        users = users.told(said(0.22, aside=4.0), SURE).believed(np.zeros(1))
    assert users.odds.tolist() == [MOST]
    assert users.found.box_px.tolist() == [BOX], "a faint box does not say where it is"


def test_who_was_never_seen_well_is_not_believed() -> None:
    assert not len(Followed.new(said(0.2), SURE).odds)
    users = Followed.new(said(0.3), SURE)
    for _ in range(20):
        users = users.told(said(0.25), SURE).believed(np.full(len(users.odds), -0.2))
    assert not len(users.odds) or users.odds[0] < 0.0


def test_a_miss_counts_as_far_as_somebody_is_in_sight() -> None:
    users = Followed.new(said(0.9, 0.9), SURE)
    nearer = users.found.box_px[0] + [2.0, 10.0, 2.0, 20.0]
    hidden = users.found._replace(
        box_px=np.array([users.found.box_px[0], nearer, users.found.box_px[1]]), kind=np.full(3, 6)
    )
    users = Followed.new(hidden._replace(score=np.full(3, 0.9)), SURE)
    lost = users.odds - users.told(said(), SURE).odds
    np.testing.assert_allclose(lost[1:], MISSED)
    assert lost[0] < 0.3 * MISSED


def test_feet_behind_a_nearer_one_are_hidden() -> None:
    box = np.array([BOX, [110.0, 120.0, 150.0, 220.0], [300.0, 100.0, 330.0, 180.0]])
    assert feet_hidden(box).tolist() == [True, False, False]
