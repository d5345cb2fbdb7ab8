"""The journal of misbehaviour on air: one JSON line a record, the offending frames in base64, bounded in size.

It is kept whether recordings are or not. The file in use becomes the old one when it is full; the old one before goes.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import structlog

from rsu.bus.records import Misbehaviour

NAME, OLD = "misbehaviour.jsonl", "misbehaviour.1.jsonl"
MOST_OCTETS = 4 << 20  # of each of the two files
_log = structlog.get_logger()
_encode = msgspec.json.Encoder().encode


class Journal:
    """The two files in a folder."""

    def __init__(self, folder: Path, most_octets: int = MOST_OCTETS) -> None:
        self.error: str | None = None  # why the newest record is not kept
        self._path, self._old = folder / NAME, folder / OLD
        self._most = most_octets

    def add(self, record: Misbehaviour) -> None:
        """Append a record; a disk that fails costs the record, and is said once."""
        line = _encode(record) + b"\n"
        try:
            if self._path.exists() and self._path.stat().st_size + len(line) > self._most:
                self._path.replace(self._old)
            with self._path.open("ab") as file:
                if file.tell() and not self._ends_a_line():
                    file.write(b"\n")  # the rest of a line that a power cut left stays a line by itself
                file.write(line)
        except OSError as error:
            if self.error is None:
                _log.error("misbehaviour not kept", file=self._path.name, why=str(error))
            self.error = str(error)
        else:
            self.error = None

    def _ends_a_line(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
