"""Identities: the older stays, none twice, none for ever."""

from __future__ import annotations

from perception.corridor.identity import COUNTS, GlobalIdentity, IdentityBook
from perception.corridor.settings import CorridorSettings
from perception.objects import SECOND_NS

NOW_NS = 1_000 * SECOND_NS


def test_the_older_identity_stays() -> None:
    book = IdentityBook(3, CorridorSettings())
    book.give(1, NOW_NS)
    mine = book.of[1].global_id
    assert mine // COUNTS == 3
    assert not book.adopt(1, GlobalIdentity(9 * COUNTS, NOW_NS + 1, 0.0), NOW_NS)
    assert book.adopt(1, GlobalIdentity(9 * COUNTS, NOW_NS - 1, 0.0), NOW_NS)
    assert book.of[1].global_id == 9 * COUNTS


def test_two_tracks_never_have_one_identity() -> None:
    book = IdentityBook(3, CorridorSettings())
    other = GlobalIdentity(9 * COUNTS, NOW_NS - 1, 0.0)
    book.keep([1, 2], [0.0, 0.0], NOW_NS)
    assert book.adopt(1, other, NOW_NS)
    assert not book.adopt(2, other, NOW_NS)
    book.keep([2], [0.0], NOW_NS + 1)  # the first one is lost: the second one may be the same road user
    assert book.adopt(2, other, NOW_NS + 1)
    assert 1 not in book.of


def test_what_ended_here_is_not_taken_back() -> None:
    book = IdentityBook(3, CorridorSettings(identity_m=100.0))
    book.adopt(1, GlobalIdentity(9 * COUNTS, NOW_NS - 1, 99.0), NOW_NS)
    book.keep([1], [2.0], NOW_NS)
    assert book.of[1].global_id // COUNTS == 3
    assert book.of[1].travelled_m == 0.0
    assert not book.adopt(1, GlobalIdentity(9 * COUNTS, NOW_NS - 1, 99.5), NOW_NS)


def test_a_track_that_is_not_reported_for_a_moment_keeps_its_identity() -> None:
    book = IdentityBook(3, CorridorSettings())
    book.keep([1], [0.0], NOW_NS)
    book.give(1, NOW_NS)
    mine = book.of[1].global_id
    book.keep([], [], NOW_NS + SECOND_NS)
    assert book.of[1].global_id == mine
    book.keep([], [], NOW_NS + 6 * SECOND_NS)
    assert book.of == {}


def test_numbers_begin_again() -> None:
    book = IdentityBook(3, CorridorSettings())
    book._next = 3 * COUNTS + COUNTS - 1
    book.give(1, NOW_NS)
    book.give(2, NOW_NS)
    assert [book.of[track].global_id - 3 * COUNTS for track in (1, 2)] == [COUNTS - 1, 0]
