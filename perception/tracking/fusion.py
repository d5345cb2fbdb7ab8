"""Sensor fusion: measurements of all devices in, one list of road users out.

Measurements wait for the next cycle, and are then used together, each at the time at which it was true. A track lives
by evidence: each scan of a sensor that could see it speaks for or against it; it is confirmed when it almost surely
exists, and forgotten when it almost surely does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from perception.geo import Reference
from perception.objects import Detections, Floats, Ints, Measurement, PointCloud, VehicleReport
from perception.occlusion import misses, testimony
from perception.occlusion.bodies import apart, of_bodies
from perception.occlusion.view import View
from perception.results import Tracks
from perception.sensing.cluster import Background, cluster
from perception.sensing.scan import DeviceScan, Scan, in_view, joined, located, project
from perception.sensing.sensors import Sensors
from perception.sensing.vehicles import reported, vehicle_id
from perception.sensing.window import ArrivalWindow
from perception.sensor import Sensor
from perception.state.table import likely
from perception.tracking import life, report
from perception.tracking.agreement import Gates, Told, plausible, sign
from perception.tracking.assignment import assign
from perception.tracking.association import candidates
from perception.tracking.bias import Biases, SensorBias
from perception.tracking.claims import Claims
from perception.tracking.outliers import with_outliers
from perception.tracking.population import Population
from perception.tracking.settings import FusionSettings, squared_gate
from perception.tracking.sightings import Sighting, SightingLog

MOST_WAITING = 1000  # measurements; more are used without waiting for the cycle


class Fusion:
    """All road users of a site. `counters`: how many measurements were not used, by reason."""

    def __init__(self, sensors: Sequence[Sensor], settings: FusionSettings, reference: Reference) -> None:
        self.counters: Counter[str] = Counter()
        self._devices = list(sensors)
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._settings = settings
        self._sensors = Sensors(
            sensors,
            squared_gate(settings.gate_probability),
            squared_gate(settings.own_gate_probability),
            settings.vehicle.alike,
        )
        self._reference = reference
        first, own = (squared_gate(p) for p in (settings.vehicle_gate_probability, settings.own_gate_probability))
        self._gates = Gates(first, own)
        self._doubtful = np.zeros(len(sensors), dtype=np.bool_)  # which sensors were still learning in their last scan
        self._partial = np.zeros(len(sensors), dtype=np.bool_)  # which saw badly in it
        self._radios: list[str] = []
        self._sightings = SightingLog()
        self._backgrounds: dict[int, Background] = {}  # by column of the radar
        self._begin()

    def _begin(self) -> None:
        """Begin without tracks."""
        settings = self._settings
        self._population = Population(self._sensors, settings, self.counters)
        self._biases = Biases(self._sensors, settings.correct_biases)
        self._claims = Claims(self._sensors)
        self._window = ArrivalWindow(int(settings.max_late_ms * 1e6), int(settings.max_future_ms * 1e6))

    def take_over(self, before: Fusion) -> None:
        """Go on with the tracks of another one in the same frame, which is used up by that.

        Sensors that are as they were keep all that is known of them; of others nothing is known yet.
        """
        before._use()
        was = np.array([before._column(sensor) for sensor in self._devices], np.int64)
        kept = (was >= 0).nonzero()[0]
        self._population.take_over(before._population, was)
        self._biases.take_over(before._biases, was)
        self._claims.take_over(before._claims)
        self._window.take_over(before._window)
        self._radios = before._radios
        self._doubtful[kept] = before._doubtful[was[kept]]
        if self._settings.cluster == before._settings.cluster:
            grounds = {int(new): before._backgrounds.get(int(old)) for new, old in zip(kept, was[kept], strict=True)}
            self._backgrounds = {column: ground for column, ground in grounds.items() if ground is not None}
        self.counters.update(before.counters)

    def _column(self, sensor: Sensor) -> int:
        """Return the column of a sensor that is just so, -1 where there is none."""
        column = self._columns.get(sensor.device, -1)
        return column if column >= 0 and self._devices[column] == sensor else -1

    def ingest(self, measurement: Detections | PointCloud | VehicleReport) -> None:
        """Take one measurement for the next cycle, or count why not."""
        told = isinstance(measurement, VehicleReport)  # it waits, and may be old after a pause: that says nothing
        if not told and self._window.is_before_all(measurement):
            self.counters["clock set back"] += 1
            self._begin()
        known = told or measurement.device in self._columns
        reason = self._window.add(measurement) if known else "unknown device"
        if reason is not None:
            self.counters[reason] += 1
        if len(self._window) >= MOST_WAITING:
            self._use()

    def tracks(self, now_ns: int) -> Tracks:
        """Use all measurements that have come, then return the confirmed road users as they are now, by id."""
        self._sightings.clear()
        self._use()
        return report.tracks(self._population, self._devices, self._radios, self._settings, now_ns)

    def view(self) -> View:
        """Return where the sensors would see a vehicle now; it holds until measurements are used again."""
        return View(self._population.table, self._sensors)

    def biases(self) -> list[SensorBias]:
        """Return how the sensors err against each other."""
        return self._biases.known()

    def seen(self) -> list[Sighting]:
        """Return the detections of the last cycle by device, and the tracks that took them."""
        return list(self._sightings.found([sensor.device for sensor in self._devices], self._radios))

    def refuted(self) -> list[bytes]:
        """Return, once, the ids of vehicles that no sensor sees where they claim to be."""
        return [vehicle_id(number) for number in self._claims.refuted()]

    def _use(self) -> None:
        """Use all measurements that wait."""
        for measurements in self._window.rounds():
            self._round(measurements)

    def _round(self, measurements: list[Measurement]) -> None:
        """Match the detections of a round with the tracks; those that fit none begin new ones."""
        population, sensors = self._population, self._sensors
        told = self._scan(measurements)
        scan = self._biases.account(told)
        stamps = [each.stamp_ns for each in measurements if each.device in self._columns]
        stamps = stamps or [each.stamp_ns for each in measurements]
        middle_ns = sum(stamps) // len(stamps)
        dt = population.advance(max(middle_ns, population.time_ns))
        lag = ((scan.stamp_ns - population.time_ns) * 1e-9).astype(np.float64)
        pairs = candidates(population.table, scan, lag, sensors)
        rules = Told(sensors.radio, self._gates, self._claims.doubted())
        pairs = plausible(pairs, population.table, scan, rules, self._settings.vehicle)
        pairs = apart(population.table, scan, pairs)
        pairs = assign(pairs, scan.sensor[pairs.detection])
        self._biases.learn(population.table, scan, pairs, population.time_ns)
        pairs = with_outliers(pairs, population.table, scan, lag, sensors)
        left = np.ones(len(scan), dtype=np.bool_)
        left[pairs.detection] = False
        self._claims.hear(scan, ~left)
        before = len(population.table)
        begun = (left & (scan.sensor != sensors.radio)).nonzero()[
            0
        ]  # a vehicle that is only known by its report is no road user
        table = population.table
        there = likely(table) | (table.id > 0) & (table.hidden == 0)
        begun = begun[~of_bodies(table, there, scan, begun)]
        first, others = population.begin(scan, lag, begun)
        pairs = pairs.and_then(others)
        population.absorb(pairs, scan, lag)
        row = np.concatenate([pairs.track, np.arange(before, len(population.table))])
        detection = np.concatenate([pairs.detection, first])
        sign(population.table, row, detection, scan, lag, sensors.radio)
        self._sightings.add(told, population.table.id[row], detection)
        sure = testimony.surest(sensors, self._doubtful)
        self._witness(measurements, row, scan.sensor[detection], sure, dt)
        testimony.judge(population.table, sure, population.time_ns)
        population.tidy(dt)

    def _scan(self, measurements: list[Measurement]) -> Scan:
        """Return all detections of a round, in the site frame."""
        by_device, reports = [], []
        for measurement in measurements:
            if isinstance(measurement, VehicleReport):
                reports.append(measurement)
            else:
                by_device.append(self._device_scan(measurement))
        scans = [self._projected(by_device)] if by_device else []
        if reports:
            radios = [self._radio(report.device) for report in reports]
            scans.append(reported(reports, radios, self._sensors.radio, self._reference, self._settings.vehicle))
        return joined(*scans) if len(scans) == 2 else scans[0]

    def _projected(self, devices: list[DeviceScan]) -> Scan:
        """Return the devices' detections in the site frame, those far out of view counted and left out."""
        seen = in_view(devices, self._sensors)
        if out := sum(len(each.detections.kind) for each in devices) - sum(len(each.detections.kind) for each in seen):
            self.counters["outside the field of view"] += out
        return project(seen, self._sensors)

    def _device_scan(self, measurement: Measurement) -> DeviceScan:
        """Return a device's detections."""
        column = self._columns[measurement.device]
        sensor = self._devices[column]
        if isinstance(measurement, PointCloud):
            settings = self._settings.cluster
            standing = self._backgrounds.setdefault(column, Background(sensor, settings)).standing(measurement)
            return DeviceScan(column, cluster(measurement, standing, settings, sensor), radial=True)
        assert isinstance(measurement, Detections)
        self._doubtful[column], self._partial[column] = measurement.doubtful, measurement.partial
        return DeviceScan(column, located(measurement, sensor), radial=False)

    def _radio(self, device: str) -> int:
        """Return the index of a radio."""
        if device not in self._radios:
            self._radios.append(device)
        return self._radios.index(device)

    def _witness(self, measurements: list[Measurement], row: Ints, sensor: Ints, sure: Floats, dt: float) -> None:
        """Count which tracks the sensors of a round, dt s after the one before, did not see; remember which they saw.

        row (k,), sensor (k,): the tracks that were seen, and the sensor of each; sure (sensors,) log-odds: as
        `testimony.surest`.
        """
        table, columns = self._population.table, self._columns
        scans = [(columns[each.device], each.stamp_ns) for each in measurements if each.device in columns]
        if not scans:
            return
        looked, stamp_ns = np.array(scans).T
        seen = np.zeros((self._sensors.radio + 1, len(table)), dtype=np.bool_)
        seen[sensor, row] = True
        seen = seen[:-1]  # a report is no sighting
        partial = self._partial[looked]
        well = looked[~partial]
        misses.count(table, seen, well, sure, self._sensors, self._population.settled)
        life.remember(table, seen, looked, stamp_ns, partial)
        self._claims.witness(table, well, self._population.time_ns, dt, self._population.settled)
