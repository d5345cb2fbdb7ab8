"""The supervisor's thread on the site in use."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rsu.bus.records import Processes
from rsu.bus.troubles import Newest
from rsu.cli.views import status
from rsu.daemon import chores, site_copy
from rsu.daemon.chores import Chores, HeldFolder
from rsu.daemon.duty import duty_of
from rsu.site import config

CONFIGS = Path(__file__).parents[3] / "configs"
RADIANS = ("north_m: -22.0, height_m: 6.0, yaw_deg: 0.0", "north_m: -22.0, height_m: 6.0, yaw_deg: 1.5708")


@pytest.mark.parametrize("odd", [True, False])
def test_warnings_of_the_site_in_use_are_logged_and_counted(
    odd: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CONFIGS, tmp_path / "etc")
    site, shelf = tmp_path / "etc" / "demo.yaml", tmp_path / "data"
    if odd:
        text = site.read_text(encoding="utf-8")
        assert RADIANS[0] in text
        site.write_text(text.replace(*RADIANS), encoding="utf-8")
    shelf.mkdir()
    duty = duty_of(site_copy.freeze(site_copy.gather(site), [shelf]))
    facts = shelf.stat()
    monkeypatch.setattr(chores, "_SITE_S", 0.0)
    with capture_logs() as logged:
        thread = Chores(duty, [HeldFolder(shelf, (facts.st_dev, facts.st_ino))])
        until_s = time.monotonic() + 30
        while thread.warnings is None and time.monotonic() < until_s:
            time.sleep(0.02)
    found = [str(one) for one in config.check(site.resolve())]
    assert [line["finding"] for line in logged if line["event"] == "site file"] == found
    assert thread.warnings == len(found) and any("radians" in one for one in found) == odd
    told = Processes(0, "crossing", [], site_file=duty.origin, warnings=thread.warnings)
    status.show(Newest(told, None, None, None), False, "en")
    assert (f"rsu check {os.path.realpath(site)}" in capsys.readouterr().out) == bool(found)
