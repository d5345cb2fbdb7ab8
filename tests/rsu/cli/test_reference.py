"""The manual's page of the command line: made from the commands, all of them."""

from __future__ import annotations

import re

import pytest

from rsu.cli.common.options import Language
from rsu.cli.reference import markdown


def test_every_command_has_its_section() -> None:
    page = markdown(Language.EN)
    sections = re.findall(r"^##+ `(.+)`$", page, re.MULTILINE)
    assert sections[0] == "rsu" and {"rsu check", "rsu msg decode", "rsu rec import", "rsu tune"} <= set(sections)
    assert len(sections) == len(set(sections))


def test_both_languages_have_the_same_commands_and_options() -> None:
    def names(language: Language) -> list[str]:
        return re.findall(r"^(?:##+ `.+`|\| `.+?` \||rsu .*?)(?=$|#| \w| \W)", markdown(language), re.MULTILINE)

    assert names(Language.EN) == names(Language.ZH)


@pytest.mark.parametrize("language", Language)
def test_tables_are_tables(language: Language) -> None:
    rows = [line for line in markdown(language).splitlines() if line.startswith("|")]
    assert rows and {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}


def test_defaults_stand_in_it() -> None:
    assert re.search(r"^\| `--trials.*default: 40", markdown(Language.EN), re.MULTILINE)
