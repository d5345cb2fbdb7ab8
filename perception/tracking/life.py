"""The life of tracks by evidence: what speaks against one, when it is confirmed, which two are one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.geo import direction_of
from perception.objects import Floats, Ints
from perception.settings import FusionSettings, log_odds
from perception.tracking import attributes, visibility
from perception.tracking.algebra import adjugate, determinant, form
from perception.tracking.association import neighbours
from perception.tracking.sensors import Sensors
from perception.tracking.table import SCANS_KEPT, Table

Mask = NDArray[np.bool_]

MAX_LOG_ODDS = 8.0  # evidence is bounded, so that the end of a road user is noticed in time
MOST_AGAINST = -5.0  # log-odds a round: what hides a road user from one sensor may hide it from others
QUEUING_MPS = 6.0  # what is slower may stop behind what hides it
LOST_M = 6.0  # standard deviation of the position at which a track is worthless
SAME_GATE = 9.2  # squared distance (99 %) within which two tracks may be one road user
BESIDE_M = 0.3  # so near to a vehicle's sides there is no other
SHARED = 0.4  # share of the scans with either in which both are, at most; of two road users it is twice that
CROWDED_M, CROWDED_MPS, CROWDED_SCANS = 1.0, 1.0, 40  # nearer and slower to each other, for more scans
SAME_M = 4.0  # and metres, per axis


def count_misses(table: Table, seen: Mask, looked: Ints, sensors: Sensors) -> None:
    """Let sensors' not seeing speak against the tracks, and note which of these none could see.

    seen (sensors + 1, n): the last one by radio; `looked`: which sensors are in the round.
    """
    watched = np.zeros_like(seen[:-1])
    watched[looked] = visibility.in_view(table.state[:2], sensors)[looked]
    sensor, track = np.nonzero(watched & visibility.fast_enough(table, sensors) & ~seen[:-1])
    doubtful = (table.id == 0) & (table.vehicle_ns == 0)  # what is not known to exist is not known to be hidden
    could = ~visibility.hidden(table, sensor, track, sensors) | doubtful[track]
    against = np.bincount(track[could], sensors.log_missed[sensor[could]], len(table))
    table.log_odds += np.maximum(against, MOST_AGAINST)
    slow = np.hypot(table.state[2], table.state[3]) < QUEUING_MPS
    table.hidden[:] = (table.id > 0) & slow & watched.any(axis=0) & ~seen.any(axis=0) & (against == 0.0)


def of_bodies(table: Table, position: Floats, kind: Ints) -> Mask:
    """Return which detections, positions (2, d) and classes (d,), are on the bodies of confirmed vehicles.

    A bus is one road user, however many reflections a radar makes of it. Who walks or cycles may be that near.
    """
    vehicle = np.flatnonzero((table.id > 0) & np.isfinite(table.heading) & ~attributes.walks(table.kind))
    on_body = np.zeros(len(kind), dtype=np.bool_)
    if not len(vehicle) or not len(kind):
        return on_body
    size = attributes.sizes(table)[:2, vehicle]
    row, detection = neighbours(table.state[:2, vehicle], size[0] / 2.0 + BESIDE_M, position, 0.0)
    gap = position[:, detection] - table.state[:2, vehicle[row]]
    east, north = direction_of(table.heading[vehicle[row]]).T
    along, across = np.abs(east * gap[0] + north * gap[1]), np.abs(east * gap[1] - north * gap[0])
    inside = (along < size[0, row] / 2.0 + BESIDE_M) & (across < size[1, row] / 2.0 + BESIDE_M)
    on_body[detection[inside]] = True
    return on_body & ~attributes.walks(kind)


def count_hits(table: Table, rows: Ints, score: Floats) -> None:
    """Let detections speak for the rows (k,)."""
    table.log_odds += np.bincount(rows, score, len(table))
    table.scans += np.bincount(rows, minlength=len(table))


def remember(table: Table, seen: Mask, looked: Ints, stamp_ns: Ints) -> None:
    """Enter the scans of the sensors `looked`, true at `stamp_ns`, into the tracks' histories; seen (sensors, n)."""
    table.history[looked] = (table.history[looked] << 1 | seen[looked]) & SCANS_KEPT
    table.seen_ns[looked] = np.where(seen[looked], stamp_ns[:, None], table.seen_ns[looked])


def bound(table: Table) -> None:
    """Bound the evidence, when all of a round for and against has been counted."""
    np.minimum(table.log_odds, MAX_LOG_ODDS, out=table.log_odds)


def ripe(table: Table, settings: FusionSettings) -> Ints:
    """Return the rows that are to be confirmed now."""
    sure = table.log_odds >= log_odds(settings.confirm_probability)
    return np.flatnonzero((table.id == 0) & sure & (table.scans >= settings.least_scans))


def over(table: Table, settings: FusionSettings) -> Mask:
    """Return which rows are to be forgotten."""
    worthless = table.covariance[0, 0] + table.covariance[1, 1] > 2.0 * LOST_M**2
    done: Mask = worthless | (table.log_odds < log_odds(settings.delete_probability))
    return done


def doubles(table: Table) -> list[tuple[int, int]]:
    """Return pairs (kept, dropped) of rows that are one road user: alike, hardly ever seen both at once."""
    if len(table) < 2:
        return []
    first, second = neighbours(table.state[:2], np.full(len(table), SAME_M), table.state[:2], 0.0)
    ordered = first < second
    first, second = first[ordered], second[ordered]
    together, either = _scans_of(table.history[:, first], table.history[:, second])
    alone = together <= SHARED * either
    alone &= (table.vehicle_ns[first] == 0) | (table.vehicle_ns[second] == 0)
    first, second, either = first[alone], second[alone], either[alone]
    gap = table.state[:, first] - table.state[:, second]
    spread = table.covariance[:, :, first] + table.covariance[:, :, second]
    alike = _square(gap[:2], spread[:2, :2]) + _square(gap[2:], spread[2:, 2:]) < SAME_GATE
    close = (np.hypot(gap[0], gap[1]) < CROWDED_M) & (np.hypot(gap[2], gap[3]) < CROWDED_MPS)
    alike |= close & (either >= CROWDED_SCANS)  # one too many that lives by its neighbours' detections
    return [_by_rank(table, int(i), int(j)) for i, j in zip(first[alike], second[alike], strict=True)]


def join(table: Table, kept: int, dropped: int) -> None:
    """Take into a row what its double knows better: the surer state, the vehicle's id."""
    surer = table.covariance[0, 0] + table.covariance[1, 1]
    newer = table.stamp_ns[dropped] > table.stamp_ns[kept]
    fields = ["stamp_ns", "receipt_ns"] * bool(newer)
    fields += ["state", "covariance", "heading", "heading_sd", "moving"] * bool(surer[dropped] < surer[kept])
    fields += ["vehicle", "vehicle_ns", "radio"] * bool(table.vehicle_ns[dropped] > table.vehicle_ns[kept])
    for field in fields:
        values = getattr(table, field)
        values[..., kept] = values[..., dropped]


def _scans_of(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return in how many scans both and either of pairs of histories (sensors, k) are, since both are known."""
    known = [first, second]
    for shift in (1, 2, 4, 8, 16):
        known = [history | history >> shift for history in known]
    since = known[0] & known[1]
    together: Ints = np.bitwise_count(first & second).sum(axis=0, dtype=np.int64)
    either: Ints = np.bitwise_count((first | second) & since).sum(axis=0, dtype=np.int64)
    return together, either


def _square(gap: Floats, spread: Floats) -> Floats:
    """Return squared Mahalanobis distances."""
    return form(adjugate(spread), gap) / determinant(spread)


def _by_rank(table: Table, first: int, second: int) -> tuple[int, int]:
    """Order two rows: confirmed before not, then the longer known."""
    rank = [(table.id[row] > 0, table.scans[row]) for row in (first, second)]
    return (first, second) if rank[0] >= rank[1] else (second, first)
