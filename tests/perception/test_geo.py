import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception import geo
from perception.geo import Reference

SHENZHEN = Reference(22.5431, 114.0579, 12.0)


def exact_site(latitude, longitude, reference):
    """East, north by way of earth-centred coordinates: the tangent plane itself."""

    def earth_centred(latitude, longitude):
        phi, lam = math.radians(latitude), math.radians(longitude)
        radius = geo.SEMI_MAJOR_M / math.sqrt(1 - geo.ECCENTRICITY_SQUARED * math.sin(phi) ** 2)
        across = (radius + reference.elevation_m) * math.cos(phi)
        up = (radius * (1 - geo.ECCENTRICITY_SQUARED) + reference.elevation_m) * math.sin(phi)
        return np.array([across * math.cos(lam), across * math.sin(lam), up])

    phi, lam = math.radians(reference.latitude_deg), math.radians(reference.longitude_deg)
    east = np.array([-math.sin(lam), math.cos(lam), 0.0])
    north = np.array([-math.sin(phi) * math.cos(lam), -math.sin(phi) * math.sin(lam), math.cos(phi)])
    offset = earth_centred(latitude, longitude) - earth_centred(reference.latitude_deg, reference.longitude_deg)
    return float(east @ offset), float(north @ offset)


@pytest.mark.parametrize(
    "reference", [SHENZHEN, Reference(45.75, 126.6, 150.0), Reference(-33.9, 18.4), Reference(0, 0)]
)
def test_differs_from_the_exact_tangent_plane_by_less_than_a_millimetre_within_500_m(reference):
    for east, north in [(500, 0), (0, 500), (-350, 350), (350, 350), (-350, -350), (3, -4)]:
        latitude, longitude = geo.to_wgs84(east, north, reference)
        assert exact_site(latitude, longitude, reference) == pytest.approx((east, north), abs=1e-3)


@given(st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(-60, 60), st.floats(-180, 180))
def test_there_and_back(east, north, latitude, longitude):
    reference = Reference(latitude, longitude, 12.0)
    assert geo.to_site(*geo.to_wgs84(east, north, reference), reference) == pytest.approx((east, north), abs=1e-3)


def test_takes_arrays():
    places = np.array([[0.0, 0.0], [100.0, -50.0]])
    latitude, longitude = geo.to_wgs84(places[:, 0], places[:, 1], SHENZHEN)
    assert np.column_stack(geo.to_site(latitude, longitude, SHENZHEN)) == pytest.approx(places, abs=1e-6)


def test_crosses_the_date_line():
    east, _ = geo.to_site(0.0, -179.999, Reference(0.0, 179.999))
    assert 200 < east < 250


def test_headings_are_clockwise_from_north():
    directions = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]])
    assert geo.heading_of(directions).tolist() == [0.0, 90.0, 180.0, 270.0]
    assert geo.direction_of([0.0, 90.0, 180.0, 270.0]) == pytest.approx(directions)
    assert geo.heading_of(np.array([-1e-18, 1.0])) == 0.0  # never 360


def test_heading_differences_take_the_short_way():
    assert geo.heading_difference([10.0, 350.0, 180.0], [350.0, 10.0, 0.0]).tolist() == [20.0, -20.0, -180.0]


def test_gcj02_shifts_known_places_by_the_known_amount():
    latitude, longitude = geo.gcj02_offset(39.908823, 116.397470)  # Tiananmen, as published by map services
    assert (39.908823 + latitude, 116.397470 + longitude) == pytest.approx((39.910226, 116.403714), abs=2e-6)
    here = geo.gcj02_offset(SHENZHEN.latitude_deg, SHENZHEN.longitude_deg)
    shift = geo.to_site(SHENZHEN.latitude_deg + here[0], SHENZHEN.longitude_deg + here[1], SHENZHEN)
    assert 587 <= math.hypot(*shift) <= 613


def test_recognises_a_position_copied_from_a_map_app():
    latitude, longitude = geo.gcj02_offset(SHENZHEN.latitude_deg, SHENZHEN.longitude_deg)
    assert geo.looks_like_gcj02(SHENZHEN.latitude_deg + latitude, SHENZHEN.longitude_deg + longitude, SHENZHEN)
    assert not geo.looks_like_gcj02(SHENZHEN.latitude_deg, SHENZHEN.longitude_deg, SHENZHEN)
    assert not geo.looks_like_gcj02(SHENZHEN.latitude_deg + 0.01, SHENZHEN.longitude_deg, SHENZHEN)


def test_bd09_is_told_from_gcj02():
    latitude, longitude = geo.gcj02_offset(39.908823, 116.397470)
    known = geo.Reference(39.908823 - latitude, 116.397470 - longitude)
    assert geo.looks_like_bd09(39.915, 116.404, known)  # the same in BD-09, as Baidu gives it
    assert not geo.looks_like_bd09(39.908823, 116.397470, known)
    assert not geo.looks_like_gcj02(39.915, 116.404, known)
