"""Sensors whose numbers are possible and hardly meant so: mounts, fields of view, noise."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hw.detail import NOTHING, Detail
from perception.sensor import Sensor
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

_HEIGHT_M = (1.5, 30.0)
_RANGE_M = (15.0, 500.0)
_WIDTH_DEG = 8.0
_SAME_RAD = 0.0035
_CM, _IN_RADIANS = Detail("in cm?", "是否误用厘米？"), Detail("in radians?", "是否误用弧度？")
_LIMITS = {  # of values that are given: least, most, other permitted values
    ("noise", "along_m"): (0.02, 10.0, _CM),
    ("noise", "across_m"): (0.0, 10.0, _CM),
    ("noise", "azimuth_deg"): (0.05, 10.0, _IN_RADIANS),
    ("noise", "speed_mps"): (0.01, 5.0, Detail("in km/h or cm/s?", "是否误用 km/h 或 cm/s？")),
    ("detection_probability",): (0.2, 1.0, Detail("of one scan", "指单次扫描")),
    ("false_alarms",): (0.0, 50.0, Detail("of one scan, over the whole field of view", "指单次扫描、整个视场")),
    ("least_speed_mps",): (0.0, 3.0, Detail("in km/h?", "是否误用 km/h？")),
}

_NEAR_BEYOND = Detail(
    "expected less than range_m, {range_m:g}, got {got:g}",
    "应小于 range_m，即 {range_m:g}，实为 {got:g}",
)
_LOW = Detail("not surveyed? in km?", "是否尚未测量？是否误用千米？")
_HIGH = Detail("in cm, or above the sea?", "是否误用厘米，或误用海拔高度？")
_KM, _CM_OR_MM = Detail("in km?", "是否误用千米？"), Detail("in cm or mm?", "是否误用厘米或毫米？")
_SHORT = Detail("too short?", "是否过短？")
_OPENING_RADIANS = Detail(" (in radians? {degrees:.0f} degrees)", "（是否误用弧度？{degrees:.0f} 度）")
_HEIGHT = Detail(
    "expected {least:g} to {most:g} metres above the road, got {got:g} ({units})",
    "应为路面以上 {least:g} 至 {most:g} 米，实为 {got:g}（{units}）",
)
_RADIANS = Detail(
    "expected degrees clockwise from north, got {got:g} (in radians? {degrees:g} degrees)",
    "应为从真北起顺时针的角度，实为 {got:g}（是否误用弧度？{degrees:g} 度）",
)
_NOT_SURVEYED = Detail(
    "expected where each sensor stands, got the reference point for all (not surveyed?)",
    "应给出各传感器的安装位置，实际均为基准点（是否尚未测量？）",
)
_ALL_RADIANS = Detail(
    "expected degrees clockwise from north, got 6.3 at most for all sensors (in radians?)",
    "应为从真北起顺时针的角度，实际全部传感器均不超过 6.3（是否误用弧度？）",
)
_RANGE = Detail(
    "expected {least:g} to {most:g} metres, got {got:g} ({units})",
    "应为 {least:g} 至 {most:g} 米，实为 {got:g}（{units}）",
)
_NEAR_FAR = Detail(
    "expected less than half of range_m, {range_m:g}, got {got:g}",
    "应小于 range_m 的一半，range_m 为 {range_m:g}，实为 {got:g}",
)
_OPENING = Detail(
    "expected the whole opening in degrees, {least:g} to 360, got {got:g}{hint}",
    "应为视场的全张角，{least:g} 至 360 度，实为 {got:g}{hint}",
)
_UNLIKELY = Detail(
    "expected {least:g} to {most:g}, got {got:g} ({hint})",
    "应为 {least:g} 至 {most:g}，实为 {got:g}（{hint}）",
)


def views(of: OfSite) -> Iterator[Finding]:
    """Find fields of view without any extent. An error: nothing can be in them."""
    for index, sensor in enumerate(of.site.sensors):
        view = sensor.field_of_view
        if view.near_m >= view.range_m:
            yield of.source.finding(
                ("sensors", index, "field_of_view", "near_m"), _NEAR_BEYOND.of(range_m=view.range_m, got=view.near_m)
            )


def mounts(of: OfSite) -> Iterator[Finding]:
    """Find heights that no pole has, and yaws in radians."""
    for index, sensor in enumerate(of.site.sensors):
        at: Path_ = ("sensors", index, "mount")
        height, yaw = sensor.mount.height_m, sensor.mount.yaw_deg
        if not _HEIGHT_M[0] <= height <= _HEIGHT_M[1]:
            units = _LOW if height < _HEIGHT_M[0] else _HIGH
            yield of.source.warning(
                (*at, "height_m"), _HEIGHT.of(least=_HEIGHT_M[0], most=_HEIGHT_M[1], got=height, units=units)
            )
        quarters = yaw / (math.pi / 2)
        if round(quarters) and abs(quarters - round(quarters)) * math.pi / 2 < _SAME_RAD:
            yield of.source.warning((*at, "yaw_deg"), _RADIANS.of(got=yaw, degrees=90.0 * round(quarters)))
    yield from _all_in_radians(of)
    placed = [(sensor.mount.east_m, sensor.mount.north_m) for sensor in of.site.sensors]
    if len(placed) > 1 and set(placed) == {(0.0, 0.0)}:
        yield of.source.warning(("sensors", 0, "mount", "east_m"), _NOT_SURVEYED)


def _all_in_radians(of: OfSite) -> Iterator[Finding]:
    """Find sensors that all look within 6.3 degrees and yet apart, with fractions: full circles of radians."""
    yaws = [sensor.mount.yaw_deg for sensor in of.site.sensors]
    few = len(yaws) < 3 or sum(yaw != round(yaw, 1) for yaw in yaws) <= len(yaws) // 2
    if not few and max(map(abs, yaws)) <= 2 * math.pi and max(yaws) - min(yaws) > 1.0:
        yield of.source.warning(("sensors", 0, "mount", "yaw_deg"), _ALL_RADIANS)


def fields(of: OfSite) -> Iterator[Finding]:
    """Find ranges and openings in other units."""
    for index, sensor in enumerate(of.site.sensors):
        view, at = sensor.field_of_view, ("sensors", index, "field_of_view")
        least, most = _RANGE_M
        if not least <= view.range_m <= most:
            units = _KM if view.range_m < 1.0 else _CM_OR_MM if view.range_m > most else _SHORT
            yield of.source.warning((*at, "range_m"), _RANGE.of(least=least, most=most, got=view.range_m, units=units))
        elif view.near_m > view.range_m / 2:
            yield of.source.warning((*at, "near_m"), _NEAR_FAR.of(range_m=view.range_m, got=view.near_m))
        if view.width_deg < _WIDTH_DEG:
            radians = math.degrees(view.width_deg)
            hint = _OPENING_RADIANS.of(degrees=radians) if view.width_deg <= 2 * math.pi else NOTHING
            yield of.source.warning((*at, "width_deg"), _OPENING.of(least=_WIDTH_DEG, got=view.width_deg, hint=hint))


def noise(of: OfSite) -> Iterator[Finding]:
    """Find errors, probabilities and speeds that no sensor has."""
    for index, sensor in enumerate(of.site.sensors):
        for key, (least, most, hint) in _LIMITS.items():
            value = _value(sensor, key)
            if value and not least <= value <= most:
                yield of.source.warning(
                    ("sensors", index, *key), _UNLIKELY.of(least=least, most=most, got=value, hint=hint)
                )


def _value(sensor: Sensor, key: tuple[str, ...]) -> float:
    found: object = sensor
    for name in key:
        found = getattr(found, name)
    assert isinstance(found, float)
    return found
