"""The one shape of all commands: a module each, `-h`, examples that parse, defaults shown, `--json`."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from rsu.cli import main
from rsu.cli.common.shape import name_of

Row = tuple[str, ModuleType]
SILENT = {"rsu run", "rsu config schema"}  # its output is its log; it prints JSON and nothing else
ROOT: Any = typer.main.get_command(main.app)


def _walk(name: str, modules: tuple[ModuleType, ...]) -> Iterator[Row]:
    for module in modules:
        full = f"{name} {name_of(module)}"
        if hasattr(module, "COMMANDS"):
            yield from _walk(full, module.COMMANDS)
        else:
            yield full, module


ROWS = dict(_walk("rsu", main.COMMANDS))
EXAMPLES = [(name, example) for name, module in ROWS.items() for example in module.EXAMPLES]


def _command(name: str) -> Any:
    found = ROOT
    for word in name.split()[1:]:
        found = found.commands[word]
    return found


def _help(name: str, flag: str = "-h") -> str:
    done = CliRunner().invoke(main.app, [*name.split()[1:], flag])
    assert done.exit_code == 0 and not done.stderr, done.output
    return done.stdout


def test_every_command_has_a_module() -> None:
    def leaves(command: Any, name: str) -> Iterator[str]:
        below = getattr(command, "commands", {})
        for each in below.values():
            yield from leaves(each, f"{name} {each.name}")
        if not below:
            yield name

    assert set(leaves(ROOT, "rsu")) == set(ROWS)
    for name, module in ROWS.items():
        assert (module.__doc__ or "").startswith(f"`{name}`: "), module.__name__
        assert inspect.getmodule(module.command) is module


def test_commands_stand_in_the_order_of_use() -> None:
    order = [name_of(module) for module in main.COMMANDS]
    listed = re.findall(r"^  ([\w-]+)  ", _help("rsu").split("Commands:")[1].split("Examples:")[0], re.MULTILINE)
    assert listed == order


@pytest.mark.parametrize("name", ["rsu", "rsu model", "rsu msg", "rsu rec", "rsu signal", *ROWS])
def test_help(name: str) -> None:
    said = _help(name)
    assert said == _help(name, "--help")
    assert "Examples:" in said
    first = inspect.cleandoc(_command(name).help).splitlines()[0]
    assert first.endswith(".") and (name == "rsu" or len(first) <= 65), (
        "its line in the list of commands would be cut off"
    )
    assert "Exit code" in said or name not in {"rsu check", "rsu status", "rsu score", "rsu compare", "rsu rec verify"}


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_examples_parse(name: str, example: str) -> None:
    """Each command of a pipe in an example is one that parses."""
    pieces = re.split(r"[|<>]|; ", example.partition("#")[0])
    commands = [words for piece in pieces if (words := shlex.split(piece))[:1] == ["rsu"]]
    assert any(" ".join(words).startswith(name) for words in commands)
    for words in commands:
        command, rest = ROOT, words[1:]
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]
        context = command.make_context(command.name, rest)
        assert not context.args


@pytest.mark.parametrize("name", ROWS)
def test_options_say_their_default(name: str) -> None:
    for each in _command(name).params:
        takes_a_value = each.param_type_name == "argument" or not each.is_flag
        if not takes_a_value or each.required or each.name == "help":
            continue
        assert each.help, each.name
        said = each.show_default
        assert isinstance(said, str) or (said and each.default is not None), f"{each.name} shows no default"


@pytest.mark.parametrize("name", [name for name in ROWS if name not in SILENT])
def test_what_prints_has_json(name: str) -> None:
    (option,) = [each for each in _command(name).params if "--json" in each.opts]
    assert option.help in {"print one JSON object on stdout", "print JSON on stdout, one object per line"}


def test_completion_is_there() -> None:
    assert "--install-completion" in _help("rsu")
    done = CliRunner().invoke(
        main.app, [], env={"_RSU_COMPLETE": "complete_bash", "COMP_WORDS": "rsu re", "COMP_CWORD": "1"}, prog_name="rsu"
    )
    assert done.stdout.split() == [name for name in map(name_of, main.COMMANDS) if name.startswith("re")]
