"""All that the manual says to type exists: commands of `rsu` with their options, faults of the drill, targets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from markdown_it.token import Token

from rsu.cli.main import app
from rsu.drill.faults import chosen
from rsu.manual import pages, render

ROOT = Path(__file__).parents[3]
EVERY = [(language, page) for language in pages.LANGUAGES for page in pages.PAGES if page != "command-line"]
PATH = re.compile(r"(rsu|hw|perception|codecs|sim|tests|configs)/[\w./-]*[\w/]")


def code(tokens: list[Token]) -> Iterator[str]:
    """Yield the lines of a page's code, in blocks and within sentences, without comments."""
    for token in tokens:
        if token.type in ("fence", "code_block", "code_inline"):
            yield from (line.partition(" #")[0].strip() for line in token.content.replace("\\\n", " ").splitlines())
        yield from code(token.children or [])


def commands(language: str, page: str) -> Iterator[list[str]]:
    """Yield the words behind `rsu` in lines that are, or hold, a command."""
    for line in code(render.parse(pages.text(language, page))):
        for part in re.split(r";|&&|\|(?= )", line):
            words = part.replace("`", "").split()
            if words and words[0].rpartition("/")[2] == "rsu" and len(words) > 1:
                yield words[1:]


COMMAND: Any = typer.main.get_command(app)


def complaint(words: list[str]) -> str | None:
    """Return the fault of a command, None: nothing."""
    command = COMMAND
    options = {"--help"}
    for word in words:
        if word.startswith("-") and word != "-":
            options |= {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
            if word.partition("=")[0] not in options:
                return f"no option {word}"
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"no command {word}"
            command = command.commands[word]
    return None


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_commands_and_their_options_exist(language: str, page: str) -> None:
    found = {" ".join(words): complaint(words) for words in commands(language, page)}
    assert {words: text for words, text in found.items() if text} == {}


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_faults_of_the_drill_exist(language: str, page: str) -> None:
    for words in commands(language, page):
        if words[0] == "drill":
            assert chosen([word for word in words if re.fullmatch(r"F\d+\w*", word)] or ["all"]), words


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_targets_exist(language: str, page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {
        name for line in code(render.parse(pages.text(language, page))) for name in re.findall(r"^make ([a-z-]+)", line)
    }
    known = {name for line in re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE) for name in line.split()}
    assert named - known == set()


@pytest.mark.parametrize(("language", "page"), EVERY)
def test_files_of_the_repository_exist(language: str, page: str) -> None:
    named = {line for line in code(render.parse(pages.text(language, page))) if PATH.fullmatch(line)}
    assert {name for name in named if not (ROOT / name).exists()} == set()
