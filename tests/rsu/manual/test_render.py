"""Markdown to HTML: allowed parts of a page, and refused ones."""

from __future__ import annotations

import pytest

from rsu.manual import pages, render


def html(text: str) -> str:
    return render.html(render.parse(text))


def test_raw_html_is_text() -> None:
    assert "<script" not in html("<script>alert(1)</script>\n\na <b onclick='x'>b</b> [c](javascript:alert(1))")


def test_tables_ask_for_no_style() -> None:
    assert html("|a|b|\n|-:|-|\n|1|2|").count("style") == 0


def test_headings_have_anchors() -> None:
    assert '<h2 id="gate-why-is-it-silent">' in html("## Gate: why is it silent?")
    assert '<h2 id="车道-地图">' in html("## 车道 地图")


def test_links_to_pages_lose_their_ending() -> None:
    assert 'href="bench#demo"' in html("[x](bench.md#demo)")
    assert 'href="https://example.org/a.md"' in html("[x](https://example.org/a.md)")


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert "车道地图" in html("车道\n地图")
    assert '见<a href="x">车道</a>' in html("见\n[车道](x.md)")
    assert "lane\nmap" in html("lane\nmap")
    assert "用 rsu\n查看" in html("用 rsu\n查看")


@pytest.mark.parametrize(("language", "page"), [("en", "../../../setup"), ("fr", "index"), ("..", "index")])
def test_other_pages_are_refused(language: str, page: str) -> None:
    with pytest.raises(KeyError):
        pages.text(language, page)
