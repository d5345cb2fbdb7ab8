"""From the site frame to the coordinates of a city model: CGCS2000 at epoch 2000.0, projected, 1985 heights.

CGCS2000 is fixed at epoch 2000.0; a survey by GNSS is in the ITRF of its day, which has gone on with the Eurasian
plate since: 0.03 m a year in Shenzhen. PROJ takes WGS 84 and CGCS2000 as equal, so the step back is made here.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from perception.geo import Reference, to_site, to_wgs84
from perception.objects import Floats

CGCS2000, CGCS2000_EPOCH = 4490, 2000.0  # EPSG number of its latitudes and longitudes; year
_EARTH_M = 6371000.0
# rotation of the Eurasian plate about x, y, z in ITRF2014, milliarcseconds a year: Altamimi and others 2017, table 1
_EURASIA_MAS = np.array([-0.085, -0.531, 0.770])
_MAS_RAD = math.radians(1.0 / 3.6e6)
_ZONES = range(4534, 4555)  # EPSG: CGCS2000 / 3-degree Gauss-Krueger, central meridians 75 to 135 degrees east


class Survey(NamedTuple):
    """The place of the site frame's zero, and of which day its coordinates are."""

    reference: Reference
    coordinates: Literal["wgs84", "cgcs2000"]
    epoch_years: float | None  # None: not known, so that nothing is moved; of CGCS2000 2000.0
    geoid_m: float | None = None  # height of the 1985 datum's zero above the ellipsoid; None: heights are ellipsoidal


class Projected:
    """The way from metres of the site frame (n, 2) to a coordinate system of CGCS2000, and back."""

    def __init__(self, epsg: int, survey: Survey) -> None:
        """`epsg`: a system of CGCS2000. ImportError: pyproj is missing; ValueError: no such system."""
        from pyproj import CRS, Transformer
        from pyproj.exceptions import ProjError

        try:
            system = CRS.from_epsg(epsg)
            self._transformer = Transformer.from_crs(CGCS2000, system, always_xy=True)
        except ProjError as error:
            raise ValueError(f"EPSG:{epsg}") from error
        self.digits = 3 if system.is_projected else 9  # of metres, of degrees: 0.1 mm
        self._survey = survey
        place, epoch = survey.reference, survey.epoch_years
        years = 0.0 if epoch is None else CGCS2000_EPOCH - epoch
        self._step_deg = step_deg(place.latitude_deg, place.longitude_deg, years)

    def forth(self, points: Floats) -> Floats:
        """Return eastings and northings in metres, or longitudes and latitudes in degrees, (n, 2)."""
        latitude, longitude = to_wgs84(points[:, 0], points[:, 1], self._survey.reference)
        moved = np.column_stack([longitude, latitude]) + self._step_deg
        return np.column_stack(self._transformer.transform(moved[:, 0], moved[:, 1]))

    def back(self, places: Floats) -> Floats:
        """Return metres of the site frame (n, 2)."""
        degrees = np.column_stack(self._transformer.transform(places[:, 0], places[:, 1], direction="INVERSE"))
        degrees -= self._step_deg
        return np.column_stack(to_site(degrees[:, 1], degrees[:, 0], self._survey.reference))


def step_deg(latitude: float, longitude: float, years: float) -> Floats:
    """Return the step (2,), degrees of longitude and latitude, that the plate makes in so many years."""
    metres = np.array(plate_motion(latitude, longitude)) * years
    step: Floats = np.degrees(metres / [_EARTH_M * math.cos(math.radians(latitude)), _EARTH_M])
    return step


def plate_motion(latitude: float, longitude: float) -> tuple[float, float]:
    """Return how far the Eurasian plate moves a place in a year: metres east, north."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    velocity = np.cross(_EURASIA_MAS * _MAS_RAD, _EARTH_M * up)
    to_east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    return float(velocity @ to_east), float(velocity @ np.cross(up, to_east))


def zone_of(longitude: float) -> int:
    """Return the EPSG number of the Gauss-Krueger zone of three degrees in which a longitude in China lies."""
    return _ZONES[min(max(round((longitude - 75.0) / 3.0), 0), len(_ZONES) - 1)]
