"""Sensor fusion: measurements of all devices in, one list of road users out.

Every measurement is used the moment it comes, at the time it was true. A track lives by evidence: each scan of a
sensor that could see it speaks for or against it; it is confirmed when it almost surely exists, and forgotten when it
almost surely does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from perception.geo import Reference
from perception.objects import Detections, Floats, Ints, PointCloud, Tracks, VehicleReport
from perception.sensor import Sensor
from perception.settings import FusionSettings, squared_gate
from perception.tracking import attributes, life, motion
from perception.tracking.admission import Admission
from perception.tracking.association import assign, best, candidates
from perception.tracking.cluster import cluster
from perception.tracking.population import SECOND_NS, Population
from perception.tracking.scan import Scan, project
from perception.tracking.table import Table, existence
from perception.tracking.vehicle import FALSE_REPORT_DENSITY, report_scan

Mask = NDArray[np.bool_]

ONLY = np.zeros(1, dtype=np.int64)  # the one detection of a vehicle's report


class Fusion:
    """All road users of a site. `counters` tells by reason what was not used."""

    def __init__(self, sensors: Sequence[Sensor], settings: FusionSettings, reference: Reference) -> None:
        self.counters: Counter[str] = Counter()
        self._sensors = list(sensors)
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._settings = settings
        self._reference = reference
        self._radios: list[str] = []
        self._begin()

    def _begin(self) -> None:
        """Begin without tracks."""
        settings = self._settings
        self._population = Population(len(self._sensors), settings, self.counters)
        self._admission = Admission(int(settings.max_late_ms * 1e6), int(settings.max_future_ms * 1e6))

    def ingest(self, measurement: Detections | PointCloud | VehicleReport) -> None:
        """Use one measurement, or count why not."""
        if self._admission.is_before_all(measurement):
            self.counters["clock set back"] += 1
            self._begin()
        known = isinstance(measurement, VehicleReport) or measurement.device in self._columns
        reason = self._admission.refuse(measurement) if known else "unknown device"
        if reason is not None:
            self.counters[reason] += 1
            return
        self._population.advance(self._admission.newest_ns)
        if isinstance(measurement, VehicleReport):
            self._ingest_report(measurement)
        else:
            self._ingest_scan(measurement)

    def tracks(self, now_ns: int) -> Tracks:
        """Return the confirmed road users, by id; each row is true at its own stamp. Changes nothing."""
        table = self._reportable(now_ns)
        heading, heading_sd = attributes.headings(table)
        return Tracks(
            id=table["id"].copy(),
            stamp_ns=table["stamp_ns"].copy(),
            receipt_ns=table["receipt_ns"].copy(),
            position=table["state"][:, :2].copy(),
            velocity=table["state"][:, 2:].copy(),
            covariance=self._covariance(table),
            heading=heading,
            heading_sd=heading_sd,
            size=attributes.sizes(table),
            kind=table["kind"].copy(),
            existence=existence(table),
            sources=self._sources(table),
            vehicle_id=[int(row["vehicle"]).to_bytes(8, "big") if row["vehicle_ns"] else None for row in table],
        )

    def _ingest_scan(self, measurement: Detections | PointCloud) -> None:
        """Match a scan with the tracks; what fits none begins new ones."""
        column = self._columns[measurement.device]
        sensor = self._sensors[column]
        if isinstance(measurement, PointCloud):
            scan = cluster(measurement, sensor, self._settings.cluster)
        else:
            scan = project(measurement, sensor)
        table = self._population.table
        expected = motion.expect(table, measurement.stamp_ns, sensor.detection_probability)
        gate = squared_gate(self._settings.gate_probability)
        pairs = assign(candidates(expected, scan, gate, sensor.clutter_density))
        life.count_misses(table, expected, pairs.track, sensor)
        self._population.absorb(pairs, scan, measurement)
        unexplained = np.ones(len(scan), dtype=np.bool_)
        unexplained[pairs.detection] = False
        born = self._population.begin(scan, np.flatnonzero(unexplained), measurement)
        self._remember(np.concatenate([pairs.track, born]), column, measurement.stamp_ns)

    def _remember(self, seen: Ints, column: int, stamp_ns: int) -> None:
        """Enter a sensor's scan into the tracks' histories."""
        table = self._population.table
        table["history"][:, column] <<= np.uint64(1)
        table["history"][seen, column] |= np.uint64(1)
        table["seen_ns"][seen, column] = stamp_ns

    def _ingest_report(self, report: VehicleReport) -> None:
        """Give a vehicle's report to the track that carries its id, else to the best free one, else to a new one."""
        scan = report_scan(report, self._reference, self._settings.vehicle)
        number = int.from_bytes(report.id, "big")
        table = self._population.table
        own = (table["vehicle"] == number) & (table["vehicle_ns"] > 0)
        row = self._join(np.flatnonzero(own), self._settings.own_gate_probability, scan, report)
        if not len(row):
            table["vehicle_ns"][own] = 0  # the id had been given to somebody else's track
            stale_ns = report.stamp_ns - int(self._settings.vehicle.fresh_ms * 1e6)
            free = (table["vehicle_ns"] < stale_ns) & attributes.may_be(table, report.kind)
            row = self._join(np.flatnonzero(free), self._settings.vehicle_gate_probability, scan, report)
        if not len(row):
            row = self._population.begin(scan, ONLY, report)
        self._sign(row, number, report)

    def _join(self, rows: Ints, gate_probability: float, scan: Scan, report: VehicleReport) -> Ints:
        """Give a report to the best of the rows that it fits; return that row, or none."""
        if not len(rows):
            return rows
        expected = motion.expect(self._population.table[rows], report.stamp_ns, 1.0)
        pair = best(candidates(expected, scan, squared_gate(gate_probability), FALSE_REPORT_DENSITY)).of_rows(rows)
        weak = msgspec.structs.replace(scan, covariance=scan.covariance * self._settings.vehicle.alike)
        self._population.absorb(pair, weak, report)
        return pair.track

    def _sign(self, row: Ints, number: int, report: VehicleReport) -> None:
        """Note whose report a track carries, and the heading, which only the vehicle itself knows at rest."""
        table = self._population.table
        table["vehicle"][row], table["vehicle_ns"][row] = number, report.stamp_ns
        table["vehicle_heading"][row] = np.nan if report.heading is None else report.heading
        table["vehicle_heading_sd"][row] = self._settings.vehicle.heading_sd_deg
        if report.device not in self._radios:
            self._radios.append(report.device)
        table["radio"][row] = self._radios.index(report.device)

    def _reportable(self, now_ns: int) -> Table:
        """Return the rows for `tracks`, by id: confirmed, still likely, and seen lately."""
        table, settings = self._population.table, self._settings
        speed = np.hypot(table["state"][:, 2], table["state"][:, 3])
        limit_ms = np.where(speed < settings.stopped_mps, settings.max_coast_stopped_ms, settings.max_coast_ms)
        fresh = now_ns - table["stamp_ns"] <= limit_ms * 1e6
        table = table[(table["id"] > 0) & (table["log_odds"] > 0.0) & fresh]
        return table[np.argsort(table["id"])]

    def _covariance(self, table: Table) -> Floats:
        """Return the covariance (n, 4, 4), with the wander of GNSS where only the vehicle itself says where it is."""
        covariance: Floats = table["covariance"].copy()
        alone = ~_recent(table).any(axis=1)
        covariance[alone, :2, :2] += np.eye(2) * self._settings.vehicle.wander_sd_m**2
        return covariance

    def _sources(self, table: Table) -> list[tuple[str, ...]]:
        """Return per row the devices that saw it in the last second before its stamp."""
        heard = table["vehicle_ns"] > table["stamp_ns"] - SECOND_NS
        return [
            tuple(sensor.device for sensor, seen in zip(self._sensors, row, strict=True) if seen)
            + ((self._radios[radio],) if told else ())
            for row, told, radio in zip(_recent(table), heard, table["radio"], strict=True)
        ]


def _recent(table: Table) -> Mask:
    """Return which sensor saw which row (n, sensors) in the last second before its stamp."""
    recent: Mask = table["seen_ns"] > table["stamp_ns"][:, None] - SECOND_NS
    return recent
