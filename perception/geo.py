"""Places: WGS-84 <-> the site frame, headings, and the GCJ-02 offset of map apps.

The site frame is east, north in metres around the site's reference point. Within 500 m of it the conversion differs
from the exact tangent plane by less than 1 mm: second-order expansion with the ellipsoid's radii at the reference.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from perception.objects import Floats

SEMI_MAJOR_M = 6378137.0  # WGS-84
ECCENTRICITY_SQUARED = 6.69437999014e-3  # WGS-84

# GCJ-02 is defined on the Krassovsky 1940 ellipsoid.
_GCJ_SEMI_MAJOR_M = 6378245.0
_GCJ_ECCENTRICITY_SQUARED = 0.00669342162296594323


class Reference(msgspec.Struct, frozen=True):
    """The site's reference point, WGS-84."""

    latitude_deg: float  # deg
    longitude_deg: float  # deg
    elevation_m: float = 0.0  # m above the ellipsoid


def _radii(reference: Reference) -> tuple[float, float, float]:
    """Return the reference's latitude in radians, meridian radius and transverse radius in metres, at its elevation."""
    latitude = math.radians(reference.latitude_deg)
    w = 1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / w**1.5 + reference.elevation_m
    transverse = SEMI_MAJOR_M / math.sqrt(w) + reference.elevation_m
    return latitude, meridian, transverse


def to_site(latitude: ArrayLike, longitude: ArrayLike, reference: Reference) -> tuple[Floats, Floats]:
    """Return (east, north) in metres of WGS-84 degrees; any shape."""
    origin, meridian, transverse = _radii(reference)
    d_latitude = np.radians(np.subtract(latitude, reference.latitude_deg))
    d_longitude = np.radians((np.subtract(longitude, reference.longitude_deg) + 180.0) % 360.0 - 180.0)
    east = transverse * np.cos(origin + d_latitude) * d_longitude
    north = meridian * d_latitude + 0.5 * transverse * math.sin(origin) * math.cos(origin) * d_longitude**2
    return east, north


def to_wgs84(east: ArrayLike, north: ArrayLike, reference: Reference) -> tuple[Floats, Floats]:
    """Return (latitude, longitude) in degrees of site metres; any shape. The inverse of `to_site`."""
    origin, meridian, transverse = _radii(reference)
    east = np.asarray(east, dtype=np.float64)
    d_latitude = (np.asarray(north, dtype=np.float64) - 0.5 * math.tan(origin) / transverse * east**2) / meridian
    d_longitude = east / (transverse * np.cos(origin + d_latitude))
    return reference.latitude_deg + np.degrees(d_latitude), reference.longitude_deg + np.degrees(d_longitude)


def heading_of(direction: Floats) -> Floats:
    """Return the heading in degrees, 0 <= h < 360, of vectors (..., 2) east, north."""
    heading: Floats = np.degrees(np.arctan2(direction[..., 0], direction[..., 1])) % 360.0
    return np.where(heading == 360.0, 0.0, heading)


def direction_of(heading: ArrayLike) -> Floats:
    """Return the unit vectors (..., 2) east, north of headings in degrees."""
    angle = np.radians(heading)
    direction = np.empty((*np.shape(angle), 2))
    np.sin(angle, out=direction[..., 0])
    np.cos(angle, out=direction[..., 1])
    return direction


def heading_difference(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return first - second in degrees, -180 <= d < 180, (...,) as the two broadcast."""
    difference: Floats = (np.subtract(first, second) + 180.0) % 360.0 - 180.0
    return difference


def gcj02_offset(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the offset of GCJ-02 from a WGS-84 position: (latitude, longitude) in degrees.

    The formulas are public knowledge since 2010, not a published standard. They hold inside China.
    """
    x, y = longitude - 105.0, latitude - 35.0
    root, pi = math.sqrt(abs(x)), math.pi
    short = 20.0 * math.sin(6.0 * pi * x) + 20.0 * math.sin(2.0 * pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (short + 20.0 * math.sin(pi * y) + 40.0 * math.sin(pi * y / 3)) / 1.5
    north += (160.0 * math.sin(pi * y / 12) + 320.0 * math.sin(pi * y / 30)) / 1.5
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (short + 20.0 * math.sin(pi * x) + 40.0 * math.sin(pi * x / 3)) / 1.5
    east += (150.0 * math.sin(pi * x / 12) + 300.0 * math.sin(pi * x / 30)) / 1.5
    angle = math.radians(latitude)
    w = 1.0 - _GCJ_ECCENTRICITY_SQUARED * math.sin(angle) ** 2
    meridian = _GCJ_SEMI_MAJOR_M * (1.0 - _GCJ_ECCENTRICITY_SQUARED) / w**1.5
    parallel = _GCJ_SEMI_MAJOR_M / math.sqrt(w) * math.cos(angle)
    return math.degrees(north / meridian), math.degrees(east / parallel)


def looks_like_gcj02(latitude: float, longitude: float, known: Reference, tolerance_m: float = 60.0) -> bool:
    """Say whether a position is where GCJ-02 would put the known WGS-84 position (a GNSS fix, say)."""
    return _looks_shifted(
        (latitude, longitude), known, gcj02_offset(known.latitude_deg, known.longitude_deg), tolerance_m
    )


def looks_like_bd09(latitude: float, longitude: float, known: Reference, tolerance_m: float = 60.0) -> bool:
    """Say the same of BD-09, which adds an offset of its own to GCJ-02 (public knowledge, too)."""
    offset = gcj02_offset(known.latitude_deg, known.longitude_deg)
    gcj = known.latitude_deg + offset[0], known.longitude_deg + offset[1]
    pi = math.pi * 3000.0 / 180.0
    radius = math.hypot(*gcj) + 0.00002 * math.sin(gcj[0] * pi)
    angle = math.atan2(*gcj) + 0.000003 * math.cos(gcj[1] * pi)
    shifted = radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065
    offset = shifted[0] - known.latitude_deg, shifted[1] - known.longitude_deg
    return _looks_shifted((latitude, longitude), known, offset, tolerance_m)


def _looks_shifted(
    place: tuple[float, float], known: Reference, offset: tuple[float, float], tolerance_m: float
) -> bool:
    shifted = Reference(known.latitude_deg + offset[0], known.longitude_deg + offset[1], known.elevation_m)
    east, north = to_site(*place, shifted)
    away_east, away_north = to_site(*place, known)
    return bool(np.hypot(east, north) < min(tolerance_m, float(np.hypot(away_east, away_north))))
