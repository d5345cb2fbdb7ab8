"""Parts of the manual made of rows in the code are as the code has them; `python -m tests.rsu.manual` renews them."""

from __future__ import annotations

import pytest

from rsu.manual import pages
from tests.rsu.manual.parts import names, renewed
from tests.rsu.manual.tables import PARTS

EVERY = [(language, page) for language in pages.LANGUAGES for page in pages.PAGES]


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_parts_are_as_the_code_has_them(language: str, page: str) -> None:
    text = pages.text(language, page)
    assert renewed(text, language, PARTS) == text


@pytest.mark.parametrize("page", pages.PAGES)
def test_both_languages_have_the_same_parts(page: str) -> None:
    english, chinese = (names(pages.text(language, page)) for language in pages.LANGUAGES)
    assert english == chinese


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_part_is_in_a_page(language: str) -> None:
    found = [name for page in pages.PAGES for name in names(pages.text(language, page))]
    assert sorted(found) == sorted(PARTS)
