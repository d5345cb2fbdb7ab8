"""Correction: the motion of tracks is corrected by their detections."""

from __future__ import annotations

from perception.algebra import adjugate, determinant
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats
from perception.sensing.scan import Scan
from perception.state import filter
from perception.state.pairs import Pairs
from perception.state.table import TrackTable, run_starts
from perception.tracking.motion import DRIFT_KEPT


def correct(table: TrackTable, pairs: Pairs, scan: Scan, lag: Floats) -> None:
    """Give pairs (k,), ordered by track, to their tracks, and note how much it changes their velocities.

    lag (d,) s: from the tracks' time to that of each detection.
    """
    if kernel is None:
        correct_twin(table, pairs, scan, lag)
        return
    tracks = table.state, table.covariance, table.drift_mps, table.drift_variance_m2ps2
    seen = contiguous(scan.covariance_m2, scan.velocity_certainty, lag)
    told = contiguous(pairs.track, pairs.detection, pairs.residual_m, pairs.velocity_residual_mps, pairs.weight)
    kernel.correct(*tracks, *seen, *told, DRIFT_KEPT)


def correct_twin(table: TrackTable, pairs: Pairs, scan: Scan, lag: Floats) -> None:
    """Correct tracks as `correct` does, without the kernel; pairs (k,), lag (d,) s."""
    starts = run_starts(pairs.track)
    rows = pairs.track[starts]
    state, covariance = table.state[:, rows], table.covariance[:, :, rows]
    velocity, variance = state[2:].copy(), covariance[2, 2] + covariance[3, 3]
    filter.update(state, covariance, filter.summed(_evidence(pairs, scan, lag), starts))
    table.state[:, rows], table.covariance[:, :, rows] = state, covariance
    table.drift_mps[:, rows] = DRIFT_KEPT * table.drift_mps[:, rows] + state[2:] - velocity
    expected = variance - covariance[2, 2] - covariance[3, 3]
    table.drift_variance_m2ps2[rows] = DRIFT_KEPT * DRIFT_KEPT * table.drift_variance_m2ps2[rows] + expected


def _evidence(pairs: Pairs, scan: Scan, lag: Floats) -> filter.Information:
    """Return the information of each detection of the pairs (k,) about its track."""
    detection, weight = pairs.detection, pairs.weight
    covariance = scan.covariance_m2[:, :, detection]
    return filter.information(
        lag[detection],
        pairs.residual_m,
        adjugate(covariance) * (weight / determinant(covariance)),
        pairs.velocity_residual_mps,
        scan.velocity_certainty[:, :, detection] * weight,
    )
