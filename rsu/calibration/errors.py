"""Errors of calibrations.

RsuError
    CalibrateError  a camera that is not there, a picture that is none of it, or points that do not hold it
"""

from __future__ import annotations

from rsu.core.errors import RsuError


class CalibrateError(RsuError):
    """A camera that cannot be calibrated with the given points and picture."""
