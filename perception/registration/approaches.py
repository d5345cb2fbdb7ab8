"""How far each sensor sees road users beside the lanes of each approach, learnt for ever.

An error that all sensors share, or that of a sensor that stands alone, shows on the lanes only. Drivers keep to the
middle more or less, all alike: an offset that remains over many of them is that of the mount, or of the lane map.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.registration.verges import Verges
from perception.results import Tracks
from perception.tracking.sightings import Sighting
from perception.traffic.lanes import LaneLine

EVERY_NS = 1_000_000_000
MEMORY = 200.0  # vehicles after which the past has faded to a third
LEAST_VEHICLES = 5  # fewer say nothing
REMEMBERED = 64  # vehicles of which it is known that they were counted, for each sensor and approach
DRIVER_SD_M, LANE_SD_M = 0.5, 0.15  # one driver; all drivers of a lane, or its place on the map


class ApproachBias(msgspec.Struct, frozen=True):
    """How one sensor sees the traffic of one approach, against its lanes."""

    device: str
    link: str  # of the approach, or road that leads away
    aside_m: float  # so much too far right in driving direction
    aside_sd_m: float
    heading_deg: float  # its paths turn right so much more than the lanes
    heading_sd_deg: float
    vehicles: float  # on which it rests, the past faded


class ApproachWatch:
    """The sums of all sensors and approaches: n vehicles, and of their places 1, s, s2, a, a s; s along, a aside, m."""

    def __init__(self, devices: Sequence[str], lanes: Sequence[LaneLine]) -> None:
        self._devices = {name: row for row, name in enumerate(devices)}
        self._verges = Verges(lanes)
        self._links = list(dict.fromkeys(lane.link for lane in lanes))
        self._link = np.array([self._links.index(lane.link) for lane in lanes], dtype=np.int64)
        self._sums = np.zeros((len(devices), len(self._links), 5))
        self._vehicles = np.zeros((len(devices), len(self._links)))
        self._counted: dict[tuple[int, int], list[int]] = {}
        self._learnt_ns = 0
        self._known: list[ApproachBias] = []

    def learn(self, seen: Sequence[Sighting], tracks: Tracks, now_ns: int) -> None:
        """Compare the newest detections of every sensor with the lanes, if it is time to."""
        if now_ns - self._learnt_ns < EVERY_NS or not len(tracks):
            return
        self._learnt_ns = now_ns
        order = np.argsort(tracks.id)
        for one in {each.device: each for each in seen if each.device in self._devices}.values():
            row = order[np.minimum(np.searchsorted(tracks.id[order], one.track), len(order) - 1)]
            kept = (one.track > 0) & (tracks.id[row] == one.track)
            self._add(self._devices[one.device], one.track[kept], one.position_m[kept], tracks.velocity_mps[row[kept]])

        names = list(self._devices)
        known: Mask = self._vehicles >= LEAST_VEHICLES
        self._known = [self._bias(names[device], device, link) for device, link in np.argwhere(known).tolist()]

    def _add(self, device: int, track: Ints, position: Floats, velocity: Floats) -> None:
        """Add the detections of a sensor: tracks (n,), position (n, 2) m, velocity (n, 2) m/s."""
        on = self._verges.beside(position, velocity)
        link = self._link[on.lane]
        for number in np.unique(link).tolist():
            rows = link == number
            self._fade(device, number, track[on.row][rows].tolist())
            self._sums[device, number] += _sums(on.along_m[rows], on.aside_m[rows])

    def _fade(self, device: int, link: int, tracks: Sequence[int]) -> None:
        """Count the vehicles that are new, and let the past fade as many times."""
        counted = self._counted.setdefault((device, link), [])
        new = [track for track in tracks if track not in counted]
        counted += new
        del counted[:-REMEMBERED]
        kept = math.exp(-len(new) / MEMORY)
        self._sums[device, link] *= kept
        self._vehicles[device, link] = kept * self._vehicles[device, link] + len(new)

    def known(self) -> list[ApproachBias]:
        """Return every sensor and approach on which enough vehicles were seen."""
        return self._known

    def _bias(self, name: str, device: int, link: int) -> ApproachBias:
        count, along, square, aside, product = self._sums[device, link].tolist()
        vehicles = float(self._vehicles[device, link])
        spread = max(square / count - (along / count) ** 2, 1.0)  # m2
        slope = (product / count - along * aside / count**2) / spread
        each = DRIVER_SD_M**2 / vehicles
        return ApproachBias(
            device=name,
            link=self._links[link],
            aside_m=round(aside / count, 3),
            aside_sd_m=round(math.sqrt(each + LANE_SD_M**2), 3),
            heading_deg=round(math.degrees(slope), 3),
            heading_sd_deg=round(math.degrees(math.sqrt(each / spread)), 3),
            vehicles=round(vehicles, 1),
        )


def _sums(along: Floats, aside: Floats) -> Floats:
    """Return the sums (5,) over places along (n,) m, aside (n,) m."""
    return np.array([len(along), along.sum(), (along**2).sum(), aside.sum(), (along * aside).sum()])
