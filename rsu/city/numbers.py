"""Numbers of a box's records: which are missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def missing(kept: Iterable[tuple[str, int, int]]) -> int:
    """Return how many numbers lie between kept ones, and neither came nor were given up.

    `kept`: boot, first and last number of each record, in the order of boot and last number.
    """
    count, last_boot, reached = 0, None, 0
    for boot, first, last in kept:
        reached = reached if boot == last_boot else 0
        count += max(0, first - reached - 1)
        last_boot, reached = boot, max(reached, last)
    return count
