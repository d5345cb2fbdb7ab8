"""How a command ends, whatever terminal, pipe or home it has: never with a traceback for these reasons."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import TextIO

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.core.exits import Exit

_OUR_BUG = Detail(
    "this is a mistake in rsu itself: please report it with the lines above", "这是 rsu 自身的错误：请附上以上各行反馈"
)


class _Pipe(io.FileIO):
    """Standard output whose reader may close before the command is done (`| head`): an end, and no mistake."""

    def write(self, data: object) -> int | None:  # type: ignore[override]
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # for text still in buffers
            raise SystemExit(Exit.FINE) from None


def run(command: Callable[[], object]) -> None:
    """Run a command. A character that the terminal cannot show is written as `\\u4eba`. SystemExit: its exit code."""
    sys.stdout = _stdout(sys.stdout)
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")
    try:
        command()
    except Exception:
        traceback.print_exc()
        print(_OUR_BUG.told(spoken()), file=sys.stderr)
        sys.exit(Exit.OUR_BUG)
    finally:
        sys.stdout.flush()


def _stdout(stream: TextIO) -> io.TextIOWrapper:
    buffered = io.BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False))
    lines = stream.isatty()
    return io.TextIOWrapper(buffered, encoding=stream.encoding, errors="backslashreplace", line_buffering=lines)


def until_interrupted(job: Callable[[threading.Event], None]) -> Exit:
    """Run a job until it ends or SIGINT/SIGTERM asks it to; return 130 after SIGINT (Ctrl-C), else 0."""
    stop = threading.Event()
    interrupted = threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        if number == signal.SIGINT:
            interrupted.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    job(stop)
    return Exit.INTERRUPTED if interrupted.is_set() else Exit.FINE
