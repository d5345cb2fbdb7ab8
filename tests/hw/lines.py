"""Real ptys and sockets for links, under a clock of the test's own."""

from __future__ import annotations

import os
import time
import tty
from collections.abc import Callable
from pathlib import Path

from hw.endpoint import Endpoint
from hw.link import PortLink

MS = 1_000_000


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000 * MS

    def __call__(self) -> int:
        return self.now_ns

    def pass_ms(self, ms: int) -> int:
        self.now_ns += ms * MS
        return self.now_ns


class Line:
    """The device's end of a serial line: a pty behind a symlink."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        fresh = link.with_suffix(".new")
        fresh.symlink_to(self.name)
        fresh.replace(link)

    def kill(self) -> None:
        os.close(self.master)


def serial(path: str = "gnss") -> Endpoint:
    return Endpoint.model_validate({"serial": {"path": path, "baud": 115200}})


def wait_for(found: Callable[[], object], limit_s: float = 2.0) -> None:
    """Let the operating system finish its own work."""
    end = time.monotonic() + limit_s
    while not found():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.001)


def read_all(link: PortLink, size: int) -> bytes:
    data = bytearray()

    def complete() -> bool:
        data.extend(b"".join(chunk.data for chunk in link.read()))
        return len(data) >= size

    wait_for(complete)
    return bytes(data)
