"""How far a set of estimates is from the set of true objects: GOSPA and OSPA.

GOSPA, p = 2, alpha = 2 (Rahmathullah, Garcia-Fernandez, Svensson 2017): the root of the summed squared distances of the
pairs plus c^2/2 for everything missed and everything false, under the assignment that makes it least. OSPA, p = 2
(Schuhmacher, Vo, Vo 2008): the root of the mean over the larger set, each one without a partner counting c^2. c is the
cut-off distance.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints

CUTOFF_M = 5.0


def match(distance: Floats, cutoff_m: float) -> tuple[Ints, Ints]:
    """Return the pairs, rows (k,) and columns (k,), of the least GOSPA distance; matrix (m, n) m, NaN is no pair."""
    cost = np.minimum(np.nan_to_num(distance, nan=cutoff_m), cutoff_m) ** 2
    rows, columns = linear_sum_assignment(cost)
    good = cost[rows, columns] < cutoff_m**2
    return rows[good], columns[good]


def gospa(distance: Floats, alone: int, cutoff_m: float = CUTOFF_M) -> float:
    """Return the GOSPA distance in m. `distance` (k,) m: of the pairs; `alone`: number of missed and false ones."""
    return float(np.sqrt((distance**2).sum() + cutoff_m**2 / 2 * alone))


def ospa(distance: Floats, missed: int, false: int, cutoff_m: float = CUTOFF_M) -> float:
    """Return the OSPA distance in m; 0 where both sets are empty. `distance` (k,) m: of the pairs.

    The assignment is that of `match`: where pairs within the cut-off are as many as can be, the same as OSPA's own.
    """
    larger = len(distance) + max(missed, false)
    return float(np.sqrt(((distance**2).sum() + cutoff_m**2 * max(missed, false)) / larger)) if larger else 0.0
