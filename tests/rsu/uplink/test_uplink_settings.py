"""Settings that cannot work are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rsu.site.uplink import UplinkSettings
from rsu.uplink.process import Uplink
from tests.rsu.uplink.said import box


def test_nothing_is_needed_for_spool_only() -> None:
    assert UplinkSettings().platform is None


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"plattform": {}}, "plattform"),
        ({"platform": {"host": "a..b"}}, "not a host name"),
        ({"platform": {"host": "h", "port": 0}}, "port"),
        (
            {"platform": {"host": "h", "dialect": "xyz"}},
            "no dialect .xyz.: there are cooperative, dris, .*, tits0180, tits0180-http",
        ),
        ({"platform": {"host": "h", "tls": {"ca": "x", "key": "y"}}}, "belong together"),
        ({"spool": {"max_age_h": {"event": 0}}}, "event"),
        ({"participants_hz": 20}, "participants_hz"),
        ({"standard": {"vehicle_class": "j2735"}}, "vehicle_class"),
        ({"standard": {"fault_types": {"gnss": -1}}}, "fault_types"),
        ({"spool": {"max_live": 0}}, "max_live"),
    ],
)
def test_refuses(settings: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        UplinkSettings.model_validate(settings)


def test_each_dialect_has_a_spool_of_its_own(tmp_path: Path) -> None:
    """Records that wait for one platform are not sent to another in its words."""
    for dialect in (None, "tits0180", "openv2x"):
        platform = None if dialect is None else {"host": "127.0.0.1", "port": 1, "dialect": dialect}
        Uplink(UplinkSettings.model_validate({"platform": platform}), box(), tmp_path, tmp_path).close()
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {"uplink.sqlite", "uplink-openv2x.sqlite"}
