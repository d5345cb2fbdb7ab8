"""Bodies of vehicles: where one is there is no other."""

from __future__ import annotations

import numpy as np

from perception.geo import direction_of
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints, Mask
from perception.sensing.scan import Scan
from perception.state import attributes
from perception.state.pairs import Pairs, neighbours
from perception.state.table import TrackTable, likely

BESIDE_M = 0.3  # so near to a vehicle's sides there is no other


def apart(table: TrackTable, scan: Scan, pairs: Pairs) -> Pairs:
    """Return the pairs but those of hidden tracks with detections on the bodies of other, seen tracks."""
    doubtful = table.hidden[pairs.track].nonzero()[0]
    if not len(doubtful):
        return pairs
    shown = likely(table) & (table.hidden == 0)
    kept = np.ones(len(pairs), dtype=np.bool_)
    kept[doubtful[of_bodies(table, shown, scan, pairs.detection[doubtful])]] = False
    return pairs.at(kept.nonzero()[0])


def of_bodies(table: TrackTable, owners: Mask, scan: Scan, detection: Ints) -> Mask:
    """Return which detections (d,) are on the bodies of the vehicles among the rows `owners` (n,).

    A bus is one road user, however many reflections a radar makes of it. Pedestrians and cyclists may be that near.
    """
    found = on_bodies(table, owners, scan.position_m.take(detection, axis=-1), BESIDE_M)
    return found & ~attributes.walks(scan.kind[detection])


def on_bodies(table: TrackTable, owners: Mask, position: Floats, beside: float) -> Mask:
    """Return which places (2, d) m are on the bodies of vehicles among the rows `owners` (n,), or `beside` m near."""
    if kernel is None:
        return on_bodies_twin(table, owners, position, beside)
    found = np.zeros(position.shape[1], dtype=np.bool_)
    if len(found):
        sizes = table.size_m, table.size_weight, attributes.TYPICAL_SIZE, table.kind
        vehicle, ahead = owners & ~attributes.walks(table.kind), direction_of(table.heading_deg).T
        limits = np.array((attributes.SIZE_PRIOR, beside))
        kernel.bodies(table.state, *sizes, vehicle, *contiguous(ahead, position, limits), found)
    return found


def on_bodies_twin(table: TrackTable, owners: Mask, position: Floats, beside: float) -> Mask:
    """Return the same, of places (2, d) m and owners (n,), without the kernel."""
    vehicle = (owners & np.isfinite(table.heading_deg) & ~attributes.walks(table.kind)).nonzero()[0]
    found = np.zeros(position.shape[1], dtype=np.bool_)
    if not len(vehicle) or not len(found):
        return found
    size, middle = attributes.sizes(table).take(vehicle, axis=-1), table.state[:2].take(vehicle, axis=-1)
    row, place = neighbours(middle, size[0] / 2.0 + beside, position, 0.0)
    gap = position.take(place, axis=-1) - middle.take(row, axis=-1)
    east, north = direction_of(table.heading_deg[vehicle[row]]).T
    along, across = np.abs(east * gap[0] + north * gap[1]), np.abs(east * gap[1] - north * gap[0])
    found[place[(along < size[0, row] / 2.0 + beside) & (across < size[1, row] / 2.0 + beside)]] = True
    return found
