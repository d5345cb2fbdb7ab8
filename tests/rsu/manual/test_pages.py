"""The manual is whole: every page in both languages, of the same sections, and no link leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from rsu.manual import pages, render

ROOT = Path(__file__).parents[3]
EVERY = [(language, page) for language in pages.LANGUAGES for page in pages.PAGES]


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_page_is_in_the_menu(language: str) -> None:
    assert sorted(path.stem for path in (pages.FOLDER / language).iterdir()) == sorted(pages.PAGES)


@pytest.mark.parametrize("page", pages.PAGES)
def test_both_languages_have_the_same_sections(page: str) -> None:
    english, chinese = (render.page(language, page).headings for language in pages.LANGUAGES)
    assert [each.level for each in english] == [each.level for each in chinese]
    assert english[0].level == 1


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_headings_differ_from_each_other(language: str, page: str) -> None:
    anchors = [each.anchor for each in render.page(language, page).headings]
    assert len(anchors) == len(set(anchors))


def links(language: str, page: str) -> Iterator[str]:
    for token in render.parse(pages.text(language, page)):
        for child in token.children or []:
            if child.type in ("link_open", "image"):
                yield str(child.attrs.get("href", child.attrs.get("src")))


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_links_resolve(language: str, page: str) -> None:
    for link in links(language, page):
        if link.startswith("http://127.0.0.1:"):
            continue  # the box's own live page
        target, _, place = unquote(link).partition("#")
        assert target in ("", *pages.PAGES), link
        if place:
            assert place in [each.anchor for each in render.page(language, target or page).headings], link


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    assert [line.split()[1] for line in lines if line.startswith("    make ")] == ["run", "test"]


def test_the_readme_leads_to_files_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / target).exists(), target
