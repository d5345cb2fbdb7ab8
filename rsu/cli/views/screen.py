"""Tables of commands, and pages shown again and again: on a terminal in their place, else one after another."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hw.detail import Detail, in_language


def table(title: Detail, columns: Sequence[Detail | str], language: str, numbers: bool = False) -> Table:
    """Return an empty table with its headings in a language. `numbers`: all columns but the first are right-aligned."""
    made = Table(title=title.told(language), title_justify="left")
    for index, column in enumerate(columns):
        made.add_column(str(in_language(column, language)), justify="right" if numbers and index else "left")
    return made


def left(text: str, width: int) -> str:
    """Return a text with spaces after it to `width` columns of a terminal, of which a Chinese character takes two."""
    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    """Return a text with spaces before it, likewise."""
    return " " * (width - cell_len(text)) + text


@contextlib.contextmanager
def pages(in_place: bool) -> Iterator[contextlib.AbstractContextManager[object]]:
    """Give a context that is entered for each page; output printed in it is the page."""
    if not (in_place and sys.stdout.isatty()):
        yield contextlib.nullcontext()
        return
    console = Console()
    with Live(console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
        yield _Page(live, console)


class _Page(contextlib.AbstractContextManager[None]):
    """Takes the printed output, and shows it at its end."""

    def __init__(self, live: Live, console: Console) -> None:
        self._live = live
        self._console = console

    def __enter__(self) -> None:
        self._printed = io.StringIO()
        self._redirected = contextlib.redirect_stdout(self._printed)
        self._redirected.__enter__()

    def __exit__(self, *error: object) -> None:
        self._redirected.__exit__(None, None, None)
        self._live.update(Text(self._printed.getvalue(), no_wrap=True, overflow="ellipsis"), refresh=True)
