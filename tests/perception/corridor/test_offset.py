"""The neighbour's datum and clock, from road users that both see."""

from __future__ import annotations

import numpy as np
import pytest

from perception.corridor.estimates import TrackStates
from perception.corridor.offset import DatumAndClock
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import NeighbourOffset
from tests.perception.corridor.made import SPREAD

DATUM, CLOCK_S = np.array([0.4, -0.3]), 0.004
BOTH_WAYS = np.array([[15.0, -14.0, 12.0, -10.0], [1.0, -1.0, 0.5, 0.0]])


def learnt(velocity: np.ndarray, looks: int) -> tuple[DatumAndClock, NeighbourOffset]:
    rng = np.random.default_rng(3)
    offset = DatumAndClock("next", CorridorSettings())
    count = velocity.shape[1]
    spread = np.repeat(SPREAD[:, :, None], count, axis=2)
    for _ in range(looks):
        place = rng.normal(0.0, 50.0, (2, count))
        seen = place + DATUM[:, None] - velocity * CLOCK_S
        own, their = (np.vstack([each + rng.normal(0.0, 0.5, (2, count)), velocity]) for each in (place, seen))
        offset.learn(TrackStates(own, spread), TrackStates(their, spread))
    return offset, offset.view()


def test_datum_and_clock_are_found() -> None:
    _, found = learnt(BOTH_WAYS, 1500)
    assert (found.east_m, found.north_m) == pytest.approx(DATUM, abs=3 * found.datum_sd_m)
    assert found.clock_ms == pytest.approx(CLOCK_S * 1e3, abs=3 * found.clock_sd_ms)
    assert found.datum_sd_m < 0.2
    assert found.clock_sd_ms < 8.0
    assert found.shared == 4


def test_one_direction_does_not_tell_them_apart() -> None:
    one_way = np.abs(BOTH_WAYS)
    assert learnt(one_way, 1500)[1].clock_sd_ms > 1.4 * learnt(BOTH_WAYS, 1500)[1].clock_sd_ms


def test_what_is_known_is_taken_off() -> None:
    offset, _ = learnt(BOTH_WAYS, 1500)
    velocity = BOTH_WAYS[:, :1]
    seen = np.vstack([DATUM[:, None] - velocity * CLOCK_S, velocity])
    found = offset.corrected(TrackStates(seen, SPREAD[:, :, None]))
    assert found.state[:2] == pytest.approx(0.0, abs=0.2)
    added = found.covariance[:, :, 0] - SPREAD
    assert (np.linalg.eigvalsh(added[:2, :2]) > 0.0).all()
    assert not added[2:].any()


def test_without_shared_road_users_the_prior_holds() -> None:
    found = learnt(np.zeros((2, 0)), 10)[1]
    assert (found.east_m, found.north_m, found.clock_ms, found.shared) == (0.0, 0.0, 0.0, 0)
    assert (found.datum_sd_m, found.clock_sd_ms) == pytest.approx((0.5, 10.0))
