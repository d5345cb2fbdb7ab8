"""Vehicles that no track carries though they report a place: do the sensors that look there see no road user?

A claim makes nothing true. It can only be found false: sensors look at the place, nothing stands before it, and no
road user is seen there for seconds. Where no sensor looks, or another vehicle is near, a claim stays a claim.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from perception.geo import direction_of
from perception.objects import Floats, Ints, Mask
from perception.occlusion import visibility
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state.attributes import walks
from perception.state.table import TrackTable, trusted

HEARD_NS = 500_000_000  # a claim is looked at for so long after its newest report
LONGEST_S = 0.2  # that one round counts
NEAR_M = 4.0  # a road user so near may be the vehicle, ill located
SURELY_SEEN = 0.95  # probability, by all sensors that looked, from which a round counts in full,
LIKELY_SEEN = 0.8  # and by half
LOW_M = 1.2  # height of a claimed vehicle, at most: one that a car before it may just hide is not held to be seen
SURE_OF_SIZE = 1e3  # measurements of a size that the classes' typical one does not change
DOUBTED_S = 1.5  # a vehicle that could be seen for longer, yet is none of those seen, is no track's vehicle any more
REFUTED_S = 2.0  # and one that is not seen for longer, while no road user is near, is not there


class _Claim(msgspec.Struct):
    """The newest report of a vehicle, site frame."""

    place_m: Floats  # (2,) m
    velocity_mps: Floats  # (2,) m/s
    heading_deg: float  # deg
    size_m: Floats  # (3,) m, NaN unknown
    kind: int
    stamp_ns: int
    loose_s: float = 0.0  # for which it could have been seen and was no track's
    unseen_s: float = 0.0  # for which moreover no road user was near


class Claims:
    """All vehicles that were heard lately and are no track's vehicle."""

    def __init__(self, sensors: Sensors) -> None:
        self._sensors = sensors
        self._claims: dict[int, _Claim] = {}
        self._refuted: list[int] = []

    def take_over(self, before: Claims) -> None:
        """Go on with the claims that another one knows."""
        self._claims, self._refuted = before._claims, before._refuted

    def hear(self, scan: Scan, used: Mask) -> None:
        """Take the reports among a round's detections; `used` (d,): they belong to a track."""
        for row in (scan.sensor == self._sensors.radio).nonzero()[0].tolist():
            vehicle = int(scan.vehicle[row])
            before = self._claims.pop(vehicle, None)
            if used[row]:
                continue
            self._claims[vehicle] = _Claim(
                place_m=scan.position_m[:, row],
                velocity_mps=scan.velocity_mps[:, row],
                heading_deg=float(scan.heading_deg[row]),
                size_m=scan.size_m[:, row],
                kind=int(scan.kind[row]),
                stamp_ns=int(scan.stamp_ns[row]),
                loose_s=before.loose_s if before else 0.0,
                unseen_s=before.unseen_s if before else 0.0,
            )

    def doubted(self) -> Ints:
        """Return the ids (v,) of vehicles that have been none of those seen for a while.

        They are not taken for one of these when they meet.
        """
        return np.array([vehicle for vehicle, claim in self._claims.items() if claim.loose_s > DOUBTED_S], np.int64)

    def refuted(self) -> list[int]:
        """Return, once, the ids of vehicles that are surely not where they claim to be."""
        found, self._refuted = self._refuted, []
        return found

    def witness(self, table: TrackTable, looked: Ints, now_ns: int, dt: float, settled: bool) -> None:
        """Compare the claims with the tracks at `now_ns`; looked (s,): the sensors in the round of the last dt s.

        `settled`: all road users that were there at the start are known by now.
        """
        fresh = {vehicle: each for vehicle, each in self._claims.items() if now_ns - each.stamp_ns < HEARD_NS}
        self._claims = fresh
        if not fresh:
            return
        claimed = self._as_tracks(list(fresh.values()), now_ns)
        seen = self._seen(table, claimed, looked)
        counted = min(max(dt, 0.0), LONGEST_S) * ((seen > LIKELY_SEEN) + 0.0 + (seen > SURELY_SEEN)) / 2.0
        near = _near(table, claimed.state[:2])
        for row, (vehicle, claim) in enumerate(fresh.items()):
            claim.loose_s += float(counted[row])
            if not settled:
                continue
            claim.unseen_s = max(0.0, claim.unseen_s - dt) if near[row] else claim.unseen_s + float(counted[row])
            if claim.unseen_s > REFUTED_S:
                self._refuted.append(vehicle)

    def _as_tracks(self, claims: Sequence[_Claim], now_ns: int) -> TrackTable:
        """Return claims as tracks that are not confirmed, where they should be now."""
        table = TrackTable.new(len(claims), self._sensors.radio)
        lag = np.array([now_ns - each.stamp_ns for each in claims]) * 1e-9
        table.state[2:] = np.array([each.velocity_mps for each in claims]).T
        table.state[:2] = np.array([each.place_m for each in claims]).T + lag * table.state[2:]
        table.heading_deg[:] = [each.heading_deg for each in claims]
        table.kind[:] = [each.kind for each in claims]
        size = np.array([[*each.size_m[:2], LOW_M] for each in claims]).T
        known = np.isfinite(size)
        table.size_weight[:] = SURE_OF_SIZE * known
        table.size_m[:] = table.size_weight * np.where(known, size, 0.0)
        return table

    def _seen(self, table: TrackTable, claimed: TrackTable, looked: Ints) -> Floats:
        """Return the probabilities (k,) that the sensors `looked` (s,) would see a vehicle at each claimed place."""
        watched = np.zeros((self._sensors.radio, len(claimed)), dtype=np.bool_)
        inside, fast = visibility.sight(claimed, self._sensors)
        watched[looked] = inside[looked]
        sensor, row = np.nonzero(watched & fast)
        exposed = visibility.cover(table.joined(claimed), sensor, row + len(table), self._sensors).exposure
        missed = np.log(1.0 - exposed * (1.0 - np.exp(self._sensors.log_missed[sensor])))
        return 1.0 - np.exp(np.bincount(row, missed, len(claimed)))


def _near(table: TrackTable, place: Floats) -> Mask:
    """Return which places (2, k) m have a track near that may be the vehicle: a motor vehicle's, and no other's."""
    rows = ((table.id > 0) & ~walks(table.kind) & ~trusted(table)).nonzero()[0]
    gap = table.state[:2, rows, None] - place[:, None]
    ahead = direction_of(np.where(np.isfinite(table.heading_deg[rows]), table.heading_deg[rows], 0.0)).T[:, :, None]
    along, across = ahead[0] * gap[0] + ahead[1] * gap[1], ahead[0] * gap[1] - ahead[1] * gap[0]
    near: Mask = ((np.abs(along) < 2.0 * NEAR_M) & (np.abs(across) < NEAR_M) | (np.hypot(*gap) < NEAR_M)).any(axis=0)
    return near
