"""Which tracks a sensor could see: "not seen" counts only there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.geo import direction_of
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints, Mask
from perception.occlusion.shade import obstacles, shade
from perception.sensing.sensors import Sensors
from perception.state.attributes import SIZE_PRIOR, TYPICAL_SIZE
from perception.state.pairs import neighbours
from perception.state.table import TrackTable, existence

COVERED_SHARE = 0.5  # share of a road user's width that must be covered for it to be hidden, with some allowance
IN_THE_OPEN = 0.998  # probability of being seen where no known body covers: unknown bodies hide as well
FARTHEST_M = 40.0  # no body hides another that is farther behind it
_LIMITS: Floats = np.array([SIZE_PRIOR, FARTHEST_M, COVERED_SHARE, IN_THE_OPEN])


class SightMask(NamedTuple):
    """Which sensors look at which tracks."""

    inside: Mask  # (sensors, n) as `in_view`
    fast: Mask  # (sensors, n) as `fast_enough`


def sight(table: TrackTable, sensors: Sensors) -> SightMask:
    """Return which tracks which sensors look at, and which of these are fast enough to be seen."""
    if kernel is None:
        return sight_twin(table, sensors)
    shape = sensors.radio, len(table)
    found = SightMask(np.empty(shape, np.bool_), np.empty(shape, np.bool_))
    place = sensors.east, sensors.north, sensors.forward
    kernel.sight(*contiguous(table.state), *place, sensors.near, sensors.far, sensors.least_cosine,
                 sensors.least_speed, *found)  # fmt: skip
    return found


def sight_twin(table: TrackTable, sensors: Sensors) -> SightMask:
    """Return the same without the kernel."""
    return SightMask(in_view(table.state[:2], sensors), fast_enough(table, sensors))


def in_view(position: Floats, sensors: Sensors) -> Mask:
    """Return which places (2, n) m, site frame, lie well inside the field of view of which sensor: (sensors, n)."""
    east, north = _sight(position, sensors)
    distance = np.hypot(east, north)
    ahead = east * sensors.forward[0, :-1, None] + north * sensors.forward[1, :-1, None]
    deep = (distance < sensors.far[:-1, None]) & (distance > sensors.near[:-1, None])
    inside: Mask = deep & (ahead > sensors.least_cosine[:-1, None] * distance)
    return inside


def fast_enough(table: TrackTable, sensors: Sensors) -> Mask:
    """Return which tracks move fast enough along the line of sight to be seen by which sensor: (sensors, n)."""
    east, north = _sight(table.state[:2], sensors)
    radial = east * table.state[2] + north * table.state[3]
    least = sensors.least_speed[:-1, None]
    fast: Mask = (np.abs(radial) > least * np.hypot(east, north)) | (least == 0.0)
    return fast


class Cover(NamedTuple):
    """How far other road users cover targets (m,) from sensors (m,)."""

    exposure: Floats  # (m,) probability that the sensor can see the target
    room_m: Floats  # (m,) m across the line of sight, at the target, from hidden on one side to hidden on the other


def cover(table: TrackTable, sensor: Ints, track: Ints, sensors: Sensors) -> Cover:
    """Return how far the tracks (m,) are hidden from the sensors (m,) by other confirmed tracks.

    The sensor looks down from its mount: a body of height h covers the ground that the lines over its top do not
    reach. The line that counts goes to the middle of the target. Widths are compared across the line of sight, there;
    a target that is not known well may be anywhere within so much more of it. A body covers with the probability that
    it exists.
    """
    if not len(track) or not table.id.any():
        return Cover(np.full(len(track), IN_THE_OPEN), np.full(len(track), np.inf))
    if kernel is None:
        return cover_twin(table, sensor, track, sensors)
    found = Cover(np.empty(len(track)), np.empty(len(track)))
    sizes = table.size_m, table.size_weight, TYPICAL_SIZE
    bodies = direction_of(table.heading_deg).T, existence(table), table.kind, table.id
    looks = sensors.place, sensors.height, sensor, track, _LIMITS
    kernel.cover(*contiguous(table.state, table.covariance, *sizes, *bodies, *looks, *found))
    return found


def cover_twin(table: TrackTable, sensor: Ints, track: Ints, sensors: Sensors) -> Cover:
    """Return the same, for tracks (m,) and sensors (m,), without the kernel; a track at least is confirmed."""
    others = table.id.nonzero()[0]
    of = obstacles(table)
    reach = _shadow(table, of.size_m, sensor, track, others, sensors)
    which, other = neighbours(table.state[:2].take(track, axis=-1), reach, table.state[:2].take(others, axis=-1), 0.0)
    found = shade(of, sensor, track, which, others[other], sensors)
    return Cover(
        IN_THE_OPEN * np.clip(1.0 - found.total / COVERED_SHARE, 0.0, 1.0),
        np.where(found.widest_m > 0.0, found.widest_m, np.inf),
    )


def _shadow(table: TrackTable, size: Floats, sensor: Ints, track: Ints, others: Ints, sensors: Sensors) -> Floats:
    """Return how far, m (m,), before the tracks (m,) a body may be that hides their middles from the sensors (m,).

    size (3, n) m: of all tracks; others (o,): the rows that may hide.
    """
    away = table.state[:2].take(track, axis=-1) - sensors.place.take(sensor, axis=-1)
    middle, tallest = size[2, track] / 2.0, size[2, others].max()
    share = (tallest - middle) / np.maximum(sensors.height[sensor] - middle, 0.1)
    reach: Floats = np.clip(share * np.hypot(away[0], away[1]), 0.0, FARTHEST_M)
    return reach


def _sight(position: Floats, sensors: Sensors) -> tuple[Floats, Floats]:
    """Return metres east and north, each (sensors, n), from the sensors to places (2, n) m."""
    return position[0] - sensors.east[:-1, None], position[1] - sensors.north[:-1, None]
