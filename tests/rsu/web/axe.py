"""`make axe`: axe-core over every page, in both languages and both themes, wide and on a phone; 0 serious findings.

    python -m tests.rsu.web.axe [PAGE ...]    those alone whose address has one of these words

axe-core (MPL 2.0) is fetched for this alone and is no part of the product.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from rsu.core.errors import Finding
from rsu.explain.look import RsmReading
from rsu.site import config
from rsu.web import recovery, stories
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.last_minute import LastMinute
from rsu.web.process import serve
from tests.rsu.web.browser import Browser
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.played import Played, page
from tests.rsu.web.records import processes, recorder, uplink
from tests.rsu.web.serving import access, free_port, hosting, running

ROOT = Path(__file__).parents[3]
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
# page -> an expression that is true once it shows its content
PAGES = {
    "": "document.querySelectorAll('#messages td').length > 3",
    "login.html": "document.activeElement?.tagName === 'INPUT'",
    "site.html": "document.querySelectorAll('.gutter i').length > 20",
    "lane-map.html": "document.querySelectorAll('#points td').length > 3",
    "sensors.html": "document.querySelectorAll('#sensor option').length > 3",
    "camera.html": "document.querySelectorAll('#at option').length > 20",
    "log.html": "document.getElementById('read')?.disabled === false",
    "doctor.html": "document.getElementById('examine')?.textContent.length > 1",
    "access.html": "document.querySelectorAll('#audit thead').length > 0",
    "manual/en/operate": "document.querySelectorAll('h2').length > 3",
    "manual/zh/operate": "document.querySelectorAll('h2').length > 3",
}
_OPEN = "document.getElementById('sheet-body')?.children.length > 0"
SHEETS = dict.fromkeys(
    ("#message/rsm", "#message/spat", "#device/radar-north", "#timeline", "#lanes", "#recordings"), _OPEN
)
RECOVERY = {
    "": "document.querySelectorAll('.mistakes').length > 0",
    "begin.html": "document.getElementById('legs')?.value.length > 5",
}
_USER = """fetch('/api/seen').then((answer) => answer.json())
  .then((seen) => seen?.sights.flatMap((each) => each.places_m).map((place) => place[2]).find(Boolean) || 0)"""
SERIOUS = ("serious", "critical")
RUN = "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))"


def main() -> None:
    """Print the serious findings; exit code 1 where there is one."""
    with ExitStack() as stack:
        folder, run, data = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3))
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        live, mended, sheets = free_port(), free_port(), free_port()
        stack.enter_context(hosting(_application(folder), live))
        finding = Finding("my-site.yaml", 1, 1, "", "cannot be read", "无法读取")
        site = str(folder / "none" / "site.yaml")
        stack.enter_context(hosting(recovery.application(site, [finding], access(folder)), mended))
        played = stack.enter_context(Played(run, "day", data))
        stack.enter_context(running(lambda stop: serve(*page(played, sheets, run), run, stop), sheets))
        browser = stack.enter_context(Browser(profile))
        browser.open(f"http://127.0.0.1:{sheets}/api/seen")
        user = browser.wait(_USER, 30)
        pages = {f"http://127.0.0.1:{live}/{page}": ready for page, ready in PAGES.items()}
        pages |= {f"http://127.0.0.1:{mended}/{page}": ready for page, ready in RECOVERY.items()}
        pages |= {f"http://127.0.0.1:{sheets}/{page}": ready for page, ready in SHEETS.items()}
        pages[f"http://127.0.0.1:{sheets}/#user/{user}"] = _OPEN
        words, script = sys.argv[1:], AXE.read_text(encoding="utf-8")
        wanted = {page: ready for page, ready in pages.items() if not words or any(word in page for word in words)}
        found = [line for page, ready in wanted.items() for line in _judged(browser, page, ready, script)]
    print("\n".join(found) or f"{len(wanted)} pages: 0 serious findings")
    raise SystemExit(1 if found else 0)


def _application(folder: Path) -> Any:
    """Return the page of a site whose files lie in a folder."""
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(ROOT / "configs" / name, folder)
    board, now = Board("Test crossing", lane_map()), time.monotonic_ns()
    board.put("snapshot", Crossing(8).snapshot(1), now)
    board.put("uplink", uplink(1, 10), now)
    board.put("recorder", recorder(1), now)
    board.put("processes", msgspec.structs.replace(processes(1, 10), site_file=str(folder / "demo.yaml")), now)
    site = config.load(folder / "demo.yaml").site
    air = RsmReading(site.site.reference.reference(), site.messages.profile)
    further = stories.routes(LastMinute(), air, list(site.sensors))
    return application(board, folder, access(folder), further)


def _judged(browser: Browser, page: str, ready: str, script: str) -> list[str]:
    """Return the serious findings on a page, each with the first element that it is about."""
    found = []
    for language, dark, width in itertools.product(("en", "zh"), (False, True), (1300, 375)):
        browser.look(width, 850, dark, mobile=width < 600)
        browser.open(page)
        browser.wait("document.readyState === 'complete'", 20)
        browser.evaluate(f"localStorage.setItem('language', '{language}')")
        browser.open("about:blank")  # another place on the same page would not load it anew
        browser.open(page)
        browser.wait(ready, 30)
        browser.evaluate(script)
        for each in json.loads(browser.evaluate(RUN)):
            if each["impact"] in SERIOUS:
                where, node = (
                    f"{page.split('/', 3)[3] or '/'} {language} {'dark' if dark else 'light'} {width}",
                    each["nodes"][0],
                )
                found.append(
                    f"{where}: {each['id']} ({len(each['nodes'])}): {node['html'][:160]} {node['failureSummary']}"
                )
    return found


if __name__ == "__main__":
    main()
