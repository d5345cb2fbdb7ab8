"""The command line as a page of the manual: every command's help as Markdown, made from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from rsu.cli.common import language
from rsu.cli.common.options import Language
from rsu.cli.main import app

PROGRAM = "rsu"
_HEADS = {Language.EN: "| argument or option | meaning |", Language.ZH: "| 参数或选项 | 含义 |"}


def markdown(spoken: Language) -> str:
    """Return one section for each command, in the order of use; without a title."""
    command = typer.main.get_command(app)
    if spoken is Language.ZH:
        language.translate(command)
    return "\n".join(_section(command, None, PROGRAM, spoken)).rstrip() + "\n"


def _section(command: Any, parent: Any, name: str, spoken: Language) -> Iterator[str]:
    """Yield the lines of a command and of the commands below it."""
    context = command.context_class(command, parent=parent, info_name=name.rpartition(" ")[2])
    yield f"{'##' if parent is None or parent.parent is None else '###'} `{name}`"
    yield ""
    yield from _paragraphs(command.help or "")
    below = [command.commands[each] for each in command.list_commands(context)] if hasattr(command, "commands") else []
    if not below or command.params:
        yield from _code(f"{name} {' '.join(command.collect_usage_pieces(context))}")
        yield from _parameters(command, context, spoken)
    yield from _examples(command.epilog or "")
    for each in below:
        yield from _section(each, context, f"{name} {each.name}", spoken)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield from (" ".join(paragraph.split()), "")


def _code(text: str) -> Iterator[str]:
    yield from ("```", text, "```", "")


def _parameters(command: Any, context: Any, spoken: Language) -> Iterator[str]:
    """Yield a table of arguments and options, as the command's help says them (defaults included)."""
    records = [record for each in command.params if (record := each.get_help_record(context)) is not None]
    if not records:
        return
    yield from (_HEADS[spoken], "|---|---|")
    for name, meaning in records:
        yield f"| `{_cell(name)}` | {_cell(language.bracketed(meaning) if spoken is Language.ZH else meaning)} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _examples(epilog: str) -> Iterator[str]:
    if epilog:
        yield from _code(epilog)
