"""Where the site is said to be, and under which numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hw.detail import NOTHING, Detail
from perception.geo import to_site
from rsu.core.errors import Finding
from rsu.site.reading import OfMap, OfSite
from rsu.site.source import ParsedFile, Path_

_REFERENCE: Path_ = ("site", "reference")
_ORIGIN: Path_ = ("origin",)
_CHINA_DEG = ((3.5, 54.0), (73.0, 136.0))  # latitude, longitude
_ELEVATION_M = (-160.0, 5600.0)  # of roads there
_LEAST_DECIMALS = 4  # 11 m
_FARTHEST_CONTROLLER_M = 1000.0

_IN_THE_SEA = Detail(
    "expected where the site is, got {latitude:g}, {longitude:g}: that is in the sea",
    "应为站点所在位置，实为 {latitude:g}, {longitude:g}，在海中",
)
_NOT_IN_CHINA = Detail(
    "expected a place in China, got {latitude:g}, {longitude:g}{hint}",
    "应为中国境内的位置，实为 {latitude:g}, {longitude:g}{hint}",
)
_COARSE = Detail(
    "expected seven decimals (1 cm), got {latitude:g}, {longitude:g}: that is a circle of 100 m or more",
    "应有七位小数（1 cm），实为 {latitude:g}, {longitude:g}：相当于半径 100 m 以上的范围",
)
_ELEVATION = Detail(
    "expected {least:g} to {most:g} metres, got {got:g} (in cm?)",
    "应为 {least:g} 至 {most:g} 米，实为 {got:g}（是否误用厘米？）",
)
_NO_REGION = Detail(
    "expected the region of the road regulator, got 0: for tests only",
    "应为道路管理机构的区域号，实为 0：仅供测试",
)
_NO_DIGITS = Detail(
    "expected six digits (GB/T 2260), got {got}",
    "应为六位数字（GB/T 2260），实为 {got}",
)
_NO_VALUE = Detail(
    "expected a value, got none: lamp records must have it",
    "应填写，实际没有：上报的灯色记录必须包含此项",
)
_OTHER_REGION = Detail(
    "expected {known} as identity.region_id has it, got {region}: its reports would be refused",
    "应与 identity.region_id 一致，为 {known}，实为 {region}：其报文将被拒绝",
)
_ELSEWHERE = Detail(
    "expected a place at the site, got one {off:.0f} m from its reference point",
    "位置应在站点内，实际距基准点 {off:.0f} m",
)
_SWAPPED = Detail(" (latitude and longitude swapped?)", "（纬度与经度是否颠倒？）")
_SIGN = Detail(" (a wrong sign?)", "（正负号是否有误？）")
_POINT = Detail(" (the point at the wrong digit?)", "（小数点是否错位？）")


def reference(of: OfSite) -> Iterator[Finding]:
    """Find a reference point that is no place of a site, by the first reason."""
    settings = of.site.site.reference
    yield from _place(of.source, _REFERENCE, settings.latitude_deg, settings.longitude_deg, settings.elevation_m)


def origin(of: OfMap) -> Iterator[Finding]:
    """Find an origin of a lane map that is no place of a site, by the first reason."""
    if (settings := of.map.origin) is not None:
        yield from _place(of.source, _ORIGIN, settings.latitude_deg, settings.longitude_deg, settings.elevation_m)


def _place(source: ParsedFile, at: Path_, latitude: float, longitude: float, elevation: float) -> Iterator[Finding]:
    where = (*at, "latitude_deg")
    if abs(latitude) < 1.0 and abs(longitude) < 1.0:
        yield source.warning(where, _IN_THE_SEA.of(latitude=latitude, longitude=longitude))
    elif not _in_china(latitude, longitude):
        hint = _meant(latitude, longitude)
        yield source.warning(where, _NOT_IN_CHINA.of(latitude=latitude, longitude=longitude, hint=hint))
    elif max(_decimals(source, (*at, key)) for key in ("latitude_deg", "longitude_deg")) < _LEAST_DECIMALS:
        yield source.warning(where, _COARSE.of(latitude=latitude, longitude=longitude))
    least, most = _ELEVATION_M
    if not least <= elevation <= most:
        yield source.warning((*at, "elevation_m"), _ELEVATION.of(least=least, most=most, got=elevation))


def _in_china(latitude: float, longitude: float) -> bool:
    (south, north), (west, east) = _CHINA_DEG
    return south <= latitude <= north and west <= longitude <= east


def _meant(latitude: float, longitude: float) -> Detail:
    tries = [
        ((longitude, latitude), _SWAPPED),
        ((abs(latitude), abs(longitude)), _SIGN),
        ((latitude, longitude * 10.0), _POINT),
        ((latitude * 10.0, longitude), _POINT),
    ]
    return next((hint for place, hint in tries if _in_china(*place)), NOTHING)


def _decimals(source: ParsedFile, place: Path_) -> int:
    found = re.match(r"[+-]?\d+\.(\d+)", source.written(place).lstrip("\"'"))
    return len(found[1]) if found else 0


def numbers(of: OfSite) -> Iterator[Finding]:
    """Find invalid or different region numbers, and missing values that the platform needs."""
    site, identity = of.site, of.site.identity
    if site.site.region == 0:
        yield of.source.warning(("site", "region"), _NO_REGION)
    if identity.region_id and len(identity.region_id) != 6:
        yield of.source.warning(("identity", "region_id"), _NO_DIGITS.of(got=identity.region_id))
    if site.uplink.platform is not None and site.signal is not None:
        for key in ("city_name", "region_id"):
            if not getattr(identity, key):
                yield of.source.warning(("identity", key), _NO_VALUE)


def controller(of: OfSite) -> Iterator[Finding]:
    """Find a signal controller that is said to be of another region, or elsewhere."""
    site, name = of.site, of.site.signal.device if of.site.signal else ""
    settings = of.drivers.get(name)
    at: Path_ = ("devices", name, "driver")
    region, known = getattr(settings, "region", None), site.identity.region_id
    if region and known.strip("0") and region != int(known):
        yield of.source.warning((*at, "region"), _OTHER_REGION.of(known=known, region=region))
    if (place := getattr(settings, "place", None)) is not None:
        east, north = to_site(place.latitude_deg, place.longitude_deg, site.site.reference.reference())
        if (off := float(east**2 + north**2) ** 0.5) > _FARTHEST_CONTROLLER_M:
            yield of.source.warning((*at, "place"), _ELSEWHERE.of(off=off))
