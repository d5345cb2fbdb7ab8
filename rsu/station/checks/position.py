"""Is the box where the site file says it stands (guarantee G4, faults F16, F20)."""

from __future__ import annotations

from collections import deque
from math import hypot
from statistics import median

from perception.geo import Reference, looks_like_gcj02, to_site, to_wgs84
from perception.objects import Fix
from rsu.reasons.place import PlaceReason
from rsu.reasons.words import Reason
from rsu.site.position import PositionSettings

_FIXES = 25  # median over 5 s at 5 Hz: one bad solution says nothing


class PositionCheck:
    """Distance of the GNSS position from the surveyed antenna."""

    def __init__(self, settings: PositionSettings, reference: Reference) -> None:
        self._settings = settings
        self._reference = reference
        self._fixes: deque[tuple[float, float]] = deque(maxlen=_FIXES)
        self._last_ns: int | None = None

    def update(self, fix: Fix) -> None:
        """Take one GNSS solution."""
        if not fix.valid or fix.latitude_deg is None or fix.longitude_deg is None:
            return
        east, north = to_site(fix.latitude_deg, fix.longitude_deg, self._reference)
        self._fixes.append((float(east), float(north)))
        self._last_ns = fix.receipt_ns

    def error_m(self) -> float | None:
        """Return the median position's distance from the surveyed antenna in metres; None before the first fix."""
        if not self._fixes:
            return None
        east, north = (median(axis) for axis in zip(*self._fixes, strict=True))
        return hypot(east - self._settings.antenna_east_m, north - self._settings.antenna_north_m)

    def _site_is_gcj02(self) -> bool:
        """Tell whether the site's reference stands where GCJ-02 would put the place that GNSS gives (fault F21)."""
        east, north = (median(axis) for axis in zip(*self._fixes, strict=True))
        latitude, longitude = to_wgs84(east, north, self._reference)
        true = Reference(float(latitude), float(longitude), self._reference.elevation_m)
        return looks_like_gcj02(self._reference.latitude_deg, self._reference.longitude_deg, true)

    def conditions(self, now_ns: int) -> list[Reason]:
        """Return the gate's reason codes that hold now."""
        error = self.error_m()
        if error is None or self._last_ns is None:
            return [PlaceReason.NO_POSITION]
        if error > self._settings.tolerance_m:
            return [PlaceReason.SITE_IN_GCJ02 if self._site_is_gcj02() else PlaceReason.POSITION_MISMATCH]
        if now_ns - self._last_ns > self._settings.hold_s * 1e9:
            return [PlaceReason.NO_POSITION]
        return []
