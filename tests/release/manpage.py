"""The man page rsu(1), made from the commands themselves, in English or Chinese.

python -m tests.release.manpage en|zh
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import typer.main

from rsu.cli.common import language
from rsu.cli.common.options import Language
from rsu.cli.main import app

_HEADS = {
    Language.EN: ("NAME", "roadside edge software", "DESCRIPTION", "COMMANDS", "FILES"),
    Language.ZH: ("名称", "路侧边缘软件", "描述", "命令", "文件"),
}
_FILES = (
    "/etc/rsu/site.yaml", "/etc/rsu/credentials/", "/var/lib/rsu/", "/run/rsu/", "/opt/rsu-edge/current",
)  # fmt: skip


def roff(spoken: Language) -> str:
    """Return the page."""
    command = typer.main.get_command(app)
    if spoken is Language.ZH:
        language.translate(command)
    name, what, description, commands, files = _HEADS[spoken]
    lines = [f'.TH RSU 1 "" "rsu {version("rsu-edge")}"', f".SH {name}", f"rsu \\- {what}", f".SH {description}"]
    lines += _text(command.help or "")
    lines += [f".SH {commands}", *_below(command, None, "rsu"), f".SH {files}"]
    lines += [line for file in _FILES for line in (_plain(file), ".br")]
    return "\n".join(lines) + "\n"


def _below(command: Any, parent: Any, name: str) -> Iterator[str]:
    """Yield the sections of the commands below one."""
    context = command.context_class(command, parent=parent, info_name=name.rpartition(" ")[2])
    if not hasattr(command, "commands"):
        yield from _section(command, context, name)
        return
    for each in command.list_commands(context):
        yield from _below(command.commands[each], context, f"{name} {each}")


def _section(command: Any, context: Any, name: str) -> Iterator[str]:
    yield f".SS {_plain(f'{name} ' + ' '.join(command.collect_usage_pieces(context)))}"
    yield from _text(command.help or "")
    for each in command.params:
        if (record := each.get_help_record(context)) is not None:
            yield from (".TP", f"\\fB{_plain(record[0])}\\fR", _plain(" ".join(record[1].split())))
    if command.epilog:
        yield from (".P", ".nf", *map(_plain, command.epilog.splitlines()), ".fi")


def _text(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield from (".P", _plain(" ".join(paragraph.split())))


def _plain(text: str) -> str:
    """Return text that roff takes for text."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    print(roff(Language(sys.argv[1])), end="")
