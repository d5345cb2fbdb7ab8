"""How a command ends, whatever terminal, pipe or home it has: never with a traceback for these reasons."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

from rsu.core.exits import Exit
from rsu.core.folders import NoHomeError


class _Pipe(io.FileIO):
    """Standard output whose reader may have enough before we are done (`| head`): the end, and nobody's mistake."""

    def write(self, data: object) -> int | None:  # type: ignore[override]
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # for what is still in buffers
            raise SystemExit(Exit.FINE) from None


def run(command: Callable[[], object]) -> None:
    """Run a command. What a terminal cannot show is written as `\\u4eba`. SystemExit: its exit code."""
    sys.stdout = _stdout(sys.stdout)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")
    try:
        command()
    except NoHomeError as error:
        print(error, file=sys.stderr)
        sys.exit(Exit.USAGE)
    finally:
        sys.stdout.flush()


def _stdout(stream: TextIO) -> io.TextIOWrapper:
    buffered = io.BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False))
    lines = stream.isatty()
    return io.TextIOWrapper(buffered, encoding=stream.encoding, errors="backslashreplace", line_buffering=lines)
