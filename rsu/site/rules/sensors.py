"""Sensors whose numbers are possible and hardly meant so: mounts, fields of view, noise."""

from __future__ import annotations

import math
from collections.abc import Iterator

from perception.sensor import Sensor
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

_HEIGHT_M = (1.5, 30.0)
_RANGE_M = (15.0, 500.0)
_WIDTH_DEG = 8.0
_SAME_RAD = 0.0035
_LIMITS = {  # of values that are given: least, most, what else it may be
    ("noise", "along_m"): (0.02, 10.0, "in cm?"),
    ("noise", "across_m"): (0.0, 10.0, "in cm?"),
    ("noise", "azimuth_deg"): (0.05, 10.0, "in radians?"),
    ("noise", "speed_mps"): (0.01, 5.0, "in km/h or cm/s?"),
    ("detection_probability",): (0.2, 1.0, "of one scan"),
    ("false_alarms",): (0.0, 50.0, "of one scan, over the whole field of view"),
    ("least_speed_mps",): (0.0, 3.0, "in km/h?"),
}


def views(of: OfSite) -> Iterator[Finding]:
    """Find fields of view without any extent. An error: nothing can be in them."""
    for index, sensor in enumerate(of.site.sensors):
        view = sensor.field_of_view
        if view.near_m >= view.range_m:
            text = f"expected less than range_m, {view.range_m:g}, got {view.near_m:g}"
            yield of.source.finding(("sensors", index, "field_of_view", "near_m"), text)


def mounts(of: OfSite) -> Iterator[Finding]:
    """Find heights that no pole has, and yaws in radians."""
    for index, sensor in enumerate(of.site.sensors):
        at: Path_ = ("sensors", index, "mount")
        height, yaw = sensor.mount.height_m, sensor.mount.yaw_deg
        if not _HEIGHT_M[0] <= height <= _HEIGHT_M[1]:
            units = "not surveyed? in km?" if height < _HEIGHT_M[0] else "in cm, or above the sea?"
            text = f"expected {_HEIGHT_M[0]:g} to {_HEIGHT_M[1]:g} metres above the road, got {height:g} ({units})"
            yield of.source.warning((*at, "height_m"), text)
        quarters = yaw / (math.pi / 2)
        if round(quarters) and abs(quarters - round(quarters)) * math.pi / 2 < _SAME_RAD:
            text = (
                f"expected degrees clockwise from north, got {yaw:g} (in radians? {90.0 * round(quarters):g} degrees)"
            )
            yield of.source.warning((*at, "yaw_deg"), text)
    yield from _all_in_radians(of)
    placed = [(sensor.mount.east_m, sensor.mount.north_m) for sensor in of.site.sensors]
    if len(placed) > 1 and set(placed) == {(0.0, 0.0)}:
        text = "expected where each sensor stands, got the reference point for all (not surveyed?)"
        yield of.source.warning(("sensors", 0, "mount", "east_m"), text)


def _all_in_radians(of: OfSite) -> Iterator[Finding]:
    """Find sensors that all look within 6.3 degrees and yet apart, with fractions: full circles of radians."""
    yaws = [sensor.mount.yaw_deg for sensor in of.site.sensors]
    few = len(yaws) < 3 or sum(yaw != round(yaw, 1) for yaw in yaws) <= len(yaws) // 2
    if not few and max(map(abs, yaws)) <= 2 * math.pi and max(yaws) - min(yaws) > 1.0:
        text = "expected degrees clockwise from north, got 6.3 at most for all sensors (in radians?)"
        yield of.source.warning(("sensors", 0, "mount", "yaw_deg"), text)


def fields(of: OfSite) -> Iterator[Finding]:
    """Find ranges and openings in other units."""
    for index, sensor in enumerate(of.site.sensors):
        view, at = sensor.field_of_view, ("sensors", index, "field_of_view")
        least, most = _RANGE_M
        if not least <= view.range_m <= most:
            units = "in km?" if view.range_m < 1.0 else "in cm or mm?" if view.range_m > most else "too short?"
            text = f"expected {least:g} to {most:g} metres, got {view.range_m:g} ({units})"
            yield of.source.warning((*at, "range_m"), text)
        elif view.near_m > view.range_m / 2:
            text = f"expected less than half of range_m, {view.range_m:g}, got {view.near_m:g}"
            yield of.source.warning((*at, "near_m"), text)
        if view.width_deg < _WIDTH_DEG:
            radians = math.degrees(view.width_deg)
            hint = f" (in radians? {radians:.0f} degrees)" if view.width_deg <= 2 * math.pi else ""
            text = f"expected the whole opening in degrees, {_WIDTH_DEG:g} to 360, got {view.width_deg:g}{hint}"
            yield of.source.warning((*at, "width_deg"), text)


def noise(of: OfSite) -> Iterator[Finding]:
    """Find errors, probabilities and speeds that no sensor has."""
    for index, sensor in enumerate(of.site.sensors):
        for key, (least, most, hint) in _LIMITS.items():
            value = _value(sensor, key)
            if value and not least <= value <= most:
                text = f"expected {least:g} to {most:g}, got {value:g} ({hint})"
                yield of.source.warning(("sensors", index, *key), text)


def _value(sensor: Sensor, key: tuple[str, ...]) -> float:
    found: object = sensor
    for name in key:
        found = getattr(found, name)
    assert isinstance(found, float)
    return found
