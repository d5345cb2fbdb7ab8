"""Whose report is it: the evidence that a vehicle's BSMs are of the track that takes them, and of nothing else.

Each report compares two explanations of its place. Either the track sent it: then it is as far off as the track's and
the receiver's errors allow. Or something else did: another track near, or a vehicle, real or invented, that no sensor
sees and that may be anywhere on the road near. The logarithms of the ratios add up, but a report made a few
centimetres farther says nothing new: the evidence is that both keep together while they move.
"""

from __future__ import annotations

import numpy as np

from perception.algebra import adjugate, determinant, form
from perception.objects import Floats, Ints
from perception.sensing.scan import Scan
from perception.state.pairs import neighbours
from perception.state.table import TRUSTED, TrackTable

MOST = TRUSTED + 6.0  # bound of the evidence: a vehicle that begins to lie loses its track soon
UNFIT = 2.0  # evidence that a report takes which is none of its track's
ELSEWHERE_M2 = 100.0  # of road near, on which another sender may be
NEAR_M = 8.0  # per axis: tracks farther from a report cannot have sent it
APART_M, MOST_SHARE = 2.0, 0.33  # way after which a report says something new; share of a report that counts, at most
PERIOD_S = 0.1  # of BSMs


class Ownership:
    """The likelihoods of the reports of a round."""

    def __init__(self, table: TrackTable, scan: Scan, lag: Floats, reports: Ints) -> None:
        """`reports` (k,): the detections that are reports; lag (d,) s: from the tracks' time to that of each."""
        self._table, self._scan, self._lag = table, scan, lag
        known = (table.id > 0).nonzero()[0]
        i, j = neighbours(table.state[:2, known], np.full(len(known), NEAR_M), scan.position_m[:, reports], 0.0)
        self.track, self.detection = known[i], reports[j]
        self._density = self._densities(self.track, self.detection)
        self._sum = np.bincount(self.detection, self._density, len(scan))

    def gains(self, track: Ints, detection: Ints) -> Floats:
        """Return the evidence (k,) of reports for their tracks, as far as they have moved on since the last ones."""
        return self._gains(track, detection, self._densities(track, detection))

    def rivals(self, pair: Ints) -> tuple[Ints, Floats]:
        """Return the tracks (k,) of pairs (k,) of `track` and `detection`, and the evidence (k,) as in `gains`."""
        track = self.track[pair]
        return track, self._gains(track, self.detection[pair], self._density[pair])

    def _gains(self, track: Ints, detection: Ints, own: Floats) -> Floats:
        """Return the evidence (k,) of reports, `own` (k,) 1/m2 their densities if their tracks sent them."""
        others = np.maximum(self._sum[detection] - own * (self._table.id[track] > 0), 0.0)
        ratio = np.log(np.maximum(own, 1e-300)) - np.log(others + 1.0 / ELSEWHERE_M2)
        speed = np.hypot(*self._table.state[2:, track])
        share = np.where(ratio > 0.0, np.minimum(speed * PERIOD_S / APART_M, MOST_SHARE), MOST_SHARE)
        gains: Floats = ratio * share
        return gains

    def _densities(self, track: Ints, detection: Ints) -> Floats:
        """Return the densities (k,) 1/m2 of reports' places, if the tracks sent them."""
        table, scan = self._table, self._scan
        spread = table.covariance[:2, :2, track] + scan.covariance_m2[:, :, detection]
        off = scan.position_m[:, detection] - table.state[:2, track] - self._lag[detection] * table.state[2:, track]
        volume = determinant(spread)
        density: Floats = np.exp(-form(adjugate(spread), off) / volume / 2.0) / (2.0 * np.pi * np.sqrt(volume))
        return density
