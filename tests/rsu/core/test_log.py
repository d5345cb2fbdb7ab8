"""The log: bounded per event, and never the end of a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
import structlog

from rsu.core import log

CODE = """
import structlog
from rsu.core import log
log.configure("test")
for number in range(100):
    structlog.get_logger().info("much", number=number)
structlog.get_logger().info("other")
print("alive")
"""


def run(stderr: int | IO[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=20, check=False)


def test_lines_of_one_event_are_bounded() -> None:
    lines = [json.loads(line) for line in run(subprocess.PIPE).stderr.splitlines()]
    assert [line["event"] for line in lines].count("much") == 20
    assert lines[-1] == {"process": "test", "event": "other", "level": "info", "timestamp": lines[-1]["timestamp"]}


class Writes:
    """A stream that keeps its writes apart."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str) -> None:
        self.texts.append(text)

    def flush(self) -> None:
        """Nothing is buffered."""


def test_a_line_is_one_write() -> None:
    """Libraries write to the same descriptor: their text must not come between a line and its end."""
    written = Writes()
    try:
        log.configure("test", written)
        structlog.get_logger().info("one", number=1)
    finally:
        structlog.reset_defaults()
    (line,) = written.texts
    assert line.endswith("}\n") and json.loads(line)["number"] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_costs_lines_only() -> None:
    with Path("/dev/full").open("w") as full:
        assert run(full).stdout == "alive\n"
