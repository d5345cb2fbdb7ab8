"""Which measurements fusion uses at all: not too late, not from the future, none twice."""

from __future__ import annotations

from perception.objects import Measurement, VehicleReport


class Admission:
    """Judges measurements by their stamps. `newest_ns` is the newest stamp admitted so far."""

    def __init__(self, max_late_ns: int, max_future_ns: int) -> None:
        self.newest_ns = 0
        self._max_late_ns = max_late_ns
        self._max_future_ns = max_future_ns
        self._admitted: dict[tuple[str | bytes, int], None] = {}  # (source, stamp) in order of admission

    def is_before_all(self, measurement: Measurement) -> bool:
        """Say whether the measurement arrived well before others that were used: our own clock was set back."""
        return measurement.receipt_ns < self.newest_ns - self._max_late_ns

    def refuse(self, measurement: Measurement) -> str | None:
        """Return why the measurement must not be used, or None and remember it."""
        if measurement.stamp_ns > measurement.receipt_ns + self._max_future_ns:
            return "future"
        if measurement.stamp_ns < self.newest_ns - self._max_late_ns:
            return "late"
        source = measurement.id if isinstance(measurement, VehicleReport) else measurement.device
        if (source, measurement.stamp_ns) in self._admitted:
            return "duplicate"
        self._admitted[source, measurement.stamp_ns] = None
        self.newest_ns = max(self.newest_ns, measurement.stamp_ns)
        self._forget()
        return None

    def _forget(self) -> None:
        """Drop the oldest entries that would be refused as late anyway."""
        while (oldest := next(iter(self._admitted)))[1] < self.newest_ns - self._max_late_ns:
            del self._admitted[oldest]
