"""Tracks between boxes: as they were sent, in the reader's frame; nothing that cannot be is believed."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from perception.geo import Reference
from rsu.corridor import wire
from rsu.corridor.neighbours import Neighbours
from tests.rsu.corridor.tracks import shared

HERE, THERE = Reference(22.54, 114.05, 10.0), Reference(22.541, 114.0545, 12.0)
NOW_NS = 1_800_000_000_000_000_000


def test_positions_come_into_the_readers_frame() -> None:
    tracks = shared("next", 3)
    message = wire.decode(wire.encode(tracks, THERE, NOW_NS))
    assert wire.in_frame(message, THERE).position_m == pytest.approx(tracks.position_m, abs=1e-4)
    moved = wire.in_frame(message, HERE).position_m - tracks.position_m
    assert moved == pytest.approx(np.tile([462.6, 110.8], (3, 1)), abs=1.0)
    assert (message.tracks.covariance == tracks.covariance).all()


def test_no_road_user_is_a_message_too() -> None:
    assert len(wire.in_frame(wire.decode(wire.encode(shared("next", 0), THERE, NOW_NS)), HERE)) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position_m", np.full((2, 2), np.nan)),
        ("position_m", np.full((2, 2), 1e6)),
        ("position_m", np.zeros((3, 2))),
        ("velocity_mps", np.full((2, 2), 200.0)),
        ("covariance", np.zeros((2, 4, 4))),
        ("covariance", np.ones((2, 4, 4))),
        ("covariance", np.tile(np.eye(4) + np.diag([0.5, 0.0, 0.0], 1), (2, 1, 1))),
        ("size_m", np.full((2, 3), -1.0)),
        ("kind", np.full(2, 99)),
        ("id", np.array([4, 4])),
        ("global_id", np.array([-1, 2])),
        ("travelled_m", np.full(2, -1.0)),
        ("stamp_ns", np.zeros(2)),
        ("stamp_ns", np.array([NOW_NS, NOW_NS + 11_000_000_000])),
        ("stamp_ns", np.array([NOW_NS, NOW_NS - 11_000_000_000])),
        ("since_ns", np.array([NOW_NS, NOW_NS + 11_000_000_000])),
    ],
)
def test_impossible_figures_are_refused(name: str, value: object) -> None:
    octets = wire.encode(msgspec.structs.replace(shared("next", 2), **{name: value}), THERE, NOW_NS)
    with pytest.raises(ValueError, match=f"implausible {name}"):
        wire.decode(octets)


def test_a_time_beyond_all_clocks_is_refused() -> None:
    with pytest.raises(ValueError, match="implausible stamp_ns"):
        wire.decode(wire.encode(shared("next", 2), THERE, 2**64 - 1))


@pytest.mark.parametrize("octets", [b"", b"\x00", b"\x81\xa1a\x01", bytes(range(256))])
def test_other_octets_are_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="not of this form"):
        wire.decode(octets)


def test_every_cut_is_refused() -> None:
    octets = wire.encode(shared("next", 2), THERE, NOW_NS)
    for end in range(0, len(octets), 7):
        with pytest.raises(ValueError, match="not of this form"):
            wire.decode(octets[:end])


def test_another_version_is_refused() -> None:
    octets = wire.encode(shared("next", 2), THERE, NOW_NS)
    message = msgspec.msgpack.decode(octets) | {"version": 2}
    with pytest.raises(ValueError, match="version 2"):
        wire.decode(msgspec.msgpack.encode(message))


def test_neighbours_are_counted_and_timed() -> None:
    neighbours = Neighbours(["next"])
    octets = wire.encode(shared("next", 2), THERE, NOW_NS)
    assert neighbours.take("next", octets, NOW_NS + 4_000_000, HERE) is not None
    assert neighbours.take("next", octets, NOW_NS + 5_000_000, HERE) is None
    other = wire.encode(shared("another", 2), THERE, NOW_NS + 100_000_000)
    assert neighbours.take("next", other, NOW_NS + 100_000_000, HERE) is None
    assert neighbours.take("next", b"?", NOW_NS + 100_000_000, HERE) is None
    (view,) = neighbours.views([], NOW_NS + 200_000_000)
    assert (view.heard, view.age_ms, view.delay_p50_ms, view.road_users) == (True, 196, 4.0, 2)
    assert view.refused == {"not newer": 1, "other name": 1, "malformed": 1}


def test_a_neighbour_whose_clock_was_set_back_is_heard_again() -> None:
    neighbours = Neighbours(["next"])
    assert neighbours.take("next", wire.encode(shared("next", 1), THERE, NOW_NS), NOW_NS, HERE) is not None
    back = wire.encode(shared("next", 1), THERE, NOW_NS - 10_000_000_000)
    assert neighbours.take("next", back, NOW_NS + 100_000_000, HERE) is None
    assert neighbours.take("next", back, NOW_NS + 2_000_000_000, HERE) is not None
