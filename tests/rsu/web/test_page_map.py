"""The page's map in a real browser: drawn road users and lights, the pointer, the keyboard, motion."""

from __future__ import annotations

import json
import time

import msgspec
import pytest

from rsu.bus.snapshot import OrderView, SignalHead
from tests.rsu.web.bench import CAR, Bench
from tests.rsu.web.browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


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


def test_an_event_that_the_platform_orders_is_drawn(bench: Bench) -> None:
    bench.crossing.say(tracks=[], events=[], orders=[])
    bench.browser.wait("document.getElementById('users').textContent === '0'")
    before = pixels(bench.browser, "alarm")
    bench.crossing.say(tracks=[], events=[], orders=[OrderView("w1", "rsi", "city", 0, True, 501, 4.0, 3.0)])
    end = time.monotonic() + 10
    while pixels(bench.browser, "alarm") <= before:
        assert time.monotonic() < end
        time.sleep(0.1)


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


def test_motion_goes_on_for_300_ms_and_no_further(bench: Bench) -> None:
    script = f"""import("./motion.js").then(({{Motion}}) => {{
      const motion = new Motion({json.dumps(msgspec.to_builtins(CAR))}, 1000);
      return [1000, 1100, 1300, 5000].map((now) => motion.position(now)[0]);
    }})"""
    assert bench.browser.evaluate(script) == pytest.approx([0.0, 1.0, 3.0, 3.0])
