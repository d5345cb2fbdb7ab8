"""`make page-scenario`: from an empty folder to a running crossing with the page alone, in both languages.

    python -m tests.rsu.web.scenario [--pictures DIR]

The bench's recorded world drives two emulated cameras, a GNSS receiver and a radio; the daemon begins without a site. A
browser finds the devices, writes the first site, imports the lane map of the world, places the cameras, and sees road
users and messages on air. Ports of the demo, and 18080, must be free.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.rsu.web.browser import Browser

ROOT = Path(__file__).parents[3]
PAGE = "http://127.0.0.1:18080/"
NET = ROOT / "sim" / "data" / "crossing.net.xml.gz"
EMULATORS = ("camera-north", "camera-east", "gnss", "radio")
RECEIVER = ("127.0.0.1", 27061)  # the GNSS receiver behind a serial server
MOUNTS = (  # as configs/demo-bench.yaml has them
    "{east_m: 4.0, north_m: -24.0, height_m: 7.0, yaw_deg: 0.0}",
    "{east_m: -24.0, north_m: -4.0, height_m: 7.0, yaw_deg: 90.0}",
)
RESTARTS = ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket connection")  # of the page's own process: a site changed
WAIT_S = 150  # on a busy machine; each step takes seconds on a quiet one
ANSWERS = {
    "name": "First crossing", "node": "10",
    "radio": "127.0.0.1:27031", "listen": "127.0.0.1:27032",
    "addresses": "127.0.0.1:27011 127.0.0.1:27012 127.0.0.1:27061",
}  # fmt: skip


class Walk:
    """An engineer at the page, in one language; keeps a picture of every step on a desk and on a phone at night."""

    def __init__(self, browser: Browser, language: str, pictures: Path | None) -> None:
        self.browser, self.language, self.pictures, self.begun_s = browser, language, pictures, time.monotonic()
        browser.look(1300, 950)

    def step(self, name: str) -> None:
        """Note a step, with pictures."""
        print(f"{self.language} {time.monotonic() - self.begun_s:5.1f} s  {name}", flush=True)
        if self.pictures is None:
            return
        file = self.pictures / f"{self.language}-{name.replace(' ', '-')}"
        self.browser.screenshot(file.with_suffix(".png"))
        self.browser.look(375, 800, dark=True, mobile=True, ratio=2)
        time.sleep(0.7)
        self.browser.screenshot(file.with_suffix(".phone.png"))
        wide = self.browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than a phone"
        self.browser.look(1300, 950)

    def open(self, page: str, ready: str) -> None:
        """Open a page in the language and wait for its content."""
        self._arrive(page)
        self.browser.evaluate(f"localStorage.setItem('language', '{self.language}')")
        self.browser.open("about:blank")
        self.browser.open(PAGE + page)
        self.browser.wait(ready, WAIT_S)

    def _arrive(self, page: str) -> None:
        """Open a page, again while its process starts anew."""
        for _ in range(WAIT_S):
            self.browser.open(PAGE + page)
            self.browser.wait("document.readyState === 'complete'", WAIT_S)
            if self.browser.evaluate("location.protocol") == "http:":
                return
            time.sleep(1.0)

    def fill(self, name: str, value: str) -> None:
        self.browser.evaluate(f"document.getElementById('{name}').value = {json.dumps(value)}")

    def click(self, name: str) -> None:
        self.browser.evaluate(f"document.getElementById('{name}').click()")

    def save(self) -> None:
        """Save, and wait for one more version; the page's own process may start anew meanwhile, and the page too."""
        ask = "fetch('/api/site/versions').then((answer) => answer.json()).then((all) => all.length).catch(() => 0)"
        before = self.browser.evaluate(ask)
        self.click("save")
        self.browser.wait(f"{ask}.then((count) => count > {before})", WAIT_S)

    def choose_file(self, name: str, path: Path) -> None:
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector=f"#{name}")["nodeId"]
        self.browser.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)


def main() -> None:
    """Walk in English and in Chinese, each from an empty folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    for language in ("en", "zh"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            profile = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            _start(folder, stack)
            browser = stack.enter_context(Browser(profile))
            try:
                walk(Walk(browser, language, options.pictures), folder)
            except AssertionError:
                print(browser.evaluate("document.body?.innerText"), (folder / "rsu.cli.main.log").read_text()[-3000:])
                raise
            stray = [
                each for each in browser.requests if not each.startswith((PAGE, "ws://127.0.0.1:18080/", "about:"))
            ]
            wrong = [each for each in browser.errors if not any(words in each for words in RESTARTS)]
            assert (wrong, stray) == ([], []), (wrong, stray)


def _start(folder: Path, stack: ExitStack) -> None:
    """Start world, emulators, and the daemon with no site."""
    run, bench = folder / "run", ROOT / "configs" / "demo-bench.yaml"
    (folder / "site").mkdir()
    run.mkdir()
    commands = [["sim.world", "--run", run, "--source", "recorded"]]
    commands += [["sim.emulate", bench, name, "--run", run] for name in EMULATORS]
    daemon = [
        "rsu.cli.main",
        "run",
        folder / "site" / "site.yaml",
        "--run",
        run,
        "--data",
        folder / "data",
        "--last-good",
    ]
    for command in [*commands, daemon]:
        log = stack.enter_context((folder / f"{command[0]}.log").open("ab"))
        words = [sys.executable, "-m", *map(str, command)]
        process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)
        stack.callback(_end, process)
    threading.Thread(target=_serve_serial, args=(run / "gnss",), daemon=True).start()


def _serve_serial(line: Path) -> None:
    """Be a serial server: octets of the line go to the clients that are connected."""
    while not line.exists():
        time.sleep(0.1)
    source = os.open(line, os.O_RDONLY | os.O_NOCTTY)
    tty.setraw(source)
    with socket.create_server(RECEIVER) as server:
        server.setblocking(False)
        clients: list[socket.socket] = []
        while octets := _read(source):
            with suppress(BlockingIOError):
                clients.append(server.accept()[0])
            for client in [*clients]:
                try:
                    client.sendall(octets)
                except OSError:
                    clients.remove(client)


def _read(line: int) -> bytes:
    try:
        return os.read(line, 4096)
    except OSError:
        return b""  # the receiver has ended


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def walk(at: Walk, folder: Path) -> None:
    """Go from nothing to a crossing on air."""
    _begin(at)
    _import_the_map(at)
    _place_the_cameras(at, folder)
    _see_it_live(at)


def _begin(at: Walk) -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            at.open("", "document.querySelector('.card a.main')?.getAttribute('href') === 'begin.html'")
            break
        except AssertionError:
            assert time.monotonic() < deadline, "the daemon did not show its page"
    at.step("1 nothing yet")
    at.open("begin.html", "document.getElementById('legs')?.value.length > 5")
    for name, value in ANSWERS.items():
        at.fill(name, value)
    at.click("probe")
    at.browser.wait("document.querySelectorAll('#places .mark.ok').length === 3", WAIT_S)
    at.fill("latitude", "22.5431000")  # surveyed; the receiver was half a metre off
    at.fill("longitude", "114.0579000")
    at.fill("height", "12.0")
    at.step("2 devices found")
    at.click("write")
    at.browser.wait("location.pathname === '/lane-map.html'", WAIT_S)
    at.browser.wait("document.querySelectorAll('#points td').length > 3", WAIT_S)


def _import_the_map(at: Walk) -> None:
    judged = "!document.getElementById('verdict').classList.contains('off')"
    at.choose_file("map-file", NET)
    at.click("import")
    at.browser.wait(f"!document.getElementById('account').hidden && {judged}", WAIT_S)
    at.step("3 map imported")
    at.browser.wait("!document.getElementById('save').disabled", WAIT_S)
    at.save()
    at.open("lane-map.html", "document.querySelectorAll('#points td').length > 3")
    at.step("4 map in use")


def _place_the_cameras(at: Walk, folder: Path) -> None:
    at.open("site.html", "document.querySelectorAll('.gutter i').length > 20")
    text = at.browser.evaluate("document.getElementById('text').value")
    for mount in MOUNTS:
        before = "{east_m: 0.0, north_m: 0.0, height_m: 6.0, yaw_deg: 0.0}"
        assert before in text
        text = text.replace(before, mount, 1)
    at.fill("text", text)
    at.browser.evaluate("document.getElementById('text').dispatchEvent(new Event('input'))")
    at.browser.wait("!document.getElementById('save').disabled", WAIT_S)
    at.step("5 cameras placed")
    at.save()
    assert all(mount in (folder / "site" / "site.yaml").read_text(encoding="utf-8") for mount in MOUNTS)


def _see_it_live(at: Walk) -> None:
    at.open("", "document.querySelectorAll('#messages td').length > 3")
    at.browser.wait("Number(document.getElementById('users').textContent) > 3", WAIT_S)
    for kind in ("rsm", "map"):
        row = f"document.querySelector('#messages a[href=\"#message/{kind}\"]')?.closest('tr')"
        at.browser.wait(f"Number({row}?.cells[3].textContent) > 0", WAIT_S)
        print(f"{at.language} on air: {at.browser.evaluate(f'{row}.textContent')}")
    at.step("6 live")


if __name__ == "__main__":
    main()
