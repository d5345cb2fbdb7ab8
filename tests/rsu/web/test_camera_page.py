"""A camera calibrated in the browser from a rendered picture of the bench: unpicked places are right to 0.2 m."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.calibration.quality import to_site
from perception.objects import Floats
from rsu.core import audit
from rsu.site import config
from tests.rsu.calibration.test_rendered import CAMERA, LIMIT_M, SIZE, picture, points, projected, site
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.engineer import Engineer, site_served

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]
ZOOM = 0.8**-3  # of one turn of the wheel
assert site  # the fixture: a site whose camera stands otherwise than its file says


def pick(engineer: Engineer, pixel: Floats) -> None:
    """Tap a pixel of the picture, from near by as a person does."""
    left, top, width, height = engineer.corner("picture")
    scale = min(width / SIZE[0], height / SIZE[1])
    middle = np.array([left + width / 2, top + height / 2])
    at = middle + (pixel - np.array(SIZE) / 2) * scale
    for _ in range(2):
        turned = np.round(at)
        engineer.closer(*turned)
        at = turned + (at - turned) * ZOOM
    engineer.tap(*np.round(at))
    engineer.press("#whole")


def unseen(seed: int) -> tuple[Floats, Floats]:
    """Return places on the road (n, 2) m that are in the picture, and their pixels (n, 2)."""
    rng = np.random.default_rng(seed)
    places = np.column_stack([rng.uniform(-10, 16, 400), rng.uniform(-8, 22, 400)])
    pixels = projected(places)
    inside = ((pixels > 0) & (pixels < SIZE)).all(axis=1)
    return places[inside], pixels[inside]


def test_from_the_picture_to_a_calibrated_camera(
    site: Path, tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.look(1300, 1000)
    engineer = Engineer(browser)
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), picture())
    pixels, places = points()
    rows = list(range(0, len(pixels), max(1, len(pixels) // 14)))
    with site_served(site.parent, monkeypatch) as page:
        browser.open(f"{page}camera.html?camera={CAMERA}")
        engineer.wait("document.querySelectorAll('#at option').length > 20")
        engineer.upload("file", still)
        engineer.wait("document.getElementById('no-picture').hidden")
        for number, row in enumerate(rows, 1):
            pick(engineer, pixels[row])
            assert engineer.text("#chosen") == f"Point {number}"
            for name, value in zip(("east_m", "north_m"), places[row], strict=True):
                engineer.type(name, round(float(value), 2))
        engineer.press("#solve")
        engineer.wait("!document.getElementById('result').hidden && !document.getElementById('apply').disabled")
        engineer.wait("document.getElementById('drawing').naturalWidth === 960")
        assert engineer.text("#trust") == "can be applied"
        engineer.press("#apply")
        engineer.wait("document.getElementById('notice').textContent.includes('ersion 2')")
        assert browser.errors == []
        browser.open("about:blank")
    (sensor,) = [one for one in config.load(site).site.sensors if one.device == CAMERA]
    assert sensor.camera is not None
    road, seen = unseen(4)
    placed = to_site(seen, np.zeros(len(seen)), sensor.camera, sensor.mount)
    assert len(seen) > 100 and np.hypot(*(placed - road).T).max() <= LIMIT_M
    (entry,) = audit.entries(tmp_path / "data" / audit.FOLDER)
    assert entry.about == f"version 2: calibrate {CAMERA}"
