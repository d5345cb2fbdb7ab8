"""Shades: how much of targets the bodies before them cover, as sensors see it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.geo import direction_of
from perception.objects import Floats, Ints
from perception.sensing.sensors import Sensors
from perception.state.attributes import sizes
from perception.state.table import TrackTable, existence


class Obstacles(NamedTuple):
    """The bodies of n tracks."""

    state: Floats  # (4, n) east, north m, their speeds m/s
    size_m: Floats  # (3, n) m: length, width, height
    ahead: Floats  # (2, n) unit vectors, site frame; NaN where the heading is not known
    sd_m: Floats  # (n,) m: how well the place is known, the worse of both axes
    exists: Floats  # (n,) probability


class Shade(NamedTuple):
    """The parts of the targets of m looks that bodies cover."""

    total: Floats  # (m,) share of the target's width, all bodies together; may be over 1
    widest_m: Floats  # (m,) m: the widest shadow, from hidden on one side to hidden on the other; 0: none


def obstacles(table: TrackTable) -> Obstacles:
    """Return the bodies of all tracks."""
    ahead = direction_of(table.heading_deg).T
    sd = np.sqrt(np.maximum(table.covariance[0, 0], table.covariance[1, 1]))
    return Obstacles(table.state, sizes(table), ahead, sd, existence(table))


def shade(of: Obstacles, sensor: Ints, target: Ints, which: Ints, other: Ints, sensors: Sensors) -> Shade:
    """Return the shade on the tracks `target` (m,) as the sensors (m,) see them.

    which (k,): number of a look; other (k,): track that may stand before its target.
    """
    count, target, foot = len(target), target[which], sensors.place[:, sensor[which]]
    height = sensors.height[sensor[which]]
    away, before = of.state[:2, target] - foot, of.state[:2, other] - foot
    distance = np.maximum(np.hypot(away[0], away[1]), 1.0)
    ray = away / distance
    share = (before[0] * ray[0] + before[1] * ray[1]) / distance  # of the way to the target
    line = height + (of.size_m[2, target] / 2.0 - height) * share
    gap = of.state[:2, target] - of.state[:2, other]
    beside = np.hypot(gap[0], gap[1]) > (of.size_m[1, target] + of.size_m[1, other]) / 2.0  # two in one place are one
    near = (beside & (share > 0.0) & (share < 1.0) & (line < of.size_m[2, other])).nonzero()[0]
    which, target, other, ray, share = which[near], target[near], other[near], ray[:, near], share[near]
    aside = (before[0, near] * ray[1] - before[1, near] * ray[0]) / share
    mine, theirs = _half_width(of, target, ray), _half_width(of, other, ray) / share
    wide = 2.0 * mine + 2.0 * theirs
    mine = mine + of.sd_m[target]
    covered = np.maximum(np.minimum(mine, aside + theirs) - np.maximum(-mine, aside - theirs), 0.0)
    widest = np.zeros(count)
    np.maximum.at(widest, which, wide * (covered > 0.0))
    share = of.exists[other] * covered / (2.0 * mine)
    return Shade(np.bincount(which, share, count).astype(np.float64), widest)


def _half_width(of: Obstacles, rows: Ints, ray: Floats) -> Floats:
    """Return half the widths (k,) m of the bodies in the rows (k,) across rays (2, k), unit vectors."""
    (east, north), length, width = of.ahead[:, rows], of.size_m[0, rows], of.size_m[1, rows]
    along, across = np.abs(east * ray[0] + north * ray[1]), np.abs(east * ray[1] - north * ray[0])
    half: Floats = np.where(np.isnan(east), (length + width) / 2.0, length * across + width * along) / 2.0
    return half
