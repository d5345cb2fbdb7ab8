"""A radar moved on the page over its own detections: dragged and turned by the mouse, applied to the site."""

from __future__ import annotations

import math
import time
from pathlib import Path

import msgspec
import pytest

from rsu.bus.records import SensorSight, SensorSights
from rsu.site import config
from rsu.web.last_minute import LastMinute
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.engineer import Engineer, site_served

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]
RADAR, ARROW_M = "radar-north", 18.0

# top of all that is drawn in the colour of the moved sensor, and bottom of it: tip and place, as the radar looks north
EXTENT = """(() => {
  const map = document.getElementById('map'), box = map.getBoundingClientRect(), k = map.width / box.width;
  const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height), found = [];
  for (let y = 0; y < map.height; y++) for (let x = 0; x < map.width; x++) {
    const at = 4 * (y * map.width + x);
    if (data[at] === 214 && data[at + 1] === 51 && data[at + 2] === 108) found.push([x, y]);
  }
  const inColumn = found.filter(([x]) => found.filter(([other]) => other === x).length > 40).map(([, y]) => y);
  const column = found.filter(([x]) => found.filter(([other]) => other === x).length > 40)[0];
  return column && [box.left + column[0] / k, box.top + Math.min(...inColumn) / k, box.top + Math.max(...inColumn) / k];
})()"""
RADII_PX = 7.0, 9.0  # of the tip and of the place


def arrow(browser: Browser) -> tuple[tuple[float, float], float]:
    """Return the place of the arrow's tip in the window, and px per m."""
    x, top, bottom = browser.wait(EXTENT)
    tip, foot = top + RADII_PX[0], bottom - RADII_PX[1]
    return (x + 1.0, tip), (foot - tip) / ARROW_M


def test_a_radar_is_dragged_and_turned(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.look(1300, 1000)
    browser.errors.clear()
    past, engineer = LastMinute(), Engineer(browser)
    places = [(-3.0, float(north), 0) for north in range(30, 80, 5)]
    sights = SensorSights(time.time_ns(), [SensorSight(RADAR, 1, places)])
    past.put("seen", msgspec.msgpack.encode(sights), time.monotonic_ns())
    with site_served(tmp_path, monkeypatch, past) as page:
        browser.open(f"{page}sensors.html?sensor={RADAR}")
        engineer.wait("document.getElementById('count')?.textContent.startsWith('10 ')")
        browser.evaluate("document.getElementById('map').scrollIntoView({block: 'center'})")
        tip, scale = arrow(browser)
        mouse = (("mousePressed", 0.0), ("mouseMoved", 5.0), ("mouseMoved", 10.0), ("mouseReleased", 10.0))
        for kind, turned in mouse:
            angle = math.radians(turned)
            x = tip[0] + ARROW_M * scale * math.sin(angle)
            y = tip[1] + ARROW_M * scale * (1 - math.cos(angle))
            browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)
        assert browser.evaluate("Number(document.getElementById('yaw_deg').value)") == pytest.approx(10.0, abs=1.0)
        engineer.press("#apply")
        engineer.wait("document.getElementById('notice').textContent === 'Version 2 is in use.'")
        assert browser.errors == []
        browser.open("about:blank")
    (sensor,) = [one for one in config.load(tmp_path / "demo.yaml").site.sensors if one.device == RADAR]
    assert sensor.mount.yaw_deg == pytest.approx(10.0, abs=1.0) and sensor.mount.east_m == 2.0
