"""Sensor fusion: measurements of all devices in, one list of road users out.

Every measurement is used the moment it comes, at the time it was true. A track lives by evidence: each scan of a
sensor that could see it speaks for or against it; it is confirmed when it almost surely exists, and forgotten when it
almost surely does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from perception import attributes, life, motion
from perception.admission import Admission
from perception.association import Pairs, assign, best, candidates
from perception.cluster import cluster
from perception.geo import Reference
from perception.objects import Detections, Ints, Measurement, PointCloud, Tracks, VehicleReport
from perception.scan import Scan, project
from perception.sensor import Sensor
from perception.settings import FusionSettings, log_odds, squared_gate
from perception.table import Ids, Table, empty, existence
from perception.vehicle import report_scan

SECOND_NS = 1_000_000_000
TIDY_NS = SECOND_NS // 10  # doubles are looked for this often


class Fusion:
    """All road users of a site. `counters` tells by reason what was not used."""

    def __init__(self, sensors: Sequence[Sensor], settings: FusionSettings, reference: Reference) -> None:
        self.counters: Counter[str] = Counter()
        self._sensors = list(sensors)
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._settings = settings
        self._reference = reference
        self._table = empty(len(self._sensors))
        self._ids = Ids(int(settings.id_rest_s * SECOND_NS))
        self._admission = Admission(int(settings.max_late_ms * 1e6), int(settings.max_future_ms * 1e6))
        self._radios: list[str] = []
        self._now_ns = 0  # newest stamp so far
        self._tidied_ns = 0

    def ingest(self, measurement: Detections | PointCloud | VehicleReport) -> None:
        """Use one measurement, or count why not."""
        known = isinstance(measurement, VehicleReport) or measurement.device in self._columns
        reason = self._admission.refuse(measurement) if known else "unknown device"
        if reason is not None:
            self.counters[reason] += 1
            return
        self._fade(self._admission.newest_ns)
        if isinstance(measurement, VehicleReport):
            self._ingest_report(measurement)
        else:
            self._ingest_scan(measurement)
        self._confirm()
        if self._now_ns - self._tidied_ns >= TIDY_NS:
            self._tidied_ns = self._now_ns
            self._tidy()

    def tracks(self, now_ns: int) -> Tracks:
        """Return the confirmed road users, by id; each row is true at its own stamp. Changes nothing."""
        table = self._reportable(now_ns)
        kind = attributes.kinds(table)
        return Tracks(
            id=table["id"].copy(),
            stamp_ns=table["stamp_ns"].copy(),
            receipt_ns=table["receipt_ns"].copy(),
            position=table["state"][:, :2].copy(),
            velocity=table["state"][:, 2:].copy(),
            covariance=table["covariance"].copy(),
            heading=table["heading"].copy(),
            heading_sd=table["heading_sd"].copy(),
            size=attributes.sizes(table, kind),
            kind=kind,
            existence=existence(table),
            sources=self._sources(table),
            vehicle_id=[int(row["vehicle"]).to_bytes(8, "big") if row["vehicle_ns"] else None for row in table],
        )

    def _ingest_scan(self, measurement: Detections | PointCloud) -> None:
        column = self._columns[measurement.device]
        sensor = self._sensors[column]
        if isinstance(measurement, PointCloud):
            scan = cluster(measurement, sensor, self._settings.cluster)
        else:
            scan = project(measurement, sensor)
        expected = motion.expect(self._table, measurement.stamp_ns, sensor.detection_probability)
        gate = squared_gate(self._settings.gate_probability)
        pairs = assign(candidates(expected, scan, gate, sensor.clutter_density), len(self._table), len(scan))
        life.count_misses(self._table, expected, pairs.track, sensor)
        self._absorb(pairs, scan, measurement)
        born = self._begin(scan, np.setdiff1d(np.arange(len(scan)), pairs.detection), measurement)
        self._table["history"][:, column] <<= 1
        seen = np.concatenate([pairs.track, born])
        self._table["history"][seen, column] |= 1
        self._table["seen_ns"][seen, column] = measurement.stamp_ns

    def _ingest_report(self, report: VehicleReport) -> None:
        """Give a vehicle's own report to the track that carries its id, or else to the one that fits best."""
        settings = self._settings.vehicle
        scan = report_scan(report, self._reference, settings)
        expected = motion.expect(self._table, report.stamp_ns, 1.0)
        pairs = candidates(expected, scan, squared_gate(self._settings.vehicle_gate_probability), 1e-6)
        number = int.from_bytes(report.id, "big")
        table = self._table
        own = (table["vehicle"] == number) & (table["vehicle_ns"] > 0)
        free = table["vehicle_ns"] < report.stamp_ns - int(settings.fresh_ms * 1e6)
        pair = best(pairs, own if own[pairs.track].any() else free)
        table["vehicle_ns"][own] = 0  # an id has one carrier
        self._absorb(pair, scan, report)
        rows = pair.track if len(pair.track) else self._begin(scan, np.arange(1), report)
        table = self._table
        table["vehicle"][rows], table["vehicle_ns"][rows], table["radio"][rows] = (
            number,
            report.stamp_ns,
            self._radio(report.device),
        )
        if report.heading is not None:
            table["heading"][rows], table["heading_sd"][rows] = report.heading, settings.heading_sd_deg

    def _absorb(self, pairs: Pairs, scan: Scan, measurement: Measurement) -> None:
        if len(pairs.track):
            life.count_hits(self._table, pairs.track, pairs.score)
            motion.absorb(self._table, pairs.track, scan, pairs.detection, measurement)

    def _begin(self, scan: Scan, chosen: Ints, measurement: Measurement) -> Ints:
        """Begin tracks with the scan's detections `chosen`; return their rows."""
        room = self._settings.max_tracks - len(self._table)
        if len(chosen) > room:
            self.counters["too many tracks"] += len(chosen) - room
            chosen = chosen[:room]
        born = motion.begin(self._table, scan, chosen, measurement, log_odds(self._settings.birth_probability))
        before = len(self._table)
        self._table = np.concatenate([self._table, born])
        return np.arange(before, len(self._table))

    def _fade(self, newest_ns: int) -> None:
        """Let evidence fade as time passes."""
        if self._now_ns:
            self._table["log_odds"] -= self._settings.forgetting_per_s * (newest_ns - self._now_ns) * 1e-9
        self._now_ns = newest_ns

    def _confirm(self) -> None:
        """Give the tracks that almost surely exist their ids."""
        for row in life.ripe(self._table, self._settings):
            number = self._ids.take(self._now_ns)
            if number is None:
                self.counters["no id left"] += 1
                return
            self._table["id"][row] = number

    def _tidy(self) -> None:
        """Make one of double tracks and forget those that are over."""
        expected = motion.expect(self._table, self._now_ns, 1.0)
        gone = life.over(self._table, expected, self._settings)
        for kept, dropped in life.doubles(self._table, expected):
            if not gone[kept] and not gone[dropped]:
                life.join(self._table, kept, dropped)
                gone[dropped] = True
        for number in self._table["id"][gone & (self._table["id"] > 0)]:
            self._ids.release(int(number), self._now_ns)
        self._table = self._table[~gone]

    def _reportable(self, now_ns: int) -> Table:
        """Return the rows for `tracks`, by id: confirmed, still likely, and seen lately."""
        table, settings = self._table, self._settings
        speed = np.hypot(table["state"][:, 2], table["state"][:, 3])
        limit_ms = np.where(speed < settings.stopped_mps, settings.max_coast_stopped_ms, settings.max_coast_ms)
        fresh = now_ns - table["stamp_ns"] <= limit_ms * 1e6
        table = table[(table["id"] > 0) & (table["log_odds"] > 0.0) & fresh]
        return table[np.argsort(table["id"])]

    def _sources(self, table: Table) -> list[tuple[str, ...]]:
        """Return per row the devices that saw it in the last second before its stamp."""
        recent = table["seen_ns"] > table["stamp_ns"][:, None] - SECOND_NS
        heard = table["vehicle_ns"] > table["stamp_ns"] - SECOND_NS
        return [
            tuple(sensor.device for sensor, seen in zip(self._sensors, row, strict=True) if seen)
            + ((self._radios[radio],) if told else ())
            for row, told, radio in zip(recent, heard, table["radio"], strict=True)
        ]

    def _radio(self, device: str) -> int:
        if device not in self._radios:
            self._radios.append(device)
        return self._radios.index(device)
