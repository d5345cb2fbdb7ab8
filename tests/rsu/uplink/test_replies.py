"""A record is held when all its messages are answered; of one key the oldest message is answered first."""

from __future__ import annotations

from rsu.uplink.record import SpooledRecord
from rsu.uplink.replies import Replies


def _record(seq: int) -> SpooledRecord:
    return SpooledRecord("b", seq, seq, "event", 2, 0, b"{}")


def test_the_last_answer_frees_the_record() -> None:
    replies = Replies()
    replies.given(_record(1), ["a", "b"])
    replies.given(_record(2), ["a"])
    assert [replies.taken(key) for key in ("b", "a", "a", "a", "c")] == [None, _record(1), _record(2), None, None]


def test_a_record_sent_again_waits_for_the_newest_messages() -> None:
    replies = Replies()
    replies.given(_record(1), ["a", "b"])
    assert replies.taken("a") is None
    replies.given(_record(1), ["a", "b"])
    assert [replies.taken(key) for key in ("a", "b")] == [None, _record(1)]
