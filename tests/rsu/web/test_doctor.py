"""The doctor on the page: a real process that reads a real bus; its rows in both languages, on a phone too."""

from __future__ import annotations

import pytest

from rsu.access.roles import Role, needed
from tests.rsu.web.bench import Bench
from tests.rsu.web.browser import CHROMIUM

ROW = "[...document.querySelectorAll('.probe')].find((row) => row.innerText.includes({!r})).innerText"
WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"

pytestmark = [pytest.mark.live, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")]


def test_rows_with_fault_and_cure(bench: Bench) -> None:
    look = bench.browser
    look.open(f"http://127.0.0.1:{bench.port}/doctor.html")
    look.wait("document.getElementById('manual')?.href.endsWith('/index')")  # the page's script has run
    look.evaluate("document.getElementById('examine').click()")
    look.wait("document.querySelectorAll('.probe').length > 45", 60)
    assert "Why" in look.evaluate(ROW.format("service that keeps the system clock"))
    look.evaluate("document.getElementById('language').click()")
    look.wait("document.body.innerText.includes('校准系统时钟的服务')")
    assert "处理" in look.evaluate(ROW.format("校准系统时钟的服务"))
    look.look(375, 812, mobile=True, ratio=2)
    assert look.evaluate(WIDE) and look.errors == []


def test_the_doctor_is_for_engineers() -> None:
    assert needed("POST", "/api/doctor") is Role.TUNE
