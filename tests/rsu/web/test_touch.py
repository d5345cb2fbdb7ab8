"""Fingers on a map within a page that scrolls: one scrolls the page, two move the map."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.engineer import Engineer, site_served

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]
PICTURE = "document.getElementById('map').toDataURL()"


def slide(browser: Browser, places: list[tuple[float, float]], up_px: float) -> None:
    """Put fingers down at places of the window, slide them upwards, lift them."""
    browser.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=_points(places, 0.0))
    for step in range(1, 7):
        browser.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=_points(places, up_px * step / 6))
    browser.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


def _points(places: list[tuple[float, float]], up_px: float) -> list[dict[str, float]]:
    return [{"x": x, "y": y - up_px, "id": number} for number, (x, y) in enumerate(places)]


def test_one_finger_scrolls_and_two_move_the_map(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.look(375, 812, mobile=True, ratio=1)
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True)
    engineer = Engineer(browser)
    try:
        with site_served(tmp_path, monkeypatch) as page:
            browser.open(f"{page}lane-map.html")
            engineer.wait("document.querySelectorAll('#points td').length > 3")
            browser.evaluate("document.getElementById('map').scrollIntoView({block: 'center'})")
            left, top, width, height = engineer.corner("map")
            middle = (left + width / 2, top + 0.8 * height)
            scrolled, shown = browser.evaluate("scrollY"), browser.evaluate(PICTURE)
            slide(browser, [middle, (middle[0] + 60, middle[1])], 90)
            engineer.wait(f"{PICTURE} !== {shown!r}")
            assert browser.evaluate("scrollY") == scrolled
            time.sleep(0.3)  # the last of its movement is drawn
            shown = browser.evaluate(PICTURE)
            slide(browser, [middle], 90)
            engineer.wait(f"scrollY > {scrolled} + 40")
            assert browser.evaluate(f"{PICTURE} === {shown!r}")
            browser.open("about:blank")
    finally:
        browser.call("Emulation.setTouchEmulationEnabled", enabled=False)
