"""Help in Chinese: no text lacks it, no row stands for a text that is gone, lines fit a terminal."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from rich.cells import cell_len
from typer.testing import CliRunner

from rsu.cli.common import language
from rsu.cli.common.options import Language
from rsu.cli.main import app, main

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OPTION = re.compile(r"^  (?:-\w, )?(--[a-z-]+)", re.MULTILINE)
HELP_OPTION = "Show this message and exit."  # of the library


def texts(command: Any) -> Iterator[str]:
    """Yield every text of help of a command and those below it."""
    yield from inspect.cleandoc(command.help or "").split("\n\n")
    yield from (line.partition(" # ")[2] for line in (command.epilog or "").splitlines() if " # " in line)
    for each in command.params:
        yield each.help or ""
        yield each.show_default if isinstance(each.show_default, str) else ""
    for below in getattr(command, "commands", {}).values():
        yield from texts(below)


def test_every_text_has_its_chinese_and_no_other() -> None:
    english = {" ".join(text.split()) for text in texts(typer.main.get_command(app))} - {""}
    assert sorted(english - {*language.chinese()}) == [], "add them to rsu/cli/common/chinese.yaml"
    assert sorted({*language.chinese()} - english - {HELP_OPTION}) == [], "no help says them any more"


def test_chinese_is_chinese_and_says_the_same_options() -> None:
    for english, chinese in language.chinese().items():
        assert CHINESE.search(chinese), english
        for word in (r"--[a-z]+", r"\bSIG\w+", r"/[a-z/]+\w", r"\b\d+\b"):
            assert sorted(re.findall(word, english, re.ASCII)) == sorted(re.findall(word, chinese, re.ASCII)), english


def walk(command: Any, words: list[str]) -> Iterator[list[str]]:
    yield words
    for below in getattr(command, "commands", {}).values():
        yield from walk(below, [*words, below.name])


@pytest.mark.parametrize("words", list(walk(typer.main.get_command(app), [])), ids=" ".join)
def test_help_in_chinese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    command = typer.main.get_command(app)
    language.translate(command)
    with pytest.raises(SystemExit) as ended:
        command([*words, "-h"], prog_name="rsu")
    said, _, examples = capsys.readouterr().out.partition("示例：\n")
    assert ended.value.code == 0 and said.startswith("用法：") and examples
    assert "选项：\n" in said and "[default" not in said and "Show this" not in said and "\b" not in said
    assert all(cell_len(line) <= 80 for line in said.splitlines()[1:]), "wider than a terminal"
    english = CliRunner().invoke(app, [*words, "-h"]).stdout.partition("Options:")[2]
    assert OPTION.findall(said.partition("选项：")[2]) == OPTION.findall(english.partition("Examples:")[0])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Language.EN),
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, Language.ZH),
        ({"LANG": "de_DE.UTF-8"}, Language.EN),
    ],
)
def test_the_locale_decides(
    environment: dict[str, str], expected: Language, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.spoken() is expected
    monkeypatch.setattr("sys.argv", ["rsu", "rec", "-h"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert capfd.readouterr().out.startswith("用法：" if expected is Language.ZH else "Usage: ")
