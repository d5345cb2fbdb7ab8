"""The sheets beside the map in a browser: stories of road users and messages, on a golden recording."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.web.process import serve
from tests.rsu.web.bench import Bench, Still
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.played import Played, page
from tests.rsu.web.serving import free_port, running

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
SHEET = "document.getElementById('sheet')"


@pytest.fixture(scope="module")
def live(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder, port = tmp_path_factory.mktemp("run"), free_port()
    browser.look(1400, 900)
    with (
        Played(folder, "day", tmp_path_factory.mktemp("site")) as played,
        running(lambda stop: serve(*page(played, port, folder), folder, stop), port),
    ):
        bench = Bench(browser, Still(), folder, port)
        bench.open()
        yield bench
        browser.open("about:blank")


@pytest.fixture
def bench(live: Bench) -> Bench:
    live.browser.evaluate("location.hash = ''")
    live.browser.wait("Object.keys(document.querySelectorAll('#messages tbody a')).length")
    return live


def test_the_keyboard_chooses_a_road_user_and_its_story_opens(bench: Bench) -> None:
    bench.browser.evaluate("document.getElementById('map').dispatchEvent(new KeyboardEvent('keydown', {key: 'n'}))")
    bench.wait("#sheet", "RSM carried it", 8)
    bench.wait("#seen", "radar-")
    bench.wait("#latency", "last byte to radio")
    assert str(bench.browser.evaluate("location.hash")).startswith("#user/")
    bench.browser.evaluate(f"{SHEET}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Escape'}}))")
    bench.browser.wait(f"{SHEET}.hidden && getComputedStyle(document.querySelector('aside')).display !== 'none'")
    assert bench.browser.errors == []


def test_a_message_is_shown_bit_by_bit_and_a_field_marks_its_octets(bench: Bench) -> None:
    bench.browser.evaluate("document.querySelector('#messages a[href=\"#message/spat\"]').click()")
    bench.wait("#sheet-title", "SPAT")
    bench.wait("#fields", "msgCnt")
    bench.browser.evaluate("document.querySelector('#sheet button[aria-pressed]').click()")  # it stays
    stamp = bench.text("#sheet .facts dd")
    count = "[...document.querySelectorAll('#fields td:first-child')].find((cell) => cell.textContent === 'msgCnt')"
    bench.browser.evaluate(f"{count}.dispatchEvent(new FocusEvent('focusin', {{bubbles: true}}))")
    first, bits = (int(bench.browser.evaluate(f"{count}.parentNode.cells[{i}].textContent")) for i in (2, 3))
    marked = bench.browser.evaluate("document.querySelectorAll('.octets .marked').length")
    assert marked == (first + bits - 1) // 8 - first // 8 + 1
    time.sleep(1.5)
    assert bench.text("#sheet .facts dd") == stamp
    assert bench.browser.errors == []


def test_the_timeline_and_a_device_show_the_last_hours(bench: Bench) -> None:
    bench.browser.evaluate("location.hash = 'timeline'")
    bench.browser.wait("document.querySelectorAll('#timeline-device .strip i').length > 8", 20)
    bench.wait("#changes", "message spat")
    bench.browser.evaluate("document.querySelector('#timeline-device a[href=\"#device/gnss\"]').click()")
    bench.wait("#sheet-title", "gnss")
    bench.wait("#sheet .facts", "Octets per second")
    bench.wait("#device-changes", "ok")
    assert bench.browser.errors == []


def test_a_phone_shows_one_part_at_a_time_attention_first(bench: Bench) -> None:
    bench.browser.look(375, 740, mobile=True)
    bench.open()
    shown = (
        "[...document.querySelectorAll('#stage, aside, #sheet')].filter((part) => part.getClientRects().length"
        " && getComputedStyle(part).visibility === 'visible').map((part) => part.id || part.tagName).join()"
    )
    assert bench.browser.evaluate(shown) == "ASIDE"
    for tab, part in (("map", "stage"), ("lists", "ASIDE"), ("attention", "ASIDE")):
        bench.browser.evaluate(f"document.querySelector('[data-tab={tab}]').click()")
        assert bench.browser.evaluate(shown) == part
    bench.browser.evaluate("location.hash = 'timeline'")
    bench.browser.wait(f"({shown}) === 'sheet'")
    bench.browser.look(1400, 900)


def test_a_sheet_speaks_chinese_and_fits_a_phone(bench: Bench, tmp_path: Path) -> None:
    bench.browser.look(375, 800, dark=True, mobile=True)
    bench.browser.evaluate("location.hash = 'message/rsm'")
    bench.browser.evaluate("document.getElementById('language').click()")
    bench.wait("#sheet", "闸门")
    bench.wait("#sheet", "最新消息")
    assert bench.browser.evaluate("document.documentElement.scrollWidth") <= 375
    bench.browser.evaluate("document.getElementById('language').click()")
    bench.browser.look(1400, 900)
