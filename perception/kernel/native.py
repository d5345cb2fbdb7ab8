"""The compiled kernels; None where no compiler built them. Each caller has a twin in numpy that gives the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from perception.objects import Floats, Ints

__all__ = ["contiguous", "kernel"]

try:
    from perception import _kernel as kernel
except ImportError:
    kernel = None  # type: ignore[assignment]
_FUNCTIONS = {"agility", "assign", "bodies", "correct", "cover", "drive_on", "gate", "lane_order", "misses",
              "neighbours", "predict", "project", "sight"}  # fmt: skip
if not _FUNCTIONS.issubset(dir(kernel)):
    kernel = None  # type: ignore[assignment]  # built from older sources


def contiguous(*arrays: Floats | Ints) -> list[Any]:
    """Return arrays (...,) as the kernels read them: without gaps, in C order."""
    return list(map(np.ascontiguousarray, arrays))
