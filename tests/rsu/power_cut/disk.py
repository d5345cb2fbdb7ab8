"""A disk after a power cut at any operation that a process did: made of the log of `log_io.c`.

Three disks of one cut: `all` has everything up to it; `synced` has of each file the octets that its last sync made
safe, under the names of that moment; `torn` has everything, of the last write the first half.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_HEAD = struct.Struct("=cHHQI")
HERE = Path(__file__).parent
KINDS = ("all", "synced", "torn")
TOLD = "told"  # file in which the process notes its promises


class Operation(NamedTuple):
    """One operation, as in `log_io.c`."""

    what: str
    path: str
    other: str
    offset: int
    data: bytes


class Contents:
    """The files of a folder by name, as they are and as they are safe."""

    def __init__(self) -> None:
        self.now: dict[str, bytes] = {}
        self.safe: dict[str, bytes] = {}

    def do(self, one: Operation) -> None:
        """Do an operation."""
        now, data = self.now, self.now.get(one.path, b"")
        match one.what:
            case "C":
                now[one.path], self.safe[one.path] = b"", b""
            case "W":
                now[one.path] = (
                    data[: one.offset].ljust(one.offset, b"\0") + one.data + data[one.offset + len(one.data) :]
                )
            case "T":
                now[one.path] = data[: one.offset].ljust(one.offset, b"\0")
            case "S":
                self.safe[one.path] = data
            case "R":
                for files in (now, self.safe):
                    files[one.other] = files.pop(one.path, b"")
            case "U":
                now.pop(one.path, None)
                self.safe.pop(one.path, None)


def logged(module: str, name: str, folder: Path) -> list[Operation]:
    """Run `python -m MODULE NAME FOLDER` and return its writes to the folder's files."""
    library, log, work = folder / "log_io.so", folder / "io.log", folder / "work"
    work.mkdir(exist_ok=True)
    compiler = ["cc", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library), str(HERE / "log_io.c"), "-ldl"]
    subprocess.run(compiler, check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "IO_FOLDER": f"{work}/", "IO_LOG": str(log)}
    subprocess.run([sys.executable, "-m", module, name, str(work)], check=True, env=environment)
    return list(_operations(log.read_bytes(), f"{work}/"))


def _operations(log: bytes, folder: str) -> Iterator[Operation]:
    at = 0
    while at < len(log):
        what, first, second, offset, size = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        path, other = log[at : at + first].decode(), log[at + first : at + first + second].decode()
        at += first + second
        yield Operation(
            what.decode(), path.removeprefix(folder), other.removeprefix(folder), offset, log[at : at + size]
        )
        at += size


class Cut(NamedTuple):
    """A disk that a power cut can leave. `told`: the process's promises by then."""

    number: int  # of the operation
    kind: str  # of KINDS
    files: dict[str, bytes]
    told: int


def cuts(operations: list[Operation]) -> Iterator[Cut]:
    """Yield every disk that a power cut can leave, each once."""
    contents, known = Contents(), set[int]()
    for number, one in enumerate(operations):
        half = Contents()
        half.now = dict(contents.now)
        half.do(one._replace(data=one.data[: len(one.data) // 2]))
        contents.do(one)
        disks = zip(KINDS, (contents.now, contents.safe, half.now if one.what == "W" else {}), strict=True)
        lines = contents.now.get(TOLD, b"").split(b"\n")[:-1]
        for kind, files in disks:
            disk = {name: data for name, data in files.items() if name != TOLD}
            if (key := hash(tuple(sorted(disk.items())))) not in known or one.path == TOLD:
                known.add(key)
                yield Cut(number, kind, disk, int(lines[-1]) if lines else 0)


def put(files: dict[str, bytes], folder: Path) -> Path:
    """Make a folder of these files."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder
