"""From the coordinates of a foreign file to metres: projections, datums, plate motion, GCJ-02.

CGCS2000 is fixed at epoch 2000.0; a receiver without its correction service gives the ITRF of the day, so that a map in
CGCS2000 lies behind by the motion of the plate: 0.03 m a year in Shenzhen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from hw.detail import Detail
from perception.geo import Reference, gcj02_offset, to_site
from perception.objects import Floats
from rsu.exports.datum import CGCS2000_EPOCH, plate_motion, step_deg
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import RoadNetwork
from rsu.lab.maps.notes import Notes

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: dict[Datum, str] = {"wgs84": "WGS-84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
_FARTHEST_M = 300_000.0  # between two points of a file

_OFFSET = Detail(
    "the coordinates are said to be in {datum}, offset by 500 to 600 m: they cannot be broadcast; survey in WGS-84 or "
    "CGCS2000{advice}",
    "坐标系为 {datum}，含 500 至 600 m 的偏移：不可播发；请以 WGS-84 或 CGCS2000 测量{advice}",
)
_OR_CONVERT = Detail(
    ", or convert them: --from-gcj02 leaves an error of about 1 m", "，或进行转换：--from-gcj02 残差约 1 m"
)
_CONVERTED = Detail(
    "GCJ-02 was converted to WGS-84 by public formulas: errors of about 1 m are left; check it by surveyed points",
    "GCJ-02 已按公开公式转换为 WGS-84：残差约 1 m，请用实测点核对",
)
_NOT_DEGREES = Detail(
    "expected longitudes and latitudes in degrees, got {x:g}, {y:g} (in metres? name their projection: --crs)",
    "应为以度表示的经度与纬度，实为 {x:g}, {y:g}（是否为米？请用 --crs 指定投影）",
)
_BAD_CRS = Detail("the projection {crs} cannot be used: {problem}", "投影 {crs} 无法使用：{problem}")
_OFF_THE_MAP = Detail("{x:g}, {y:g} lies outside the projection {crs}", "{x:g}, {y:g} 超出投影 {crs} 的范围")
_FAR = Detail(
    "{x:g}, {y:g} lies more than {most:g} km from the first point (a coordinate mistyped, or another system?)",
    "{x:g}, {y:g} 距文件首点超过 {most:g} km（坐标是否有误，或属其他坐标系？）",
)
_MOVED = Detail(
    "moved by {east:+.3f} m east, {north:+.3f} m north: motion of the Eurasian plate from epoch {first:g} to {last:g}",
    "移动：东 {east:+.3f} m，北 {north:+.3f} m，为欧亚板块自历元 {first:g} 至 {last:g} 的运动",
)
_KEPT = Detail(
    "in CGCS2000 at epoch 2000.0, not moved: GNSS without its correction service goes away from it by {rate:.1f} cm a "
    "year (--to-epoch)",
    "采用 CGCS2000、历元 2000.0，未移动：未使用其改正服务的 GNSS 每年与之偏离 {rate:.1f} cm（--to-epoch）",
)
_NO_DATUM = Detail("datum WGS-84: the file does not say (--datum)", "坐标系 WGS-84：文件未注明（--datum）")
_OF_FILE = Detail("projection {crs}", "投影 {crs}")
_NO_PLACE = Detail(
    "no place on earth: the file gives metres around its own zero; say where that is (--origin LAT,LON)",
    "无地理位置：文件为相对其自身零点的米数；请说明零点位置（--origin 纬度,经度）",
)


class Stated(msgspec.Struct, frozen=True):
    """Facts about a file's coordinates that the user states."""

    datum: Datum | None = None
    epoch_years: float | None = None  # of the coordinates; None: of the day, of CGCS2000: 2000.0
    to_epoch_years: float | None = None  # to which they are moved
    from_gcj02: bool = False
    crs: str | None = None  # projection of plain metres, such as EPSG:4547
    origin: Reference | None = None  # place of the zero of plain metres


class Placing:
    """The way from a file's coordinates (n, 2) to metres (n, 2) around `reference`."""

    def __init__(self, stated: Stated, notes: Notes, crs: str | None = None, degrees: bool = False) -> None:
        """`crs`: projection that the file names; `degrees`: it has longitudes and latitudes."""
        self._stated, self._notes = stated, notes
        self._crs = None if degrees else stated.crs or crs
        self._unproject = _unprojection(self._crs) if self._crs else None
        self._first: Floats | None = None
        self._on_earth = degrees or self._unproject is not None
        self.reference: Reference | None = None if self._on_earth else stated.origin
        if self._crs:
            notes.read(_OF_FILE.of(crs=self._crs))
        if not self._on_earth and stated.origin is None:
            notes.assumed(_NO_PLACE)

    def __call__(self, points: Floats, anywhere: bool = False) -> Floats:
        """Return metres (n, 2) of points (n, 2): x, y; of degrees: longitude, latitude. MapError: no place.

        `anywhere`: they may lie far from all others.
        """
        found = self._placed(points)
        if self._first is None:
            self._first = found[0]
        away = np.hypot(*(found - self._first).T)
        if not anywhere and not (away < _FARTHEST_M).all():
            x, y = points[int(np.argmax(away))]
            raise MapError(_FAR.of(x=x, y=y, most=_FARTHEST_M / 1000.0))
        return found

    def _placed(self, points: Floats) -> Floats:
        if not self._on_earth:
            return np.asarray(points, dtype=np.float64)
        first = self.reference is None
        degrees = self._unproject(points) if self._unproject else np.asarray(points, dtype=np.float64)
        wrong = ~(np.isfinite(degrees).all(axis=1) & (np.abs(degrees) <= (180.0, 89.0)).all(axis=1))
        if wrong.any():
            x, y = points[int(np.argmax(wrong))]
            raise MapError(_OFF_THE_MAP.of(x=x, y=y, crs=self._crs) if self._crs else _NOT_DEGREES.of(x=x, y=y))
        placed = self._datum(degrees, first)
        if self.reference is None:
            self.reference = Reference(float(placed[0, 1]), float(placed[0, 0]))
        return np.column_stack(to_site(placed[:, 1], placed[:, 0], self.reference))

    def settle(self, network: RoadNetwork) -> None:
        """Write into a network where it lies."""
        network.reference = self.reference
        network.cgcs2000 = self._on_earth and self._known_datum() == "cgcs2000"

    def _known_datum(self) -> Datum | None:
        return self._stated.datum or ("cgcs2000" if self._crs and _is_cgcs2000(self._crs) else None)

    def _datum(self, degrees: Floats, first: bool) -> Floats:
        """Return degrees (n, 2) in the datum and epoch of the lane map; the account is written at the first call."""
        stated, datum = self._stated, self._known_datum()
        if datum == "bd09" or (datum == "gcj02" and not stated.from_gcj02):
            advice = _OR_CONVERT if datum == "gcj02" else Detail("", "")
            raise MapError(_OFFSET.of(datum=DATUMS[datum], advice=advice))
        if datum == "gcj02":
            if first:
                self._notes.assumed(_CONVERTED)
            return _from_gcj02(degrees)
        epoch = CGCS2000_EPOCH if datum == "cgcs2000" else stated.epoch_years
        if first and datum is None:
            self._notes.assumed(_NO_DATUM)
        return self._moved(degrees, epoch, first, datum == "cgcs2000")

    def _moved(self, degrees: Floats, epoch: float | None, first: bool, kept: bool) -> Floats:
        last = self._stated.to_epoch_years
        if (epoch is None or last is None) and not (first and kept):
            return degrees
        east, north = plate_motion(*degrees[0, ::-1])
        if epoch is None or last is None:
            self._notes.assumed(_KEPT.of(rate=100.0 * math.hypot(east, north)))
            return degrees
        years = last - epoch
        if first:
            self._notes.read(_MOVED.of(east=east * years, north=north * years, first=epoch, last=last))
        return degrees + step_deg(float(degrees[0, 1]), float(degrees[0, 0]), years)


def _from_gcj02(degrees: Floats) -> Floats:
    """Return WGS-84 (n, 2) of longitudes and latitudes (n, 2) in GCJ-02: by repeated correction."""
    places = []
    for longitude, latitude in degrees.tolist():
        found = [latitude, longitude]
        for _ in range(4):
            off = gcj02_offset(*found)
            found = [latitude - off[0], longitude - off[1]]
        places.append(found[::-1])
    return np.array(places)


def _unprojection(crs: str) -> Callable[[Floats], Floats]:
    """Return the way from projected metres (n, 2) to degrees (n, 2). MapError: no such projection."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    try:
        transformer = Transformer.from_crs(CRS.from_user_input(_plane(crs)), "EPSG:4326", always_xy=True)
    except ProjError as error:
        raise MapError(_BAD_CRS.of(crs=crs, problem=str(error).partition(": (")[0])) from error

    def degrees(points: Floats) -> Floats:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return degrees


def _plane(crs: str) -> str:
    """Return a projection without its heights: their grids are rarely installed, and lanes are flat."""
    if not crs.strip().startswith("+"):
        return crs
    return " ".join(part for part in crs.split() if not part.startswith(("+geoidgrids", "+vunits", "+vto_meter")))


def _is_cgcs2000(crs: str) -> bool:
    from pyproj import CRS

    geodetic = CRS.from_user_input(_plane(crs)).geodetic_crs
    return geodetic is not None and "2000" in geodetic.name and "China" in geodetic.name
