"""An engineer at the page of a site whose files lie in a folder: clicks, types, waits."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rsu.explain.look import RsmReading
from rsu.site import config
from rsu.web import reloading, stories
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.last_minute import LastMinute
from tests.rsu.web.browser import Browser
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes
from tests.rsu.web.serving import access, free_port, hosting

CONFIGS = Path(__file__).parents[3] / "configs"
WAIT_S = 30


@contextlib.contextmanager
def site_served(folder: Path, patched: pytest.MonkeyPatch, past: LastMinute | None = None) -> Iterator[str]:
    """Serve the page of the demo's site, copied into a folder unless it is there; yield its address.

    There is no daemon that a reload would reach: it is answered as one that takes everything.
    """

    async def taken(_: Board) -> str:
        return ""

    patched.setattr(reloading, "reload", taken)
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        if not (folder / name).exists():
            shutil.copy(CONFIGS / name, folder)
    board, now = Board("Test crossing", lane_map()), time.monotonic_ns()
    board.put("snapshot", Crossing(8).snapshot(1), now)
    board.put("processes", msgspec.structs.replace(processes(1, 10), site_file=str(folder / "demo.yaml")), now)
    site = config.load(folder / "demo.yaml")
    air = RsmReading(site.site.site.reference.reference(), site.site.messages.profile)
    further = stories.routes(past or LastMinute(), air, list(site.site.sensors))
    with hosting(application(board, folder, access(folder / "data"), further), port := free_port()):
        yield f"http://127.0.0.1:{port}/"


class Engineer:
    """Works on one page in a browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def text(self, selector: str) -> Any:
        """Return the text of an element."""
        return self.browser.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")

    def press(self, selector: str) -> None:
        """Press a button."""
        self.browser.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, name: str, value: object) -> None:
        """Fill a field."""
        field = f"document.getElementById({json.dumps(name)})"
        self.browser.evaluate(f"{field}.value = {json.dumps(value)}; {field}.dispatchEvent(new Event('change'))")

    def upload(self, name: str, file: Path) -> None:
        """Choose a file."""
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector=f"#{name}")["nodeId"]
        self.browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])

    def corner(self, name: str) -> tuple[float, float, float, float]:
        """Return left, top, width, height of an element in the window."""
        box = f"document.getElementById({json.dumps(name)}).getBoundingClientRect()"
        found = self.browser.evaluate(f"(({{left, top, width, height}}) => [left, top, width, height])({box})")
        return tuple(found)

    def tap(self, x: float, y: float) -> None:
        """Press and release the mouse at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def closer(self, x: float, y: float) -> None:
        """Turn the wheel at a place of the window."""
        self.browser.call("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=-300)

    def wait(self, script: str) -> Any:
        """Wait until an expression is true, and return its value."""
        return self.browser.wait(script, WAIT_S)
