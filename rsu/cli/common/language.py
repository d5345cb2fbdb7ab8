"""The language of help: the locale's. The Chinese texts stand in `chinese.yaml`, by the English ones of commands."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typer

from rsu.cli.common.options import Language

_CHINESE = Path(__file__).with_name("chinese.yaml")
_HEADINGS = {"Usage": "用法", "Options": "选项", "Arguments": "参数", "Commands": "命令", "Examples": "示例"}
_BRACKETS = {"[default: ": "[默认：", "[required]": "[必填]"}


def spoken() -> Language:
    """Return the language of the locale: the first that is set of LC_ALL, LC_MESSAGES and LANG; English by default."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return Language.ZH if next(filter(None, names), "").startswith("zh") else Language.EN


@cache
def chinese() -> Mapping[str, str]:
    """Return the Chinese texts by the English ones, whose words have one space between them."""
    from ruamel.yaml import YAML

    texts: dict[str, str] = YAML(typ="safe").load(_CHINESE.read_text(encoding="utf-8"))
    return texts


def in_chinese(text: str) -> str:
    """Return a text of help in Chinese; one that is not known stays as it is."""
    return chinese().get(" ".join(text.split()), text)


def bracketed(text: str) -> str:
    """Return the meaning of an option with the words in its brackets in Chinese."""
    for english, other in _BRACKETS.items():
        text = text.replace(english, other)
    return text


def translate(command: Any) -> None:
    """Let a command and all below it have their help in Chinese."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    command.help = "\n\n".join(in_chinese(each) for each in paragraphs)
    command.epilog = "\n".join(_example(line) for line in (command.epilog or "").splitlines())
    for each in command.params:
        each.help = in_chinese(each.help or "")
        if isinstance(each.show_default, str):
            each.show_default = in_chinese(each.show_default)
    command.context_class = ChineseContext
    for below in getattr(command, "commands", {}).values():
        translate(below)


def _example(line: str) -> str:
    """Return an example with its comment in Chinese."""
    shell, mark, comment = line.partition("#")
    return f"{shell}{mark} {in_chinese(comment)}" if mark and " ".join(comment.split()) in chinese() else line


class ChineseFormatter(typer.Context.formatter_class):  # type: ignore[misc, valid-type]
    """Help in Chinese: its headings, and lines that are as wide as they look."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(prog, args, "用法：")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(_wrapped(text, self.width - self.current_indent))

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names with their meanings."""
        rows = list(rows)
        names = min(max(len(name) for name, _ in rows), col_max) + col_spacing
        wrapped = [(name, _wrapped(bracketed(in_chinese(meaning)), self.width - names - 2)) for name, meaning in rows]
        super().write_dl(wrapped, col_max, col_spacing)


class ChineseContext(typer.Context):
    """The context in which a command with Chinese help runs."""

    formatter_class = ChineseFormatter


def _wrapped(text: str, width: int) -> str:
    """Return paragraphs as lines of so many cells (Chinese characters take two), marked as not to be wrapped again."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=width)
    paragraphs = [Text(each).wrap(console, width) for each in text.split("\n\n")]
    return "\n\n".join("\b\n" + "\n".join(line.plain.rstrip() for line in lines) for lines in paragraphs)
