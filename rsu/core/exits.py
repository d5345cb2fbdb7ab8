"""Exit codes of the command line and of every process."""

from enum import IntEnum


class Exit(IntEnum):
    """The meaning of exit codes for a script."""

    FINE = 0
    FOUND = 1  # the check found something
    USAGE = 2
    INVALID_CONFIG = 3
    NOT_REACHABLE = 4
    PERMISSION = 5
    CONFLICT = 6  # or already running
    DEGRADED = 7  # works but degraded
    DAMAGED = 8  # data damaged
    OUR_BUG = 70
    INTERRUPTED = 130
