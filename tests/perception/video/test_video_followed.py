"""Road users followed between looks of a network, and how surely each is there."""

from __future__ import annotations

import numpy as np

from perception.objects import RoadUser
from perception.video.appearance import LENGTH
from perception.video.followed import HIDDEN, MISSED, MOST, NEWEST, Followed
from perception.video.network import NetworkBoxes
from perception.video.overlap import feet_hidden

SURE = 0.5
BOX = [100.0, 100.0, 130.0, 180.0]


def said(*scores: float, aside: float = 0.0) -> NetworkBoxes:
    """Return boxes of pedestrians side by side with these scores."""
    count = len(scores)
    box = np.array(BOX) + np.arange(count)[:, None] * [60.0, 0.0, 60.0, 0.0] + [aside, 0.0, aside, 0.0]
    return NetworkBoxes(box, np.full(count, RoadUser.PEDESTRIAN), np.array(scores))


def alike_looks(count: int) -> np.ndarray:
    """Return looks of road users that all look the same."""
    return np.full((count, LENGTH), LENGTH**-0.5)


def new(found: NetworkBoxes) -> Followed:
    """Return road users that are seen for the first time."""
    return Followed.new(found, alike_looks(len(found.score)), SURE)


def told(users: Followed, found: NetworkBoxes, hidden: float = 0.0) -> Followed:
    """Return road users after a look of the network; `hidden`: share that screens hide of the last one."""
    shares = np.append(np.zeros(max(len(users.odds) - 1, 0)), [hidden] * min(len(users.odds), 1))
    return users.told(found, alike_looks(len(found.score)), SURE, shares)


def test_a_hidden_part_makes_somebody_known_faint_and_not_doubtful() -> None:
    users = new(said(0.8))
    for _ in range(20):
        users = told(users, said(0.22, aside=4.0)).believed(np.zeros(1), SURE)
    assert users.odds.tolist() == [MOST]
    assert users.found.box_px.tolist() == [BOX], "a faint box does not say where it is"


def test_who_was_never_seen_well_is_not_believed() -> None:
    assert not len(new(said(0.2)).odds)
    users = new(said(0.3))
    for _ in range(20):
        users = told(users, said(0.25))
        users = users.believed(np.full(len(users.odds), -0.2), SURE)
    assert not len(users.odds) or users.odds[0] < 0.0


def test_a_miss_counts_as_far_as_somebody_is_in_sight() -> None:
    users = new(said(0.9, 0.9))
    nearer = users.found.box_px[0] + [2.0, 10.0, 2.0, 20.0]
    hidden = users.found._replace(
        box_px=np.array([users.found.box_px[0], nearer, users.found.box_px[1]]), kind=np.full(3, 6)
    )
    users = new(hidden._replace(score=np.full(3, 0.9)))
    lost = users.odds - told(users, said()).odds
    np.testing.assert_allclose(lost[1:], MISSED)
    assert lost[0] < 0.3 * MISSED


def test_a_miss_behind_a_screen_hardly_counts() -> None:
    users = new(said(0.9, 0.9))
    lost = users.odds - told(users, said(), hidden=0.6).odds
    np.testing.assert_allclose(lost, [MISSED, HIDDEN * MISSED])


def unseen(users: Followed) -> Followed:
    """Return road users after a fifth of a second without detections."""
    count = len(users.odds)
    users = users.moved(np.zeros((count, 2)), np.zeros(count, np.bool_), 0.2)
    return told(users, said()).believed(np.zeros(count), SURE)


def test_somebody_known_well_is_kept_for_a_while_where_nobody_is_seen() -> None:
    users = new(said(0.9))
    assert not len(unseen(unseen(unseen(users))).odds), "somebody new is not"
    for _ in range(10):
        users = told(users.moved(np.zeros((1, 2)), np.ones(1, np.bool_), 0.2), said(0.9))
    users = users.believed(np.zeros(1), SURE)
    for _ in range(4):
        users = unseen(users)
    assert users.odds.tolist() == [NEWEST]
    assert not len(unseen(unseen(users)).odds)


def test_feet_behind_a_nearer_one_are_hidden() -> None:
    box = np.array([BOX, [110.0, 120.0, 150.0, 220.0], [300.0, 100.0, 330.0, 180.0]])
    assert feet_hidden(box).tolist() == [True, False, False]
