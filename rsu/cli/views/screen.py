"""A page that is shown again and again: on a terminal in its place, else one after the other."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text


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
