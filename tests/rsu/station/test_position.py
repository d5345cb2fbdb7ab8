"""Surveyed position (G4)."""

from __future__ import annotations

import pytest

from perception.geo import Reference, gcj02_offset
from perception.objects import Fix
from rsu.site.position import PositionSettings
from rsu.station.checks.position import PositionCheck
from tests.rsu.station.gnss import MS, REFERENCE, S, fix


def check(*fixes: Fix) -> PositionCheck:
    made = PositionCheck(PositionSettings(), REFERENCE)
    for each in fixes:
        made.update(each)
    return made


def test_no_position_before_the_first_fix() -> None:
    assert check(fix(S, valid=False)).conditions(S) == ["no-position"]


def test_one_bad_fix_says_nothing() -> None:
    made = check(*[fix(S + n * MS) for n in range(10)], fix(2 * S, east=500.0))
    assert made.conditions(2 * S) == []


def test_elsewhere_is_noticed() -> None:
    made = check(*[fix(S + n * 200 * MS, east=12.0) for n in range(25)])
    assert made.error_m() == pytest.approx(12.0, abs=0.01)
    assert made.conditions(7 * S) == ["position-mismatch"]


def test_a_site_in_gcj02_is_called_by_its_name() -> None:
    d_latitude, d_longitude = gcj02_offset(REFERENCE.latitude_deg, REFERENCE.longitude_deg)
    made = PositionCheck(
        PositionSettings(), Reference(REFERENCE.latitude_deg + d_latitude, REFERENCE.longitude_deg + d_longitude, 12.0)
    )
    made.update(fix(S))
    assert 400 < (made.error_m() or 0) < 700
    assert made.conditions(S) == ["site-in-gcj02"]


def test_the_last_position_holds_for_a_while() -> None:
    made = check(fix(S))
    assert made.conditions(300 * S) == []
    assert made.conditions(302 * S) == ["no-position"]
