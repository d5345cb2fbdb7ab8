"""The compiled kernels; None where no compiler built them. Each caller has a twin in numpy that gives the same bits."""

from __future__ import annotations

__all__ = ["kernel"]

try:
    from perception import _kernel as kernel
except ImportError:
    kernel = None  # type: ignore[assignment]
