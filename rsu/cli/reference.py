"""The command line as a page of the manual: every command's help as Markdown, made from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from rsu.cli.main import app

PROGRAM = "rsu"


def markdown() -> str:
    """Return one section for each command, in the order of use; without a title, so that pages in any language fit."""
    return "\n".join(_section(typer.main.get_command(app), None, PROGRAM)).rstrip() + "\n"


def _section(command: Any, parent: Any, name: str) -> Iterator[str]:
    """Yield the lines of a command and of the commands below it."""
    context = command.context_class(command, parent=parent, info_name=name.rpartition(" ")[2])
    yield f"{'##' if parent is None or parent.parent is None else '###'} `{name}`"
    yield ""
    yield from _paragraphs(command.help or "")
    below = [command.commands[each] for each in command.list_commands(context)] if hasattr(command, "commands") else []
    if not below or command.params:
        yield from _code(f"{name} {' '.join(command.collect_usage_pieces(context))}")
        yield from _parameters(command, context)
    yield from _examples(command.epilog or "")
    for each in below:
        yield from _section(each, context, f"{name} {each.name}")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield from (" ".join(paragraph.split()), "")


def _code(text: str) -> Iterator[str]:
    yield from ("```", text, "```", "")


def _parameters(command: Any, context: Any) -> Iterator[str]:
    """Yield a table of arguments and options, as the command's help says them (defaults included)."""
    records = [record for each in command.params if (record := each.get_help_record(context)) is not None]
    if not records:
        return
    yield from ("| argument or option | meaning |", "|---|---|")
    yield from (f"| `{_cell(name)}` | {_cell(meaning)} |" for name, meaning in records)
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _examples(epilog: str) -> Iterator[str]:
    if epilog:
        yield from _code(epilog)
