"""Gates: how far detections are from where their tracks should be, in place and in velocity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.algebra import UNIT, adjugate, determinant, form, times, transposed
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints
from perception.sensing.scan import Scan
from perception.state.table import TrackTable

CLUTTER_SPEED_VARIANCE = 16.0**2  # (m/s)2: false alarms have any velocity, up to some 20 m/s per axis
_ROWS = 8  # of floats


class Gated(NamedTuple):
    """The m pairs within their gates."""

    number: Ints  # (m,) row of each pair among the judged pairs
    square: Floats  # (m,) squared Mahalanobis distance of the position
    volume_m4: Floats  # (m,) m4: determinant of its covariance
    residual_m: Floats  # (2, m) m: measured less expected
    velocity_mps: Floats  # (2, m) m/s: the same
    velocity_square: Floats  # (m,) squared Mahalanobis distance of the velocity, 0 where it was not measured
    velocity_volume: Floats  # (m,) determinant of the covariance of a false alarm's velocity over that of the track's


def gated(table: TrackTable, scan: Scan, lag: Floats, gate: Floats, track: Ints, detection: Ints) -> Gated:
    """Return those of the pairs (k,) that are within the gates (d,), squared, of their detections.

    lag (d,) s: from the tracks' time to that of each detection.
    """
    if kernel is None:
        return gated_twin(table, scan, lag, gate, track, detection)
    found, kept = np.empty((_ROWS, len(track))), np.empty(len(track), dtype=np.int64)
    tracks = contiguous(table.state, table.covariance)
    seen = contiguous(scan.position_m, scan.covariance_m2, scan.velocity_mps, scan.velocity_certainty, lag, gate)
    count = kernel.gate(*tracks, *seen, *contiguous(track, detection), CLUTTER_SPEED_VARIANCE, found, kept)
    found = found[:, :count]
    return Gated(kept[:count], found[0], found[1], found[2:4], found[4:6], found[6], found[7])


def gated_twin(table: TrackTable, scan: Scan, lag: Floats, gate: Floats, track: Ints, detection: Ints) -> Gated:
    """Return the pairs (m,) of (k,) that are within the gates (d,) as `gated` does, without the kernel."""
    ago = lag[detection]
    state = table.state[:, track]
    residual = scan.position_m[:, detection] - state[:2] - ago * state[2:]
    covariance = table.covariance[:, :, track]
    mixed, speed = covariance[:2, 2:], covariance[2:, 2:]
    spread = covariance[:2, :2] + scan.covariance_m2[:, :, detection]
    spread += ago * (mixed + transposed(mixed) + ago * speed)
    volume = determinant(spread)
    square = form(adjugate(spread), residual) / volume
    kept = (square <= gate[detection]).nonzero()[0]
    detection = detection[kept]
    velocity = scan.velocity_mps[:, detection] - state[2:, kept]
    certainty = scan.velocity_certainty[:, :, detection]
    false = determinant(UNIT + CLUTTER_SPEED_VARIANCE * certainty)
    faster, spread_volume = velocity_square(velocity, speed[:, :, kept], certainty)
    return Gated(kept, square[kept], volume[kept], residual[:, kept], velocity, faster, false / spread_volume)


def velocity_square(residual: Floats, spread: Floats, certainty: Floats) -> tuple[Floats, Floats]:
    """Return the squared Mahalanobis distances (k,) of velocities, and det(1 + U V).

    With U the certainty of the measurement and V the spread of the track, the innovation's covariance is V + U^-1, and
    its inverse (1 + U V)^-1 U holds for a radial speed too, of which nothing is known across the line of sight.
    """
    ours = UNIT + times(certainty, spread)
    volume = determinant(ours)
    return form(times(adjugate(ours), certainty), residual) / volume, volume
