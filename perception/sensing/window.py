"""Measurements wait here until the next cycle, then come out in the order of the times at which they were true."""

from __future__ import annotations

from collections.abc import Iterator

from perception.objects import Measurement, VehicleReport

ROUND_NS = 250_000_000  # the measurements of a round lie no farther apart


class Window:
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

        A round has one scan of each device and the newest report of each vehicle.
        """
        waiting, self._waiting = sorted(self._waiting, key=_stamp), []
        current: dict[str | bytes, Measurement] = {}
        first_ns = 0
        for measurement in waiting:
            name = source(measurement)
            again = name in current and not isinstance(measurement, VehicleReport)
            if current and (again or measurement.stamp_ns - first_ns > ROUND_NS):
                yield list(current.values())
                current = {}
            first_ns = first_ns if current else measurement.stamp_ns
            current[name] = measurement
        if current:
            yield list(current.values())

    def _forget(self) -> None:
        """Drop the oldest entries that would be refused as late anyway."""
        while (oldest := next(iter(self._admitted)))[1] < self.newest_ns - self._max_late_ns:
            del self._admitted[oldest]


def source(measurement: Measurement) -> str | bytes:
    """Return who made a measurement: a device, or the vehicle that a report is about."""
    return measurement.id if isinstance(measurement, VehicleReport) else measurement.device


def _stamp(measurement: Measurement) -> int:
    return measurement.stamp_ns
