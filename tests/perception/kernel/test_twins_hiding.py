"""The same for the kernels that tell which bodies hide road users, and predict the hidden ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perception.occlusion.bodies import on_bodies, on_bodies_twin
from perception.occlusion.lane_order import lane_order, lane_order_twin
from perception.occlusion.misses import Looks, Misses, weigh, weigh_twin
from perception.occlusion.visibility import cover, cover_twin, sight, sight_twin
from perception.state.attributes import walks
from perception.state.table import TrackTable
from perception.tracking import hidden
from tests.perception.kernel.drawn import built, same, seeds, site, tracks


@built
@given(seeds, st.integers(2, 30), st.integers(1, 60))
def test_covers_are_those_of_the_twin(rng: np.random.Generator, count: int, looks: int) -> None:
    table, sensors = tracks(rng, count), site(rng)
    table.kind[:], table.log_odds[:] = rng.integers(0, 7, count), rng.normal(size=count)
    table.size_m[:], table.size_weight[:] = rng.uniform(0.0, 30.0, (3, count)), rng.integers(0, 3, (3, count))
    table.heading_deg[:] = np.where(rng.random(count) < 0.2, np.nan, rng.uniform(0.0, 360.0, count))
    table.id[:] = rng.random(count) < 0.8
    table.id[0] = 1
    pair = rng.integers(0, 3, looks), rng.integers(0, count, looks)
    found, expected = (each(table, *pair, sensors) for each in (cover, cover_twin))
    assert all(ours.tobytes() == theirs.tobytes() for ours, theirs in zip(found, expected, strict=True))


@built
@given(seeds, st.integers(0, 40))
def test_sights_are_those_of_the_twin(rng: np.random.Generator, count: int) -> None:
    table, sensors = tracks(rng, count), site(rng)
    assert all(map(same, sight(table, sensors), sight_twin(table, sensors)))


@built
@given(seeds, st.integers(1, 30), st.integers(0, 10))
def test_orders_in_lanes_are_those_of_the_twin(rng: np.random.Generator, count: int, asked: int) -> None:
    """All on one road, on which most drive the same way and some side by side."""
    table, rows = tracks(rng, count), rng.integers(0, count, asked)
    table.state[:2] = rng.integers(-30, 30, (2, count)) * [[0.5], [5.0]]
    table.heading_deg[:] = np.where(rng.random(count) < 0.1, np.nan, rng.choice([0.0, 5.0, 180.0], count))
    table.id[:], table.log_odds[:], table.kind[:] = 1, rng.normal(2.0, 1.5, count), rng.integers(0, 7, count)
    assert all(map(same, lane_order(table, rows), lane_order_twin(table, rows)))


@built
@given(seeds, st.integers(1, 30), st.booleans())
def test_misses_are_weighed_as_by_the_twin(rng: np.random.Generator, count: int, settled: bool) -> None:
    table, sensors = TrackTable.new(count, 3), site(rng)
    table.state[:] = rng.normal(size=(4, count))
    table.history[:] = rng.integers(0, 2**32, (3, count)) >> rng.integers(0, 33, (3, count))
    table.word[:], table.hidden[:] = rng.normal(size=(3, count)), rng.integers(0, 2, count)
    table.id[:] = rng.integers(0, 2, count)
    looks = Looks(*(rng.random((3, 3, count)) < 0.5))
    sensor, track = np.nonzero(looks.watched & ~looks.seen)
    exposed = rng.choice([0.0, 0.05, 0.6, 0.95, 0.998], len(track))
    found = []
    for each in (weigh, weigh_twin):
        own = table.take(np.arange(count))
        missed = Misses(sensor, track, exposed.copy(), np.where(exposed > 0.9, np.inf, exposed * 9.0))
        told = each(own, looks, missed, np.array([1.0, 4.0, 7.0]), sensors, settled)
        found.append([*told, own.word, own.hidden, missed.exposure])
    assert all(ours.tobytes() == theirs.tobytes() for ours, theirs in zip(*found, strict=True))


@built
@given(seeds, st.integers(1, 30), st.sampled_from([0.0, 0.1, 0.7]))
def test_hidden_vehicles_drive_on_as_by_the_twin(rng: np.random.Generator, count: int, dt: float) -> None:
    """All on one road, mostly in queues."""
    table = tracks(rng, count)
    table.state[:2] = rng.integers(-30, 30, (2, count)) * [[0.5], [5.0]]
    table.heading_deg[:] = rng.choice([0.0, 5.0, 180.0], count)
    table.id[:], table.log_odds[:], table.kind[:] = 1, rng.normal(2.0, 1.5, count), rng.integers(0, 7, count)
    table.hidden[:] = rng.random(count) < 0.7
    ours, theirs = table.take(np.arange(count)), table.take(np.arange(count))
    rows = ((table.hidden > 0) & ~walks(table.kind)).nonzero()[0]
    hidden.drive_on(ours, dt)
    if len(rows):
        hidden.follow_twin(theirs, rows, lane_order_twin(theirs, rows), dt)
    assert ours.state.tobytes() == theirs.state.tobytes()
    assert ours.covariance.tobytes() == theirs.covariance.tobytes()


@built
@given(seeds, st.integers(0, 30), st.integers(0, 60))
def test_places_on_bodies_are_those_of_the_twin(rng: np.random.Generator, count: int, places: int) -> None:
    table = tracks(rng, count)
    table.kind[:], table.size_weight[:] = rng.integers(0, 7, count), rng.integers(0, 3, (3, count))
    table.size_m[:] = rng.uniform(0.0, 30.0, (3, count)) * table.size_weight
    table.heading_deg[:] = np.where(rng.random(count) < 0.2, np.nan, rng.uniform(0.0, 360.0, count))
    asked = table, rng.random(count) < 0.8, rng.normal(size=(2, places)) * 30.0, 0.3
    assert np.array_equal(on_bodies(*asked), on_bodies_twin(*asked))
