"""The browser and the page that the tests of the page share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rsu.web.bench import Bench, Still
from tests.rsu.web.browser import Browser
from tests.rsu.web.feed import Feed
from tests.rsu.web.serving import free_port, serving


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
