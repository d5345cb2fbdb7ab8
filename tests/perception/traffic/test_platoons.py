"""Vehicles that leave a queue in which others hid them, one after the other across a stop line."""

from __future__ import annotations

import numpy as np
import pytest

from perception.objects import SECOND_NS
from perception.traffic.memory import FRESH, Rows
from perception.traffic.platoons import CAME_LATER, Platoons
from tests.perception.watching import LANES

LANE = next(number for number, line in enumerate(LANES.lines) if LANES.is_motor[number] and not line.leads_away)


def crosses(first_m: float, delay_s: float) -> Rows:
    """Return the memory of a vehicle that was first seen so far before the stop line and was delayed since then."""
    rows = np.full(1, FRESH)
    rows["origin"], rows["delay_s"], rows["from_m"] = LANE, delay_s, first_m
    rows["first_ns"] = 100 * SECOND_NS
    return rows


@pytest.mark.parametrize(
    ("first_m", "after_s", "said_s"),
    [
        (30.0, 2.0, CAME_LATER * 25.0),  # behind a bus
        (58.0, 2.0, 1.0),  # it was seen to come
        (30.0, 9.0, 1.0),  # the queue before it has left long ago
    ],
)
def test_who_was_hidden_in_a_queue_has_waited_nearly_as_long_as_the_one_before(
    first_m: float, after_s: float, said_s: float
) -> None:
    platoons, row = Platoons(LANES, 60.0), np.array([0])
    platoons.credit(crosses(first_m, 1.0), row[:0], SECOND_NS)
    before, after = crosses(59.0, 25.0), crosses(first_m, 1.0)
    platoons.credit(before, row, 100 * SECOND_NS)
    platoons.credit(after, row, 100 * SECOND_NS + round(after_s * SECOND_NS))
    assert before["delay_s"].tolist() == [25.0]
    assert after["delay_s"] == pytest.approx([said_s])
    free_s = (60.0 - first_m) / LANES.speed_limit[LANE]
    assert after["unseen_m"] == pytest.approx([60.0 - first_m])
    assert after["unseen_s"] == pytest.approx([free_s + said_s - 1.0])


def test_vehicles_that_were_there_before_anyone_looked_had_no_unseen_way() -> None:
    platoons, rows = Platoons(LANES, 60.0), crosses(20.0, 1.0)
    rows["first_ns"] = 100 * SECOND_NS
    platoons.credit(rows, np.array([], dtype=np.int64), 99 * SECOND_NS)
    platoons.credit(rows, np.array([0]), 103 * SECOND_NS)
    assert rows["unseen_s"].tolist() == [0.0]
