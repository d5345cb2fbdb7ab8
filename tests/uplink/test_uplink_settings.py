"""Settings that cannot work are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rsu.site.uplink import UplinkSettings


def test_nothing_is_needed_for_spool_only() -> None:
    assert UplinkSettings().platform is None


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"plattform": {}}, "plattform"),
        ({"platform": {"host": "a..b"}}, "not a host name"),
        ({"platform": {"host": "h", "port": 0}}, "port"),
        ({"platform": {"host": "h", "dialect": "xyz"}}, "no dialect .xyz.: there are openv2x, tits0180"),
        ({"platform": {"host": "h", "tls": {"ca": "x", "key": "y"}}}, "belong together"),
        ({"spool": {"max_age_h": {"event": 0}}}, "event"),
        ({"participants_hz": 20}, "participants_hz"),
        ({"standard": {"vehicle_class": "j2735"}}, "vehicle_class"),
        ({"standard": {"fault_types": {"gnss": -1}}}, "fault_types"),
        ({"standard": {"fault_types": {"thermometer": 1}}}, "fault_types"),
        ({"spool": {"max_live": 0}}, "max_live"),
    ],
)
def test_refuses(settings: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        UplinkSettings.model_validate(settings)
