"""The life of tracks by evidence: what speaks against one, when it is confirmed, which two are one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints
from perception.sensor import Sensor
from perception.settings import FusionSettings, log_odds
from perception.tracking import attributes, visibility
from perception.tracking.association import Expected, mahalanobis, within
from perception.tracking.table import Table, seen_together

Mask = NDArray[np.bool_]

MAX_LOG_ODDS = 8.0  # evidence is bounded, so that the end of a road user is noticed in time
LOST_M = 8.0  # standard deviation of the position at which a track is worthless
SAME_GATE = 9.2  # squared distance (99 %) within which two tracks may be one road user
SAME_M = 4.0  # and metres


def count_misses(table: Table, expected: Expected, seen: Ints, sensor: Sensor) -> None:
    """Let a sensor's not seeing speak against the rows that it could have seen but for `seen`."""
    missed = visibility.in_view(expected.position, sensor)
    missed[seen] = False
    if sensor.least_speed_mps > 0:
        radial = visibility.radial_speed(expected.position, expected.velocity, sensor)
        missed &= np.abs(radial) > 2.0 * sensor.least_speed_mps
    rows = np.flatnonzero(missed)
    if not len(rows):
        return
    bodies = visibility.Bodies(expected.position, table["heading"], attributes.sizes(table))
    covered = visibility.hidden(bodies, rows, np.flatnonzero(table["id"]), sensor)
    table["log_odds"][rows[~covered]] += math.log(1.0 - sensor.detection_probability)


def count_hits(table: Table, rows: Ints, score: Floats) -> None:
    """Let detections speak for the rows (k,)."""
    table["log_odds"][rows] = np.minimum(table["log_odds"][rows] + score, MAX_LOG_ODDS)


def ripe(table: Table, settings: FusionSettings) -> Ints:
    """Return the rows that are to be confirmed now."""
    rows = np.flatnonzero(table["id"] == 0)
    sure = table["log_odds"][rows] >= log_odds(settings.confirm_probability)
    return rows[sure & (table["scans"][rows] >= settings.least_scans)]


def over(table: Table, expected: Expected, settings: FusionSettings) -> Mask:
    """Return which rows are to be forgotten."""
    worthless = np.trace(expected.covariance, axis1=1, axis2=2) > 2.0 * LOST_M**2
    done: Mask = worthless | (table["log_odds"] < log_odds(settings.delete_probability))
    return done


def doubles(table: Table, expected: Expected) -> list[tuple[int, int]]:
    """Return pairs (kept, dropped) of rows that are one road user: alike, and no sensor ever saw both at once."""
    first, second = within(expected.position, np.full_like(expected.position, SAME_M), expected.position)
    first, second = first[first < second], second[first < second]
    square = sum(
        mahalanobis(value[first] - value[second], spread[first] + spread[second])[0]
        for value, spread in (
            (expected.position, expected.covariance),
            (expected.velocity, expected.velocity_covariance),
        )
    )
    alike = (square < SAME_GATE) & (seen_together(table[first], table[second]) == 0)
    alike &= (table["vehicle_ns"][first] == 0) | (table["vehicle_ns"][second] == 0)
    return [_by_rank(table, int(i), int(j)) for i, j in zip(first[alike], second[alike], strict=True)]


def join(table: Table, kept: int, dropped: int) -> None:
    """Take into a row what its double knows better: the newer state, the vehicle's id."""
    motion = ["state", "covariance", "stamp_ns", "receipt_ns", "heading", "heading_sd", "moving"]
    vehicle = ["vehicle", "vehicle_ns", "radio"]
    fields = motion * bool(table["stamp_ns"][dropped] > table["stamp_ns"][kept])
    fields += vehicle * bool(table["vehicle_ns"][dropped] > table["vehicle_ns"][kept])
    for field in fields:
        table[field][kept] = table[field][dropped]


def _by_rank(table: Table, first: int, second: int) -> tuple[int, int]:
    """Order two rows: confirmed before not, then the longer known."""
    rank = [(table["id"][row] > 0, table["scans"][row]) for row in (first, second)]
    return (first, second) if rank[0] >= rank[1] else (second, first)
