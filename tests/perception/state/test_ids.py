"""Ids of tracks: the lowest free ones, none twice or too early."""

from hypothesis import given
from hypothesis import strategies as st

from perception.state.table import Ids

SECOND = 1_000_000_000


def test_ids_are_the_lowest_free_ones():
    ids = Ids(60 * SECOND)
    assert [ids.take(0) for _ in range(300)] == list(range(1, 301))
    ids.release(7, 10 * SECOND)
    ids.release(3, 11 * SECOND)
    assert ids.take(69 * SECOND) == 301
    assert ids.take(70 * SECOND) == 7
    assert ids.take(80 * SECOND) == 3


def test_ids_end():
    ids = Ids(60 * SECOND)
    for _ in range(65534):
        ids.take(0)
    assert ids.take(0) is None
    ids.release(65534, 0)
    assert ids.take(60 * SECOND) == 65534


def test_ids_stay_within_their_limit():
    ids = Ids(60 * SECOND, last=255)
    assert [ids.take(0) for _ in range(256)] == [*range(1, 256), None]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=80))
def test_no_id_is_given_twice_or_too_early(steps):
    ids, now = Ids(60 * SECOND), 0
    used: list[int] = []
    released: dict[int, int] = {}
    for take, seconds in steps:
        now += seconds * SECOND
        if take:
            number = ids.take(now)
            assert number is not None and number not in used
            assert now - released.get(number, -60 * SECOND) >= 60 * SECOND
            used.append(number)
        elif used:
            released[used[0]] = now
            ids.release(used.pop(0), now)
