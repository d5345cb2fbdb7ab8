"""The output of fusion: the confirmed road users at a cycle's time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import numpy as np

from perception.algebra import UNIT
from perception.objects import SECOND_NS, Floats, Mask
from perception.results import Tracks
from perception.sensing.vehicles import vehicle_id
from perception.sensor import Sensor
from perception.state import attributes
from perception.state.table import TrackTable, existence, trusted
from perception.tracking import motion
from perception.tracking.population import Population
from perception.tracking.settings import FusionSettings, log_odds

KNOWN_SCANS = 8  # measurements before a road user is known so well that it is reported while others hide it
VAGUE_M = 3.0  # standard deviation of the position above which a track is not reported


def tracks(
    population: Population, devices: Sequence[Sensor], radios: Sequence[str], settings: FusionSettings, now_ns: int
) -> Tracks:
    """Return the confirmed road users, by id, each where it is now; `radios`: the names of the radios."""
    table = _reportable(population.table, settings, now_ns)
    motion.foresee(table, (now_ns - population.time_ns) * 1e-9)
    seen = table.seen_ns > table.stamp_ns - SECOND_NS
    sure = trusted(table)
    heard = sure & (table.vehicle_ns > now_ns - SECOND_NS)
    by_radio = heard & (table.radio == np.arange(len(radios))[:, None])
    signed = sure & (table.vehicle_ns > max(now_ns - int(settings.vehicle.forget_ms * 1e6), 0))
    unseen = table.stamp_ns < now_ns - SECOND_NS
    table.covariance[:2, :2] += UNIT * ((heard & unseen) * settings.vehicle.wander_sd_m**2)
    return Tracks(
        id=table.id,
        stamp_ns=np.full(len(table), now_ns),
        receipt_ns=table.receipt_ns,
        position_m=_rows(table.state[:2]),
        velocity_mps=_rows(table.state[2:]),
        covariance=_rows(table.covariance),
        heading_deg=table.heading_deg,
        heading_sd_deg=table.heading_sd_deg,
        size_m=_rows(attributes.sizes(table)),
        kind=table.kind,
        existence=existence(table),
        contested=table.contested > 0,
        sources=_sources(np.vstack([seen, by_radio]), [*(device.device for device in devices), *radios]),
        vehicle_id=[
            vehicle_id(number) if told else None for number, told in zip(table.vehicle.tolist(), signed, strict=True)
        ],
    )


def _reportable(table: TrackTable, settings: FusionSettings, now_ns: int) -> TrackTable:
    """Return a copy of the rows to report, by id: confirmed, still probable, and seen lately or hidden."""
    speed = np.hypot(table.state[2], table.state[3])
    limit_ms = np.where(speed < settings.stopped_mps, settings.max_coast_stopped_ms, settings.max_coast_ms)
    fresh = np.abs(now_ns - table.stamp_ns) <= limit_ms * 1e6
    fresh |= (table.hidden > 0) & (table.scans >= KNOWN_SCANS)
    probable = table.log_odds >= log_odds(settings.report_probability)
    known = table.covariance[0, 0] + table.covariance[1, 1] < 2.0 * VAGUE_M**2
    rows = ((table.id > 0) & probable & fresh & known).nonzero()[0]
    return table.take(rows[np.argsort(table.id[rows])])


def _sources(seen: Mask, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each track the names of the sensors and radios that saw it; seen (names, n)."""
    octets, width = seen.T.tobytes(), len(names)
    patterns = [octets[width * row : width * (row + 1)] for row in range(seen.shape[1])]
    known = {one: tuple(compress(names, one)) for one in set(patterns)}
    return [known[one] for one in patterns]


def _rows(columns: Floats) -> Floats:
    """Return an array (..., n), a column per track, as (n, ...)."""
    return np.ascontiguousarray(columns.transpose(-1, *range(columns.ndim - 1)))
