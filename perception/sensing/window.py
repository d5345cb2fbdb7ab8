"""Measurements wait here until the next cycle, then come out in the order of the times at which they were true."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from perception.objects import Measurement, VehicleReport

ROUND_NS = 250_000_000  # the measurements of a round lie no farther apart


class ArrivalWindow:
    """Judges measurements by their stamps and keeps those that are used: not too late, not from the future, none twice.

    `newest_ns` is the newest stamp so far.
    """

    def __init__(self, max_late_ns: int, max_future_ns: int) -> None:
        self.newest_ns = 0
        self._max_late_ns = max_late_ns
        self._max_future_ns = max_future_ns
        self._admitted: dict[tuple[str | bytes, int], None] = {}  # (source, stamp) in order of admission
        self._waiting: list[Measurement] = []

    def __len__(self) -> int:
        """Return how many measurements wait."""
        return len(self._waiting)

    def take_over(self, before: ArrivalWindow) -> None:
        """Go on where another one, in which nothing waits, has come to."""
        self.newest_ns, self._admitted = before.newest_ns, before._admitted

    def is_before_all(self, measurement: Measurement) -> bool:
        """Say whether the measurement arrived well before others that were used: our own clock was set back."""
        return measurement.receipt_ns < self.newest_ns - self._max_late_ns

    def add(self, measurement: Measurement) -> str | None:
        """Keep the measurement, or return why it must not be used."""
        if measurement.stamp_ns > measurement.receipt_ns + self._max_future_ns:
            return "future"
        if measurement.stamp_ns < self.newest_ns - self._max_late_ns:
            return "late"
        admitted = (source(measurement), measurement.stamp_ns)
        if admitted in self._admitted:
            return "duplicate"
        self._admitted[admitted] = None
        self._waiting.append(measurement)
        self.newest_ns = max(self.newest_ns, measurement.stamp_ns)
        self._forget()
        return None

    def rounds(self) -> Iterator[list[Measurement]]:
        """Take all out, in order of their stamps, in rounds no longer than ROUND_NS.

        A round has one scan of each device, and the newest report of each vehicle since the round before. Reports of
        vehicles make no round where a sensor has seen anything: their number and times change no round of the sensors.
        """
        waiting, self._waiting = sorted(self._waiting, key=_stamp), []
        reports = deque(each for each in waiting if isinstance(each, VehicleReport))
        rounds = list(_rounds(each for each in waiting if not isinstance(each, VehicleReport))) or [[]]
        for number, scans in enumerate(rounds):
            told: dict[bytes, Measurement] = {}
            while reports and (number == len(rounds) - 1 or reports[0].stamp_ns <= scans[-1].stamp_ns):
                report = reports.popleft()
                told[report.id] = report
            if scans or told:
                yield [*scans, *told.values()]

    def _forget(self) -> None:
        """Drop the oldest entries that would be refused as late anyway."""
        while (oldest := next(iter(self._admitted)))[1] < self.newest_ns - self._max_late_ns:
            del self._admitted[oldest]


def _rounds(scans: Iterable[Measurement]) -> Iterator[list[Measurement]]:
    """Yield scans, which are in order, so that each device is in a round once."""
    current: dict[str, Measurement] = {}
    first_ns = 0
    for scan in scans:
        if current and (scan.device in current or scan.stamp_ns - first_ns > ROUND_NS):
            yield list(current.values())
            current = {}
        first_ns = first_ns if current else scan.stamp_ns
        current[scan.device] = scan
    if current:
        yield list(current.values())


def source(measurement: Measurement) -> str | bytes:
    """Return the source of a measurement: a device, or the vehicle that a report is about."""
    return measurement.id if isinstance(measurement, VehicleReport) else measurement.device


def _stamp(measurement: Measurement) -> int:
    return measurement.stamp_ns
