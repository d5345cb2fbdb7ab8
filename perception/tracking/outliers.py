"""Outliers: detections that are farther off than their sensor states, for tracks that no sensor saw in a round.

Errors are not Gaussian: the foreground of a picture lacks feet, or has a shadow, and the place on the road is metres
off. The usual model is a contaminated normal distribution (Tukey 1960): a share of the detections has a standard
deviation some times as large. Such a detection is its track's where this is likelier than that a false alarm or another
road user made it. It keeps the track alive, begins no second one beside it, and moves it by the certainty that is left.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state.pairs import Pairs
from perception.state.table import TrackTable, likely
from perception.tracking.assignment import assign
from perception.tracking.association import candidates

SHARE = 0.2  # of the detections
TIMES = 5.0  # their standard deviation over the one that the sensor states


def with_outliers(pairs: Pairs, table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors) -> Pairs:
    """Return the pairs that were made and those of outliers, ordered by track.

    lag (d,) s: from the tracks' time to that of each detection.
    """
    by_sensor = scan.sensor != sensors.radio
    left, unseen = by_sensor.copy(), likely(table)
    left[pairs.detection] = False
    unseen[pairs.track[by_sensor[pairs.detection]]] = False
    if not (left.any() and unseen.any()):
        return pairs
    both = pairs.and_then(_outliers(table, scan, lag, sensors, left.nonzero()[0], unseen))
    return both.at(np.argsort(both.track, kind="stable"))


def _outliers(table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors, left: Ints, unseen: Mask) -> Pairs:
    """Return the pairs of detections `left` (k,) that may be outliers with tracks `unseen` (n,).

    lag (d,) s: as in `with_outliers`.
    """
    stated = scan.at(left)
    wide = msgspec.structs.replace(stated, covariance_m2=stated.covariance_m2 * TIMES**2)
    found = candidates(table, wide, lag[left], sensors)
    found = found.at(unseen[found.track].nonzero()[0])
    sensor = wide.sensor[found.detection]
    clutter, emerging = sensors.log_else[:, sensor]
    found.score[:] += math.log(SHARE) - np.where(table.hidden[found.track] > 0, 0.0, emerging - clutter)
    found.weight[:] /= TIMES**2
    found = assign(found, sensor)
    found.detection[:] = left[found.detection]
    return found
