"""Upgrades that the platform orders: refused with a reason, or an errand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.commands import body
from tests.rsu.downlink.office import Office

PACKAGE = {"updateVersion": "0.2.0", "downloadUrl": "https://example.org/a.rsu-release"}
UPGRADES: list[tuple[dict[str, Any], bool, str]] = [
    ({}, False, "not installed from the Debian package"),
    ({"OTApassword": "secret"}, True, "keeps no password"),
    ({"Updatetime": 1}, True, "at once only"),
    ({"downloadUrl": "file:///etc/shadow"}, True, "content not understood"),
    ({"updateVersion": "../0.2.0"}, True, "content not understood"),
]


@pytest.mark.parametrize(("more", "packaged", "why"), UPGRADES)
def test_an_upgrade_is_refused(tmp_path: Path, more: dict[str, Any], packaged: bool, why: str) -> None:
    office = Office(tmp_path, packaged=packaged)
    entry = office.give_signed("upgrade", body(1, **{**PACKAGE, **more}), 1)
    assert entry.state == "refused" and why in entry.why
    assert "upgrade needs one" in office.give("upgrade", body(2, **PACKAGE)).why
    office.clerk.close()


def test_an_upgrade_is_an_errand(tmp_path: Path) -> None:
    office = Office(tmp_path, packaged=True)
    entry = office.give_signed("upgrade", body(1, **PACKAGE), 1)
    assert (entry.state, entry.until) == ("accepted", "errand")
    office.clerk.close()
