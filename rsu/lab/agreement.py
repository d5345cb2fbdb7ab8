"""Self-consistency: the distance of the sensors' detections from the road users on air. Needs no truth.

Every detection with a position is held against the nearest road user on air at its time; one that is farther than the
cut-off counts as that far, and so does a road user on air that no sensor detects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from perception.geo import direction_of
from perception.objects import Detections, Floats, Measurement
from perception.sensing.scan import in_site_frame
from perception.sensor import Mount
from rsu.lab.air import Air
from rsu.lab.receiver import Rows
from rsu.site.config import Config

CUTOFF_M = 5.0
TICK_NS = 100_000_000


def agreement(air: Air, config: Config, heard: Iterable[Measurement]) -> float | None:
    """Return the root mean square distance in metres; None: nothing was detected or nothing was on air."""
    mounts = {sensor.device: sensor.mount for sensor in config.site.sensors}
    scans: defaultdict[int, list[Detections]] = defaultdict(list)
    for each in heard:
        if isinstance(each, Detections) and each.device in mounts:
            scans[each.stamp_ns // TICK_NS].append(each)
    squares, count = 0.0, 0
    for tick, now_ns in enumerate(air.ticks_ns.tolist()):
        users = air.at(tick)
        detected = scans.get(now_ns // TICK_NS - 1, [])  # of the time that the tick speaks of
        if not len(users) or not detected:
            continue
        alone = np.full(len(users), CUTOFF_M)
        for scan in detected:
            distance = _distances(_places(scan, mounts[scan.device]), users, scan.stamp_ns)
            alone = np.minimum(alone, distance.min(axis=0, initial=CUTOFF_M))
            squares += float((distance.min(axis=1) ** 2).sum())
            count += len(distance)
        squares, count = squares + float((alone**2).sum()), count + len(alone)
    return float(np.sqrt(squares / count)) if count else None


def _places(detections: Detections, mount: Mount) -> Floats:
    """Return the places (n, 2) of detections that have one, site frame."""
    known = detections.position_m[np.isfinite(detections.position_m).all(axis=1)]
    return in_site_frame(known, mount)


def _distances(places: Floats, users: Rows, stamp_ns: int) -> Floats:
    """Return the distances (n, m) of places to road users as they move on to a time, the cut-off at most."""
    velocity = np.nan_to_num(direction_of(users["heading"]) * users["speed"][:, None])
    there = users["position"] + velocity * ((stamp_ns - users["stamp_ns"]) / 1e9)[:, None]
    distances: Floats = np.minimum(np.linalg.norm(places[:, None] - there, axis=2), CUTOFF_M)
    return distances
