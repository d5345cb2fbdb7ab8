"""An alarm's state machine: raised and cleared by its thresholds and times alone, whatever figures come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hw.hysteresis import Hysteresis, Limit

LIMIT = Limit(10.0, 5.0, raise_ns=3, clear_ns=4)
# steps of time, with the figure that holds then; None: no data
STEPS = st.lists(st.tuples(st.integers(1, 3), st.none() | st.sampled_from([0.0, 4.9, 5.0, 5.1, 9.9, 10.0, 99.0])))


def told(steps: list[tuple[int, float | None]]) -> list[tuple[int, float | None, int | None]]:
    """Return time, figure and state after each step."""
    state, now, found = Hysteresis(LIMIT), 0, []
    for after, value in steps:
        now += after
        state.step(now, value)
        found.append((now, value, state.since_ns))
    return found


def lasting(history: list[tuple[int, float | None, int | None]], bad: bool) -> int:
    """Return for how long the newest figures have all been beyond one of the thresholds; -1: the newest is not."""
    since = -1
    for now, value, _ in reversed(history):
        if value is None or not (value >= LIMIT.raise_at if bad else value <= LIMIT.clear_at):
            break
        since = now
    return -1 if since < 0 else history[-1][0] - since


@given(STEPS)
def test_it_turns_only_by_a_figure_that_lasts(steps: list[tuple[int, float | None]]) -> None:
    history = told(steps)
    for end, (now, value, since) in enumerate(history, start=1):
        before = history[end - 2][2] if end > 1 else None
        if before is None and since is not None:
            assert lasting(history[:end], bad=True) >= LIMIT.raise_ns
            assert now - since >= LIMIT.raise_ns, "since the fault began"
        if before is not None and since is None:
            assert value is None or lasting(history[:end], bad=False) >= LIMIT.clear_ns
        if before is not None and since is not None:
            assert since == before, "one alarm has one beginning"


@given(STEPS)
def test_it_always_turns_when_a_figure_lasts(steps: list[tuple[int, float | None]]) -> None:
    worse = told([*steps, (1, 10.0), (LIMIT.raise_ns, 10.0)])
    assert worse[-1][2] is not None
    better = told([*steps, (1, 5.0), (LIMIT.clear_ns, 5.0)])
    assert better[-1][2] is None
    assert told([*steps, (1, None)])[-1][2] is None, "no data, no alarm of them"


def test_between_the_thresholds_it_remains() -> None:
    between: list[tuple[int, float | None]] = [(1, 7.0)] * 20
    assert told(between)[-1][2] is None
    assert told([*[(1, 10.0)] * 4, *between])[-1][2] == 1
