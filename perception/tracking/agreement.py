"""Which track a vehicle's report belongs to, and how well the reports agree with the sensors' measurements.

Any sender may say anything: a report begins no track, confirms none and keeps none alive. It sharpens tracks that the
sensors see, and none for longer than it agrees with them: its pull is bounded, and its id, class and size count only
after it has agreed for a while.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import SECOND_NS, Floats, Ints, Mask
from perception.sensing.scan import Scan
from perception.sensing.vehicles import VehicleSettings
from perception.state import attributes
from perception.state.pairs import Pairs
from perception.state.table import TrackTable, trusted
from perception.tracking.gating import velocity_square
from perception.tracking.ownership import MOST, UNFIT, Ownership

LEAST_SCORE = 0.01  # a report of the track's own vehicle is used even where others are likelier
PULL = 1.5  # sigmas: a report that is farther off pulls no harder


class Gates(NamedTuple):
    """Squared distances within which a report must be, in place and in velocity."""

    first: float  # the first one of a vehicle, in place
    own: float  # any further one, and any in velocity


class Told(NamedTuple):
    """The reports of a round."""

    radio: int  # their column among the sensors
    gates: Gates
    doubted: Ints  # (v,) ids of vehicles that no sensor sees where they claim to be


def plausible(pairs: Pairs, table: TrackTable, scan: Scan, reports: Told, settings: VehicleSettings) -> Pairs:
    """Return the pairs without those in which a report is not its track's; the others pull with a bounded weight.

    A report goes to the track that carries its id, else to one that it fits well and that has no fresh report of
    another vehicle for which anything speaks. Pedestrians and cyclists are no motor vehicles. A track that no
    sensor sees follows no report but, for a while, that of its own vehicle where it is trusted.
    """
    told = scan.sensor[pairs.detection] == reports.radio
    if not told.any():
        return pairs
    gates = reports.gates
    track, detection = pairs.track, pairs.detection
    unseen_ns = scan.stamp_ns[detection] - table.stamp_ns[track]
    seen, sure = unseen_ns < SECOND_NS, trusted(table)[track]
    faster, _ = velocity_square(
        pairs.velocity_residual_mps,
        table.covariance[2:, 2:].take(track, axis=-1),
        scan.velocity_certainty.take(detection, axis=-1),
    )
    told_well = told & (table.id[track] > 0) & (faster <= gates.own)
    own = told_well & (table.vehicle_ns[track] > 0) & (table.vehicle[track] == scan.vehicle[detection])
    own &= seen | (sure & (unseen_ns < int(settings.unseen_ms * 1e6)))
    stale = table.vehicle_ns[track] < scan.stamp_ns[detection] - int(settings.fresh_ms * 1e6)
    open_to = stale | (table.agreement[track] <= 0.0)
    free = told_well & seen & (table.hidden[track] == 0) & open_to & (pairs.square <= gates.first)
    free &= attributes.may_be(table.kind[track], scan.kind[detection])
    if len(reports.doubted):
        free &= ~np.isin(scan.vehicle[detection], reports.doubted)
    free &= np.bincount(detection, own, minlength=len(scan))[detection] == 0
    pairs.score[own] = np.maximum(pairs.score[own], LEAST_SCORE)
    pull = np.minimum(1.0, PULL / np.sqrt(np.maximum(np.maximum(pairs.square, faster), 1e-6)))
    pairs.weight[told] *= pull[told]
    return pairs.at((~told | own | free).nonzero()[0])


def sign(table: TrackTable, row: Ints, detection: Ints, scan: Scan, lag: Floats, radio: int) -> None:
    """Note which vehicle's reports the rows (k,) carry, how well they agree, and the heading, known at rest only so.

    Many vehicles stand where one may say that it stands: only a vehicle that moves as it says is believed.
    detection (k,): that of each row; lag (d,): seconds from the tracks' time to that of each detection; radio: the
    column of the reports among the sensors.
    """
    told = scan.sensor == radio
    if not told.any():
        return
    used = told[detection]
    row, detection = row[used], detection[used]
    owners = Ownership(table, scan, lag, told.nonzero()[0])
    left = told.copy()
    left[detection] = False
    if left.any():
        _disagree(table, scan.vehicle[left])
        _dispute(table, owners, left)
    before = (table.vehicle[row] == scan.vehicle[detection]) & (table.vehicle_ns[row] > 0)
    agreement = np.where(before, table.agreement[row] + owners.gains(row, detection), 0.0)
    _forget(table, _carry(table, scan.vehicle[detection]))  # no other track carries these ids now
    table.vehicle[row], table.vehicle_ns[row] = scan.vehicle[detection], scan.stamp_ns[detection]
    table.vehicle_heading_deg[row], table.radio[row] = scan.heading_deg[detection], scan.radio[detection]
    table.agreement[row] = np.minimum(np.maximum(agreement, 0.0), MOST)


def _carry(table: TrackTable, vehicle: Ints) -> Mask:
    """Return which tracks (n,) have the id of one of the vehicles (k,)."""
    carries: Mask = np.logical_or.reduce(table.vehicle == vehicle[:, None])
    return carries


def _disagree(table: TrackTable, vehicle: Ints) -> None:
    """Note that reports of these vehicles, ids (k,), do not fit the tracks that carry their ids."""
    carries = _carry(table, vehicle) & (table.vehicle_ns > 0)
    table.agreement[carries] -= UNFIT
    _forget(table, carries & (table.agreement <= 0.0))


def _dispute(table: TrackTable, owners: Ownership, left: Mask) -> None:
    """Note that reports, left (d,) of a round, fit tracks that carry another vehicle's id: one of both is wrong."""
    rival = left[owners.detection].nonzero()[0]
    track, gains = owners.rivals(rival)
    lost = np.bincount(track, np.maximum(gains, 0.0), len(table))
    table.agreement[:] = np.maximum(table.agreement - lost, 0.0)


def _forget(table: TrackTable, rows: Mask) -> None:
    """Forget the vehicles of the rows (n,)."""
    table.vehicle_ns[rows] = 0
    table.agreement[rows] = 0.0
