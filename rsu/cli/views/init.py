"""The work of `rsu init`: devices found, a site file and a lane map written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hw.detail import Detail
from perception.geo import Reference
from rsu.cli.common.errors import fail
from rsu.core.exits import Exit
from rsu.lab.beginning import first_site, probing
from rsu.lab.beginning.probing import ProbedDevice
from rsu.lab.beginning.site_text import SiteAnswers
from rsu.site.history import SiteHistory

_EXISTS = Detail("{site} exists: this folder has a site", "{site} 已存在：该文件夹已有站点")
_NO_PLACE = Detail("expected latitude,longitude,height, got {got}", "应为 纬度,经度,高度，实为 {got}")
_NO_NUMBER = Detail("expected a whole number, got {got}", "应为整数，实为 {got}")


def probed(folder: Path, addresses: Sequence[str], seconds: float) -> Iterator[tuple[str, ProbedDevice | None]]:
    """Yield every place that was listened at, and the device there."""
    for path in probing.serial_lines(folder):
        yield str(path), probing.serial(path, seconds)
    for address in addresses:
        yield address, probing.at({"tcp": address}, seconds)


def defaults(found: Sequence[ProbedDevice]) -> dict[str, str]:
    """Return the answers that hold where none is given; the place is that of GNSS."""
    place = next(filter(None, (probing.place_of(each.measurements) for each in found)), Reference(0.0, 0.0))
    where = f"{place.latitude_deg:.7f},{place.longitude_deg:.7f},{place.elevation_m:.1f}"
    return {"name": "crossing", "region": "0", "node": "1", "origin": where, "district": ""}


def answers(asked: Mapping[str, str], radio: str, listen: str) -> SiteAnswers:
    """Return the answers as the site file has them; ends with exit code 2 where one cannot be."""
    try:
        latitude, longitude, height = map(float, asked["origin"].split(","))
    except ValueError:
        fail(Exit.USAGE, _NO_PLACE.of(got=asked["origin"]))
    numbers = [asked["region"], asked["node"]]
    if wrong := [each for each in numbers if not each.isdecimal()]:
        fail(Exit.USAGE, _NO_NUMBER.of(got=wrong[0]))
    region, node = map(int, numbers)
    place = Reference(latitude, longitude, height)
    return SiteAnswers(asked["name"], region, node, asked["district"], place, radio, listen)


def write(folder: Path, told: SiteAnswers, found: Sequence[ProbedDevice], language: str) -> Path:
    """Write site file, lane map and schema, if they are valid; return the site file. ConfigError: they are not."""
    site = folder / first_site.SITE
    if site.exists():
        fail(Exit.CONFLICT, _EXISTS.of(site=site))
    folder.mkdir(parents=True, exist_ok=True)
    SiteHistory(site).change(first_site.files(told, found, first_site.FOUR, language), "init")
    return site
