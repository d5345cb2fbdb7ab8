"""Logs of device bytes: text, one read or datagram a line, so that boundaries and times of receipt are kept.

    # device, place, date, oddities: remarks for the reader
    1795391999913000000 data 0201040306050807...

A line holds the time of receipt (ns UTC), the port's name and the bytes in hex.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class LogEntry(NamedTuple):
    """Bytes that came in on a port."""

    receipt_ns: int
    port: str
    data: bytes


def to_line(entry: LogEntry) -> str:
    """Return the line of an entry, with its end."""
    return f"{entry.receipt_ns} {entry.port} {entry.data.hex()}\n"


def from_lines(lines: Iterable[str]) -> Iterator[LogEntry]:
    """Yield the entries of a log; ValueError at a line that is none."""
    for line in lines:
        if line.strip() and not line.startswith("#"):
            receipt_ns, port, text = line.split()
            yield LogEntry(int(receipt_ns), port, bytes.fromhex(text))
