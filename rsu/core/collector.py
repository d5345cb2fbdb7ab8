"""Python's collector of cycles, in a process that makes many small objects and few cycles."""

from __future__ import annotations

import gc

_PASSES = 50_000, 20, 100  # objects before a young pass; such passes before a middle one, those before a full one


def settle() -> None:
    """Leave out the objects that live as long as the process, and let passes be rare: a full one would delay a tick."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_PASSES)
