"""The page in a browser, on a crossing whose content a test sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import msgspec

from rsu.bus.snapshot import Snapshot, TrackView
from tests.rsu.web.browser import Browser
from tests.rsu.web.crossing import Crossing

CAR = TrackView(
    id=77,
    kind="car",
    east_m=0.0,
    north_m=0.0,
    speed_mps=10.0,
    heading_deg=90.0,
    length_m=4.6,
    width_m=1.8,
    sources=["camera-north", "radar-east", "radio"],
    ellipse=(1.2, 0.8, 90.0),
    age_ms=42,
    link=None,
    lane=None,
    vehicle_id="00000000deadbeef",
)


class Still(Crossing):
    """A crossing that says the records that a test sets."""

    def __init__(self) -> None:
        super().__init__(12)
        self.now = super().snapshot(0)

    def say(self, **changes: object) -> None:
        self.now = msgspec.structs.replace(self.now, **changes)

    def step(self, seconds: float = 0.1) -> None:
        pass

    def snapshot(self, stamp_ns: int) -> Snapshot:
        return msgspec.structs.replace(self.now, stamp_ns=stamp_ns)


class Bench(NamedTuple):
    """A browser on the page, and the crossing that feeds it."""

    browser: Browser
    crossing: Still
    folder: Path
    port: int

    def text(self, selector: str) -> str:
        return str(self.browser.evaluate(f"document.querySelector({json.dumps(selector)}).textContent"))

    def wait(self, selector: str, text: str, timeout_s: float = 5) -> None:
        found = f"document.querySelector({json.dumps(selector)})?.textContent.includes({json.dumps(text)})"
        self.browser.wait(found, timeout_s)

    def open(self) -> None:
        self.browser.open(f"http://127.0.0.1:{self.port}/")
        self.wait("#link", "live")
