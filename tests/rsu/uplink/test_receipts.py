"""A record that only the broker acknowledges is held when all its publications are taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rsu.uplink.receipts import Receipts
from rsu.uplink.record import SpooledRecord


def _record(seq: int) -> SpooledRecord:
    return SpooledRecord("b", seq, seq, "event", 2, 0, b"{}")


def test_the_last_piece_frees_the_record() -> None:
    receipts = Receipts()
    receipts.given(_record(1), [4, 5])
    receipts.given(_record(2), [6])
    assert [receipts.taken(number) for number in (5, 6, 4, 4, 9)] == [None, _record(2), _record(1), None, None]


def test_a_record_sent_again_waits_for_the_newest_publications() -> None:
    receipts = Receipts()
    receipts.given(_record(1), [4, 5])
    receipts.given(_record(1), [6, 7])
    assert [receipts.taken(number) for number in (4, 5, 6)] == [None] * 3
    assert receipts.taken(7) == _record(1)


@given(st.lists(st.tuples(st.integers(1, 4), st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True))))
def test_whatever_ids_are_used_again_nothing_is_freed_twice(given_: list[tuple[int, list[int]]]) -> None:
    """Ids come round after 65535: an old one that was never taken belongs to the record that has it now."""
    receipts = Receipts()
    for seq, ids in given_:
        receipts.given(_record(seq), ids)
    freed = [record.seq for number in range(10) if (record := receipts.taken(number)) is not None]
    assert len(freed) == len(set(freed))
