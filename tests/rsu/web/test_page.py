"""The page in a real browser, fed from a real bus."""

from __future__ import annotations

import json
import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from rsu.bus.snapshot import DeviceView, MessageState, SignalHead, Snapshot, TrackView
from rsu.manual import pages
from rsu.recorder.control import RecorderAnswer, RecorderDesk, RecorderOrder
from rsu.station import gate
from rsu.web.app import STATIC
from rsu.web.patch import Json, diff
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.feed import Crossing, Feed
from tests.rsu.web.serving import free_port, serving

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
    """A crossing that says what the test wants."""

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
    """A browser on the page, and what feeds it."""

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


pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(Path(profile)) as browser:
        yield browser


@pytest.fixture
def idle(browser: Browser, tmp_path: Path) -> Iterator[Bench]:
    """Serve the page, with nothing on the bus yet."""
    browser.look(1400, 900)
    browser.errors.clear()
    port = free_port()
    with serving(tmp_path, port):
        yield Bench(browser, Still(), tmp_path, port)
        browser.open("about:blank")


@pytest.fixture
def bench(idle: Bench) -> Iterator[Bench]:
    with Feed(idle.folder, idle.crossing):
        idle.open()
        yield idle


def test_the_page_says_what_the_station_says(bench: Bench) -> None:
    assert bench.text("#site") == "Test crossing"
    bench.wait("#messages", "A camera or radar is lost")
    bench.wait("#attention", "camera-west: a camera is lost (Connection refused)")
    bench.wait("#events", "Stopped vehicle")
    bench.wait("#devices", "Connection refused")
    bench.wait("#uplink", "connected to mqtt://127.0.0.1:1883")
    bench.wait("#processes", "142 of 250 MiB")
    bench.wait("#recorder", "recording")
    bench.wait("#shelf", "20.4 GB")
    bench.wait("#files", "kept for event 903")
    assert bench.text("#utc") == "± 0.8 ms"
    assert bench.text("#position") == "1.4 m"
    assert bench.text("#users") == "12"
    assert bench.browser.errors == []


def test_the_page_speaks_the_language_that_is_chosen(bench: Bench) -> None:
    bench.wait("#attention", "camera-west")
    bench.browser.evaluate("document.getElementById('language').click()")
    bench.wait("#attention", "camera-west: 摄像机失联 (连接被拒绝)")
    bench.wait("#messages", "播发")
    bench.wait("#events", "异常停车")
    bench.wait("#devices", "连接被拒绝")
    bench.wait("#uplink", "已连接 mqtt://127.0.0.1:1883")
    bench.wait("#processes", "运行")
    bench.wait("aside h2", "告警")
    shown = str(bench.browser.evaluate("document.body.innerText"))
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", shown), shown  # no sentence is left in English
    assert bench.browser.evaluate("document.documentElement.lang") == "zh-CN"
    bench.browser.evaluate("document.getElementById('language').click()")
    bench.wait("#attention", "a camera is lost")
    bench.wait("aside h2", "Attention")
    assert bench.browser.errors == []


def test_the_page_orders_the_recorder(bench: Bench) -> None:
    desk = RecorderDesk(bench.folder)
    bench.wait("#record", "Stop")
    bench.browser.evaluate("document.getElementById('keep').click()")
    deadline = time.monotonic() + 5
    while (order := desk.order()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    desk.answer(RecorderAnswer("recording", []))
    desk.close()
    assert order == RecorderOrder("keep", "from the page")
    assert bench.browser.errors == []


def test_why_silent(bench: Bench) -> None:
    row = "#messages tr:nth-child(7)"
    bench.crossing.say(
        messages=[*bench.crossing.now.messages[:3], MessageState("spat", "silent", ["signal-lost"], 0.0, 9)]
    )
    bench.wait(row, "silent")
    assert "The signal controller has sent no new report for so long that SPAT is silent." in bench.text("#messages")
    bench.wait("#attention", "SPAT silent.")
    bench.crossing.say(messages=[MessageState("spat", "silent", ["reason-of-tomorrow"], 0.0, 9)])
    bench.wait("#messages", "reason-of-tomorrow")
    bench.crossing.say(messages=[MessageState("spat", "silent", ["sensor-lost", "switched-off"], 0.0, 9)])
    bench.wait("#messages", "Switched off in the site file.")
    bench.browser.wait("!document.querySelector('#attention').textContent.includes('SPAT')")


def test_signals_count_down(bench: Bench) -> None:
    cell = "#signals tbody tr td:nth-child(3)"  # straight on the first approach: phase 5
    bench.crossing.say(signals=[SignalHead(5, "protected-green", 7.4)])
    bench.wait(cell, "8 green")
    bench.crossing.say(signals=[SignalHead(5, "protected-green", 6.9)])
    bench.wait(cell, "7 green")
    bench.crossing.say(signals=[SignalHead(5, "unavailable", None)])
    bench.wait(cell, "unknown")


def test_a_device_comes_back(bench: Bench) -> None:
    lost = DeviceView("gnss", "gnss", "lost", 0.0, 5200, {"checksum": 1204}, "no such file")
    bench.crossing.say(devices=[lost])
    bench.wait("#devices", "checksum 1\u2009204")
    bench.wait("#devices", "5.2 s")
    bench.crossing.say(devices=[msgspec.structs.replace(lost, state="ok", rate_hz=10.0, age_ms=60, error=None)])
    bench.browser.wait("!document.querySelector('#attention').textContent.includes('gnss')")
    assert "no such file" not in bench.text("#devices")


def pixels(browser: Browser, theme: str) -> int:
    """Count the pixels of the map's canvas in a colour of the theme."""
    return int(
        browser.evaluate(f"""import("./theme.js").then(({{readTheme}}) => {{
          const canvas = document.getElementById("map"), probe = document.createElement("canvas").getContext("2d");
          probe.fillStyle = readTheme()[{json.dumps(theme)}];
          probe.fillRect(0, 0, 1, 1);
          const want = new Uint32Array(probe.getImageData(0, 0, 1, 1).data.buffer)[0];
          const {{data}} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Uint32Array(data.buffer).filter((pixel) => pixel === want).length;
        }})""")
    )


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_is_drawn(bench: Bench, dark: bool) -> None:
    bench.crossing.say(tracks=[CAR], events=[], signals=[SignalHead(5, "red", 3.0), SignalHead(6, "yellow", 1.0)])
    bench.browser.look(1400, 900, dark=dark)
    bench.browser.wait("document.getElementById('users').textContent === '1'")
    deadline = time.monotonic() + 3
    while pixels(bench.browser, "car") < 100 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert 100 < pixels(bench.browser, "car") < 1000  # 24 by 9 pixels at this zoom, less glass and ellipse
    assert pixels(bench.browser, "asphalt") > 20_000
    assert pixels(bench.browser, "red") > 100
    assert pixels(bench.browser, "yellow") > 50
    assert pixels(bench.browser, "truck") == 0


def press(browser: Browser, x: float, y: float) -> None:
    for kind in ("mousePressed", "mouseReleased"):
        browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def test_a_click_tells_all_about_a_road_user(bench: Bench) -> None:
    bench.crossing.say(tracks=[CAR])
    bench.browser.wait("document.getElementById('users').textContent === '1'")
    box = bench.browser.evaluate("JSON.stringify(document.getElementById('map').getBoundingClientRect())")
    stage = json.loads(box)
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    press(bench.browser, *middle)
    bench.wait("#details", "Car 77")
    for fact in ("36 km/h", "90°", "4.6 × 1.8 m", "± 1.2 m, ± 0.8 m", "camera-north, radar-east, radio", "deadbeef"):
        assert fact in bench.text("#details")
    press(bench.browser, middle[0] + 200, middle[1] + 250)
    bench.browser.wait("document.getElementById('details').hidden")


def test_lanes_tell_their_names(bench: Bench) -> None:
    stage = json.loads(bench.browser.evaluate("JSON.stringify(document.getElementById('map').getBoundingClientRect())"))
    bench.crossing.say(tracks=[])
    bench.browser.wait("document.getElementById('users').textContent === '0'")
    # the straight lane from the west at the canvas's left edge: 4.9 m right of the arm's centre line
    scale = bench.browser.evaluate("document.getElementById('scale').getBoundingClientRect().width / 10")
    x, y = stage["x"] + 20, stage["y"] + stage["height"] / 2 + 4.9 * scale
    bench.browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    bench.wait("#hint", "west_in, lane 2")


def test_the_keyboard_does_what_the_mouse_does(bench: Bench) -> None:
    bench.browser.evaluate("document.getElementById('map').focus()")
    before = bench.text("#scale span")
    for key in ("+", "+", "+", "+", "n"):
        bench.browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
    bench.browser.wait(f"document.querySelector('#scale span').textContent !== {json.dumps(before)}")
    bench.browser.wait("!document.getElementById('details').hidden")
    bench.browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    bench.browser.wait("document.getElementById('details').hidden")


def test_silence_of_the_station_shows_at_once(idle: Bench) -> None:
    with Feed(idle.folder, idle.crossing):
        idle.open()
        assert idle.browser.evaluate("document.getElementById('banner').hidden")
    began = time.monotonic()
    idle.wait("#banner", "The station has been silent")
    assert time.monotonic() - began < 2.5
    assert not idle.browser.evaluate("document.getElementById('banner').hidden")
    assert idle.browser.evaluate("document.getElementById('stage').classList.contains('old')")
    assert "The station has stopped reporting" in idle.text("#attention")
    with Feed(idle.folder, idle.crossing):
        idle.browser.wait("document.getElementById('banner').hidden")
        idle.wait("#link", "live")


def test_a_lost_connection_shows_and_heals(browser: Browser, tmp_path: Path) -> None:
    bench = Bench(browser, Still(), tmp_path, free_port())
    with Feed(tmp_path, bench.crossing):
        with serving(tmp_path, bench.port):
            bench.open()
        bench.wait("#banner", "Connection lost")
        assert bench.text("#attention") == "No connection to this page's server. Nothing shown here is current."
        with serving(tmp_path, bench.port):
            bench.wait("#link", "live")
            browser.open("about:blank")


def test_nobody_else_is_asked(bench: Bench) -> None:
    bench.wait("#processes", "station")
    hosts = {re.split(r"[/?]", url)[2] for url in bench.browser.requests if not url.startswith(("data:", "about:"))}
    assert all(host.startswith("127.0.0.1:") for host in hosts), hosts


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_everything_without_sideways_scrolling(bench: Bench, dark: bool) -> None:
    bench.browser.look(390, 844, dark=dark, mobile=True, ratio=2)
    bench.wait("#messages", "degraded")
    assert bench.browser.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_reason_of_the_gate_has_its_sentence(bench: Bench) -> None:
    load = "import('./words.js').then(async (words) => { await words.loadWords(); return words.WORDS.reasons; })"
    words = bench.browser.evaluate(load)
    assert set(words) >= set(gate.TABLE) and all(row["text"] for row in words.values())


def documents(source: random.Random, depth: int = 3) -> Json:
    kind = source.randrange(5 if depth else 3)
    if kind < 3:
        plain: list[Json] = [source.randrange(9), "é", [1, None, {"a": 1}]]
        return plain[kind]
    return {name: documents(source, depth - 1) for name in source.sample("abcdef", source.randrange(5))}


def test_the_page_merges_as_the_server_means_it(bench: Bench) -> None:
    source = random.Random(3)
    pairs = [({"x": documents(source)}, {"x": documents(source), "y": documents(source)}) for _ in range(300)]
    cases = [[old, diff(old, new)] for old, new in pairs]
    script = f"import('./live.js').then(({{merge}}) => {json.dumps(cases)}.map(([old, patch]) => merge(old, patch)))"
    assert bench.browser.evaluate(script) == [new for _, new in pairs]


def test_motion_goes_on_for_300_ms_and_no_further(bench: Bench) -> None:
    script = f"""import("./motion.js").then(({{Motion}}) => {{
      const motion = new Motion({json.dumps(msgspec.to_builtins(CAR))}, 1000);
      return [1000, 1100, 1300, 5000].map((now) => motion.position(now)[0]);
    }})"""
    assert bench.browser.evaluate(script) == pytest.approx([0.0, 1.0, 3.0, 3.0])


# what browsers learnt less than five years ago, and addresses elsewhere
TOO_NEW = r"structuredClone|\.at\(|roundRect|\.hasOwn\(|:has\(|@container|@layer|\ddvh|color-mix|findLast|&:|https?://(?!www\.w3\.org/2000/svg)"


@pytest.mark.parametrize("file", sorted(STATIC.iterdir()), ids=lambda file: file.name)
def test_an_older_browser_understands(file: Path) -> None:
    assert re.findall(TOO_NEW, file.read_text(encoding="utf-8")) == []


def test_the_manual_fits_phone_and_desktop(idle: Bench) -> None:
    address = f"http://127.0.0.1:{idle.port}/manual"
    idle.browser.requests.clear()
    for width, dark in ((375, True), (1280, False)):
        idle.browser.look(width, 800, dark, mobile=width < 600)
        for language in pages.LANGUAGES:
            for page in pages.PAGES:
                idle.browser.open(f"{address}/{language}/{page}")
                idle.browser.wait(
                    f"location.pathname.endsWith('/{language}/{page}') && document.readyState === 'complete'"
                )
                root = "document.documentElement"
                assert idle.browser.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), (width, language, page)
                assert idle.browser.evaluate("document.querySelectorAll('nav a').length") >= len(pages.PAGES)
    assert idle.browser.errors == []
    assert [each for each in idle.browser.requests if f":{idle.port}/" not in each and each.startswith("http")] == []
