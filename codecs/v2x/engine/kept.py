"""Parsed definitions, kept beside Python's own byte code, so that a process starts without parsing.

A file counts only when the digest of everything that made it is that of today: a stale one is parsed again, and so is
one that is damaged. Where nothing can be written, each process parses.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any


def digest(sources: Iterable[bytes]) -> bytes:
    """Return the digest of sources; this version of Python is one of them, because of the form on disk."""
    found = hashlib.sha256(sys.version.encode())
    for source in sources:
        found.update(len(source).to_bytes(8) + source)
    return found.digest()


def kept(source: Path, sources: Iterable[bytes], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return `make` of `sources`: from the file kept for `source` if that is up to date, else made anew."""
    path, today = Path(cache_from_source(str(source.with_suffix(".py")))).with_suffix(".types"), digest(sources)
    with suppress(OSError, EOFError, ValueError, TypeError):
        made_of, found = marshal.loads(path.read_bytes())
        if made_of == today and isinstance(found, dict):
            return found
    made = make()
    with suppress(OSError):
        _write(path, marshal.dumps((today, made)))
    return made


def _write(path: Path, octets: bytes) -> None:
    """Write a file that others see whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    own = path.with_suffix(f".{os.getpid()}")
    own.write_bytes(octets)
    own.replace(path)
