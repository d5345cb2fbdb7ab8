"""How the daemon's system clock is set while it runs: libfaketime reads it off a file of the run folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rsu.drill.fault import Make, UnmadeError
from rsu.drill.stage import Stage

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def clock(offset: str) -> Make:
    """Return the act that offsets the daemon's system clock (an offset as libfaketime reads it: "-60" seconds)."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        path = stage.run / "clock"
        path.write_text(offset + "\n", encoding="ascii")
        try:
            yield
        finally:
            path.write_text("+0\n", encoding="ascii")

    return make


def fake_clock(run: Path) -> dict[str, str]:
    """Return the environment in which a process reads the time off `RUN/clock`; its monotonic clock stays.

    UnmadeError: libfaketime is not installed.
    """
    if not FAKETIME.exists():
        raise UnmadeError("takes libfaketime: apt-get install faketime")
    (run / "clock").write_text("+0\n", encoding="ascii")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(run / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
