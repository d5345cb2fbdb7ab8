"""A record in the spool, and how it is named."""

from __future__ import annotations

from typing import NamedTuple


class SpooledRecord(NamedTuple):
    """One numbered record as the spool keeps it. A marker of kind SKIPPED stands for `first`..`seq`."""

    boot: str
    first: int
    seq: int
    kind: str
    rank: int
    stamp_ns: int
    payload: bytes  # as the dialect reads it; empty for a marker, and for reports that this platform does not get


class Range(NamedTuple):
    """Numbers `first`..`last` of a boot, ends included."""

    boot: str
    first: int
    last: int
