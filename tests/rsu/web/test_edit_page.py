"""Login, site file and lane map in a browser, as an engineer works with them: by keys, by mouse, with mistakes."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rsu.access.accounts import Accounts
from rsu.web import reloading
from rsu.web.app import application
from rsu.web.board import Board
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.client import PASSWORD
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes
from tests.rsu.web.serving import access, free_port, hosting

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]
CONFIGS = Path(__file__).parents[3] / "configs"
WAIT_S = 30
# the middle of the red square, in pixels of the window
HANDLE = """(() => {
  const map = document.getElementById('map'), box = map.getBoundingClientRect(), k = map.width / box.width;
  const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height);
  let [east, south, count] = [0, 0, 0];
  for (let y = 0; y < map.height; y += 2) for (let x = 0; x < map.width; x += 2) {
    const at = 4 * (y * map.width + x);
    if (data[at] > 180 && data[at + 1] < 40 && data[at + 2] < 60) { east += x; south += y; count++; }
  }
  return count && [box.left + east / count / k, box.top + south / count / k];
})()"""


@pytest.fixture
def page(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    async def taken(_: Board) -> str:
        return ""

    monkeypatch.setattr(reloading, "reload", taken)
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    board, now = Board("Test crossing", lane_map()), time.monotonic_ns()
    board.put("snapshot", Crossing(8).snapshot(1), now)
    board.put("processes", msgspec.structs.replace(processes(1, 10), site_file=str(tmp_path / "demo.yaml")), now)
    users, port = access(tmp_path / "data", login=True), free_port()
    users.begin()
    browser.look(1300, 1000)
    with hosting(application(board, tmp_path, users), port):
        yield f"http://127.0.0.1:{port}/"
        browser.open("about:blank")


def fill(browser: Browser, **values: str) -> None:
    for name, value in values.items():
        browser.evaluate(f"document.getElementById('{name}').value = {json.dumps(value)}")


def click(browser: Browser, selector: str) -> None:
    browser.evaluate(f"document.querySelector({json.dumps(selector)}).click()")


def replace(browser: Browser, before: str, after: str) -> None:
    """Change the text of the open file, as typing does."""
    text = "document.getElementById('text')"
    browser.evaluate(f"{text}.value = {text}.value.replace({json.dumps(before)}, {json.dumps(after)})")
    browser.evaluate(f"{text}.dispatchEvent(new Event('input'))")


def mouse(browser: Browser, kind: str, x: float, y: float) -> None:
    browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)


def test_from_the_first_login_to_an_edited_site(page: str, browser: Browser, tmp_path: Path) -> None:
    browser.open(page)
    browser.wait("document.getElementById('code') && !document.getElementById('code').hidden", WAIT_S)
    fill(browser, code=str(Accounts(tmp_path / "data").code()), name="anna", password=PASSWORD)
    click(browser, "#login .main")
    browser.wait("document.getElementById('link')?.textContent", WAIT_S)

    browser.open(f"{page}site.html")
    browser.wait("document.getElementById('verdict')?.textContent === 'none'", WAIT_S)
    replace(browser, "port: 18080", "prot: 18080")
    browser.wait("document.querySelector('#findings li')?.textContent.includes('did you mean')", WAIT_S)
    assert browser.evaluate("document.querySelectorAll('.gutter .error').length") == 1
    replace(browser, "prot: 18080", "port: 18090")
    browser.wait("!document.getElementById('save').disabled", WAIT_S)
    assert "18090restart of web" in browser.evaluate("document.querySelector('#changes tbody tr').textContent")
    click(browser, "#save")
    browser.wait("document.getElementById('notice').textContent === 'Version 2 is in use.'", WAIT_S)
    assert "port: 18090" in (tmp_path / "demo.yaml").read_text()

    browser.open(f"{page}lane-map.html")
    x, y = browser.wait(f"document.getElementById('size')?.textContent.includes('MAP') && {HANDLE}", WAIT_S)
    for kind, up in (("mousePressed", 0), ("mouseMoved", 20), ("mouseMoved", 40), ("mouseReleased", 40)):
        mouse(browser, kind, x, y - up)
    north = "Number(document.querySelectorAll('#points input')[3].value)"
    assert browser.evaluate(north) > 25
    click(browser, "#undo")
    assert browser.evaluate(north) == 23.63
    click(browser, "#redo")
    browser.wait("!document.getElementById('save').disabled", WAIT_S)
    click(browser, "#save")
    browser.wait("document.getElementById('notice').textContent === 'Version 3 is in use.'", WAIT_S)
    saved = json.loads((tmp_path / "demo-lanes.json").read_text())["nodes"][0]["links"][0]["lanes"][0]["points"]
    assert saved[1][1] > 25
    zones_and_lanes(browser, tmp_path)
    assert browser.errors == []
    assert [
        each for each in browser.requests if not each.startswith((page, page.replace("http", "ws"), "data:", "about:"))
    ] == []


def zones_and_lanes(browser: Browser, folder: Path) -> None:
    """Begin the lane map anew from a template, add a lane and a zone, take a step back, save."""
    judged = "!document.getElementById('verdict').classList.contains('off')"
    click(browser, "#new")
    browser.wait(f"!document.getElementById('account').hidden && {judged}", WAIT_S)
    press(browser, "Add a zone for events")
    press(browser, "Add a crosswalk")
    click(browser, "#undo")
    browser.evaluate("document.getElementById('thing').value = 'nodes.0.links.0.lanes.2'")
    browser.evaluate("document.getElementById('thing').dispatchEvent(new Event('change'))")
    press(browser, "Add a lane on the right")
    browser.wait(f"{judged} && !document.getElementById('save').disabled", WAIT_S)
    click(browser, "#save")
    browser.wait("document.getElementById('notice').textContent === 'Version 4 is in use.'", WAIT_S)
    lane_map = json.loads((folder / "demo-lanes.json").read_text())
    assert [lane["id"] for lane in lane_map["nodes"][0]["links"][0]["lanes"]] == [1, 2, 3, 4]
    assert len(lane_map["crosswalks"]) == 4 and lane_map["nodes"][0]["links"][0]["width_m"] == 14.0
    assert "name: zone-1" in (folder / "demo.yaml").read_text()


def press(browser: Browser, text: str) -> None:
    found = f"[...document.querySelectorAll('#acts button')].find((each) => each.textContent === {json.dumps(text)})"
    browser.evaluate(f"{found}.click()")
