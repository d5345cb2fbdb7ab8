"""The daemon on a site that the platform has ordered: a bad one comes back by itself, a good one stays."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.core import audit
from rsu.site import config
from sim.broker import executable
from sim.commands import body
from tests.rsu.downlink.commanded import CommandedBox, free_port

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(240),
    pytest.mark.skipif(executable() is None, reason="mosquitto is not installed"),
]
CONFIG = "rscu/RSCU-DEMO-1/config/down"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CommandedBox]:
    made = CommandedBox(tmp_path)
    yield made
    made.close()


@pytest.fixture
def platform(box: CommandedBox, tmp_path: Path) -> Iterator[None]:
    """The platform behind the box's broker."""
    command = [sys.executable, "-m", "sim.platform", "--run", str(tmp_path), "--port", str(box.port)]
    with subprocess.Popen(command) as running:
        yield
        running.terminate()


def test_a_site_that_loses_the_platform_comes_back_over_a_kill_and_a_good_one_stays(
    box: CommandedBox, platform: None
) -> None:
    box.until_connected()
    box.until_air(lambda air: True)
    before = box.site.read_bytes()
    bad = body(1, siteConfig={"uplink.platform.port": free_port()})
    asked, began_s = box.commander.ask(CONFIG, bad, signed=True, for_s=200, expiry_s=200), time.monotonic()
    box.until_site(lambda text: text != before, 60)
    box.process.kill()  # the whole daemon, within the probation
    box.process.wait(10)
    super(CommandedBox, box).start()
    answer = box.commander.answer(asked, 90)
    assert answer is not None and answer["errorDesc"].startswith("the site before is in use again")
    assert box.site.read_bytes() == before and time.monotonic() - began_s < 90
    good = body(2, siteConfig={"sensors.radar-north.mount.yaw_deg": 1.5, "uplink.run_status_s": 2})
    said = box.ask(CONFIG, good, 90, signed=True, for_s=200, expiry_s=200)
    assert said["state"] == "applied" and box.commander.faults == []
    assert (config.load(box.site).site.uplink.run_status_s, audit.verify(box.data / audit.FOLDER)) == (2, [])
