"""Where inputs lie: the corpus in the repository, and the finds of runs in build/fuzz."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
BUILD = ROOT / "build" / "fuzz"


def found(corpus: str) -> Path:
    """Return the folder of the inputs that earlier runs found."""
    return BUILD / "corpus" / corpus


def inputs_of(corpus: str, longest: int) -> list[bytes]:
    """Return the inputs kept in the repository and those found in earlier runs, in a fixed order."""
    files = [*sorted((CORPUS / corpus).glob("*")), *sorted(found(corpus).glob("*"))]
    return [data for data in (path.read_bytes() for path in files) if len(data) <= longest]


def digest(data: bytes) -> str:
    """Return the name of an input."""
    return hashlib.sha256(data).hexdigest()[:16]
