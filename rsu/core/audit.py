"""Changes that people and platforms have ordered, with the values before and after: lines that are chained by hashes.

    audit/0000000001.jsonl     entries by number; a full file is followed by one named by its first entry

Every entry holds the hash of the one before: a line that is changed, put in or taken out breaks the chain. No key is in
it: a chain that is made anew from some line to its end, or cut off there, shows only against the number and hash of an
entry kept elsewhere.

Passwords, keys and codes have no place in an entry.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.core import durable

FOLDER = "audit"
FILE_OCTETS = 1 << 20
FILES = 16  # the oldest beyond these are removed: at most 16 MiB
_CHANGED = Detail("the entry was changed, or is damaged", "该条目被改动或已损坏")
_GAP = Detail("entries between this one and the one before are missing", "此条目与前一条目之间缺少条目")
_FOREIGN = Detail("the entry does not follow the one before", "该条目与前一条目不衔接")


class AuditEntry(msgspec.Struct, frozen=True):
    """One change, ordered or refused."""

    number: int  # from 1
    utc_s: float
    actor: str  # such as `page: anna`, `platform: city`, `box: root`
    action: str  # such as `site`, `login`, `command`
    about: str  # such as a file, a key, a device
    before: Any  # JSON; None: there was nothing
    after: Any
    outcome: str  # `done`, or why it was refused
    previous: str  # hash of the entry before; empty: there is none
    hash: str = ""  # SHA-256 of the entry with this member empty


class AuditFault(NamedTuple):
    """A place at which the chain is broken."""

    file: str
    line: int  # from 1
    text: Detail


def append(
    folder: Path, utc_s: float, actor: str, action: str, about: str, before: Any, after: Any, outcome: str = "done"
) -> AuditEntry:
    """Add an entry, and wait for the disk. `folder`: made where there is none. OSError: the disk is full or fails."""
    with _alone(folder):
        last = newest(folder)
        number, previous = (last.number + 1, last.hash) if last else (1, "")
        entry = _sealed(AuditEntry(number, utc_s, actor, action, about, before, after, outcome, previous))
        with _open_file(folder, number).open("ab") as file:
            file.write(msgspec.json.encode(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        durable.sync(folder)
        return entry


def files(folder: Path) -> list[Path]:
    """Return the files of a log, the oldest first."""
    return sorted(folder.glob("[0-9]*.jsonl"))


def entries(folder: Path) -> Iterator[AuditEntry]:
    """Yield the entries that can be read, the oldest first."""
    for path in files(folder):
        for line in path.read_bytes().splitlines():
            if (entry := _entry(line)) is not None:
                yield entry


def newest(folder: Path) -> AuditEntry | None:
    """Return the newest entry."""
    lines = (line for path in reversed(files(folder)) for line in reversed(path.read_bytes().splitlines()))
    return next(filter(None, map(_entry, lines)), None)


def verify(folder: Path) -> list[AuditFault]:
    """Return the places at which the chain is broken. The oldest entry that is kept may follow one that is not."""
    faults: list[AuditFault] = []
    before: AuditEntry | None = None
    for path in files(folder):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            entry = _entry(line)
            if (text := _CHANGED if entry is None else _fault(line, entry, before)) is not None:
                faults.append(AuditFault(path.name, number, text))
            before = entry or before
    return faults


def _fault(line: bytes, entry: AuditEntry, before: AuditEntry | None) -> Detail | None:
    """Return how an entry is wrong in its place."""
    if line != msgspec.json.encode(_sealed(entry)):  # the hash, and nothing in the line that no entry has
        return _CHANGED
    if before is None or entry.previous == before.hash:
        return None
    return _GAP if entry.number > before.number + 1 else _FOREIGN


def _sealed(entry: AuditEntry) -> AuditEntry:
    """Return an entry with its hash."""
    octets = msgspec.json.encode(msgspec.structs.replace(entry, hash=""))
    return msgspec.structs.replace(entry, hash=hashlib.sha256(octets).hexdigest())


def _entry(line: bytes) -> AuditEntry | None:
    try:
        return msgspec.json.decode(line, type=AuditEntry)
    except UNDECODABLE:
        return None


def _open_file(folder: Path, number: int) -> Path:
    """Return the file for the next entry, without a line that a power cut has left unfinished; makes room for it."""
    found = files(folder)
    if found and found[-1].stat().st_size < FILE_OCTETS:
        data = found[-1].read_bytes()
        if not data.endswith(b"\n"):
            os.truncate(found[-1], data.rfind(b"\n") + 1)
        return found[-1]
    for old in found[: len(found) + 1 - FILES]:
        old.unlink()
    return folder / f"{number:010}.jsonl"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the log alone: several processes of the daemon write into it."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
