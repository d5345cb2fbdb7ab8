"""One line out for every line in: the common part of `rsu msg decode` and `rsu msg encode`.

With `-` every line of stdin gives one line, in order, and a line that cannot be done gives {"error": ...}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import typer

from rsu.cli.common.language import spoken
from rsu.cli.msg import words
from rsu.core.exits import Exit
from v2x import CodecError

STDIN = "-"


def convert(message: str, conversion: Callable[[bytes], str]) -> Exit:
    """Print the conversion of the argument, or of every line of stdin; return 1 if there was one that failed."""
    failed = False
    for line in _lines() if message == STDIN else [message.encode(errors="replace")]:
        try:
            output = conversion(line)
        except (CodecError, ValueError, RecursionError) as error:
            output, failed = json.dumps({"error": str(error)}), True
        print(output, flush=True)  # a reader at the other end of a pipe gets each line at once
    return Exit.FOUND if failed else Exit.FINE


def _lines() -> Iterator[bytes]:
    if sys.stdin.isatty():
        typer.echo(words.LINES_FROM_TERMINAL.told(spoken()), err=True)
    yield from sys.stdin.buffer  # bytes: a line that is not UTF-8 must not cost the others
