"""The shape of all commands: one module each, which has `command`, its function, and `EXAMPLES`, lines for a shell.

The module's name is the command's. A group of commands is a package with `HELP` and `COMMANDS`, its modules in the
order of use. Every command answers `-h` and ends on errors as `rsu.cli.common.errors` says.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from rsu.cli.common import progress
from rsu.cli.common.errors import translated

_CONTEXT = {"help_option_names": ["-h", "--help"]}


def _write_examples(formatter: Any, lines: str) -> None:
    """Write examples line by line as they stand."""
    with formatter.section("Examples"):
        for line in lines.splitlines():
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class Command(TyperCommand):
    """A command with examples under its help, whose errors become exit codes."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        _write_examples(formatter, self.epilog or "")

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with translated(), progress.shown() if _may_show(ctx) else nullcontext():
            return super().invoke(ctx)


def _may_show(ctx: Any) -> bool:
    return progress.possible() and not ctx.params.get("as_json")


class CommandGroup(TyperGroup):
    """Commands in the order of use, with the first example of each under the help."""

    order: Sequence[str] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return list(self.order)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples."""
        _write_examples(formatter, self.epilog or "")


def name_of(module: ModuleType) -> str:
    """Return the command's name: `import` of the module `import_`, `support-bundle` of `support_bundle`."""
    return module.__name__.rpartition(".")[2].rstrip("_").replace("_", "-")


def group(help_text: str, modules: Sequence[ModuleType], **settings: Any) -> typer.Typer:
    """Return an application of the commands and groups of commands in modules."""
    app = typer.Typer(
        cls=type("Group", (CommandGroup,), {"order": [name_of(module) for module in modules]}),
        help=help_text,
        epilog="\n".join(_first_example(module) for module in modules),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=_CONTEXT,
        **settings,
    )
    for module in modules:
        if hasattr(module, "COMMANDS"):
            app.add_typer(group(module.HELP, module.COMMANDS), name=name_of(module))
        else:
            _add(app, module)
    return app


def _add(app: typer.Typer, module: ModuleType) -> None:
    """Add the command of a module."""
    help_text, examples = inspect.cleandoc(module.command.__doc__ or ""), "\n".join(module.EXAMPLES)
    app.command(name_of(module), cls=Command, help=help_text, epilog=examples, context_settings=_CONTEXT)(
        module.command
    )


def _first_example(module: ModuleType) -> str:
    if hasattr(module, "COMMANDS"):
        return _first_example(module.COMMANDS[0])
    example: str = module.EXAMPLES[0]
    return example.partition("#")[0].rstrip()
