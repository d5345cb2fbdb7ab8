"""Errors of recordings.

RecordingError
    NotARecordingError   the file is no recording of this product, or nothing of it can be read
    DamagedError         a recording that was changed or cut; says where
        ChangedError     one that cannot even be begun with (`rsu/recording/verify.py`)
    BusyError            a recorder is writing the file
"""

from __future__ import annotations

from rsu.core.errors import RsuError


class RecordingError(RsuError):
    """Base of this package's errors."""


class NotARecordingError(RecordingError):
    """No recording, or nothing left of one."""


class DamagedError(RecordingError):
    """A recording that cannot be read on from some byte."""


class BusyError(RecordingError):
    """A recording that is being written."""
