"""When an ended process is started again."""

from __future__ import annotations

import pytest

from rsu.daemon.backoff import BACKOFF_S, STEADY_S, Backoff
from rsu.daemon.processes import PROCESSES


def waits(longest_s: float, worked_s: list[float]) -> list[float]:
    backoff = Backoff(longest_s)
    return [backoff.ended(each) for each in worked_s]


@pytest.mark.parametrize(
    ("longest_s", "worked_s", "expected"),
    [
        (60.0, [0.0] * 10, [0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]),
        (8.0, [0.0] * 8, [0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]),
        (60.0, [STEADY_S] * 4, [0.0] * 4),  # killed again and again, while it worked
        (60.0, [0.0, 0.0, 0.0, STEADY_S, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
    ],
)
def test_what_worked_is_started_at_once(longest_s: float, worked_s: list[float], expected: list[float]) -> None:
    assert waits(longest_s, worked_s) == expected


def test_the_station_never_waits_long() -> None:
    assert max(waits(PROCESSES["station"].longest_wait_s, [0.0] * 20)) <= 8.0 < max(BACKOFF_S)
