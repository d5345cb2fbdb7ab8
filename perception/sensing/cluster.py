"""Radar reflections to road users: clusters in place and Doppler, the background left out.

Reflections without motion are background in cells of the ground in which a body stood nearly always: each radar learns
these cells. Reflections without motion where the ground was empty are a road user that stopped, until it has stood for
minutes.
"""

from __future__ import annotations

import math

import numpy as np

from perception.objects import Detections, Floats, Ints, Mask, PointCloud
from perception.sensing.scan import sight_covariance
from perception.sensor import AtLeastOne, NotNegative, Positive, Sensor, Settings
from perception.state.pairs import groups, neighbours


class ClusterSettings(Settings):
    """Limits within which reflections are one road user."""

    distance_m: Positive = 2.0  # neighbours in one cluster are no farther apart than this
    speed_mps: Positive = 1.5  # radial speeds in one cluster differ by no more than this
    least_points: AtLeastOne = 2  # reflections that make a road user
    static_mps: NotNegative = 0.2  # radial speed under which a reflection may be background
    emptied_s: Positive = 20.0  # after about so long without reflections a cell is no background any more
    filled_s: Positive = 180.0  # after about so long with reflections a cell is background


class Background:
    """Where one radar has seen something stand. At first everywhere, so that nothing is born of an unknown scene."""

    CELL_M = 1.0

    def __init__(self, sensor: Sensor, settings: ClusterSettings) -> None:
        cells = math.ceil(2.0 * sensor.field_of_view.range_m / self.CELL_M) + 1
        self._filled = np.ones((cells, cells))  # 0..1
        self._settings = settings
        self._stamp_ns = 0

    def standing(self, cloud: PointCloud) -> Mask:
        """Return which reflections (n,) do not move and are background, and learn from all that do not move."""
        still = np.abs(cloud.doppler_mps) <= self._settings.static_mps
        middle = len(self._filled) // 2
        row, column = np.clip(np.rint(cloud.points_m[:, :2] / self.CELL_M).astype(np.int64) + middle, 0, 2 * middle).T
        background: Mask = still & (self._filled[row, column] > 0.5)
        seconds = min(max(cloud.stamp_ns - self._stamp_ns, 0) * 1e-9, 1.0) if self._stamp_ns else 0.0
        self._stamp_ns = cloud.stamp_ns
        here = np.unique(row[still] * len(self._filled) + column[still])
        before = self._filled.ravel()[here]
        self._filled *= math.exp(-seconds / self._settings.emptied_s)
        self._filled.ravel()[here] = before + (1.0 - before) * (1.0 - math.exp(-seconds / self._settings.filled_s))
        return background


def cluster(cloud: PointCloud, standing: Mask, settings: ClusterSettings, sensor: Sensor) -> Detections:
    """Return one detection per cluster of reflections (n,) that are not `standing` background.

    Of its velocity the part along the line of sight is known.
    """
    points, doppler = cloud.points_m[~standing, :2], cloud.doppler_mps[~standing]
    label = _labels(np.column_stack([points / settings.distance_m, doppler / settings.speed_mps]))
    size = np.bincount(label)
    count = size[:, None]
    centre = np.column_stack([np.bincount(label, points[:, axis]) for axis in (0, 1)]) / count
    speed = np.bincount(label, doppler) / size
    kept = size >= settings.least_points
    covariance = sight_covariance(centre, sensor.noise) + _spread(points - centre[label], label) / count[:, :, None]
    sight = centre / np.maximum(np.hypot(centre[:, 0], centre[:, 1]), 1e-6)[:, None]
    number = int(kept.sum())
    return Detections(
        device=cloud.device,
        stamp_ns=cloud.stamp_ns,
        receipt_ns=cloud.receipt_ns,
        position_m=centre[kept],
        covariance_m2=covariance[kept],
        velocity_mps=(sight * speed[:, None])[kept],
        velocity_variance_m2ps2=np.full(number, np.nan),
        box_px=np.full((number, 4), np.nan),
        size_m=np.full((number, 3), np.nan),
        kind=np.zeros(number, dtype=np.int64),
        confidence=np.zeros(number),
        source_id=np.full(number, -1),
    )


def _labels(features: Floats) -> Ints:
    """Return the number of the cluster of each point; points (n, 3) not farther apart than 1 are neighbours."""
    place = features[:, :2].T
    one, other = neighbours(place, np.ones(len(features)), place, 0.0)
    x, y, z = (features[one] - features[other]).T
    near = (one < other) & (x * x + y * y + z * z <= 1.0)
    return groups(len(features), one[near], other[near])


def _spread(offset: Floats, label: Ints) -> Floats:
    """Return the covariance (k, 2, 2) of the points of each cluster about its centre."""
    x, y = offset[:, 0], offset[:, 1]
    count = np.maximum(np.bincount(label), 1)
    xx, xy, yy = (np.bincount(label, product) / count for product in (x * x, x * y, y * y))
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)
