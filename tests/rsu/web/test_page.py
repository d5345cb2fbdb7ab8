"""The page in a real browser, fed from a real bus."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import msgspec
import pytest

from rsu.bus.snapshot import DeviceView, MessageState, SignalHead
from rsu.manual import pages
from rsu.recorder.control import RecorderAnswer, RecorderDesk, RecorderOrder
from rsu.station import gate
from rsu.web.app import STATIC
from rsu.web.patch import Json, diff
from tests.rsu.web.bench import Bench, Still
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.feed import Feed
from tests.rsu.web.serving import free_port, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


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


# features that browsers learnt less than five years ago, and addresses elsewhere
TOO_NEW = r"structuredClone|\.at\(|roundRect|\.hasOwn\(|:has\(|@container|@layer|\ddvh|color-mix|findLast|&:|https?://(?!www\.w3\.org/2000/svg)"


@pytest.mark.parametrize(
    "file", sorted(each for each in STATIC.rglob("*") if each.is_file()), ids=lambda file: file.name
)
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
