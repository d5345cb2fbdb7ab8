"""The form of an alarm's row, which completes the words of its reason (`rsu/reasons/words.py`)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from hw.detail import Detail


class Level(Enum):
    """Severities as in ITU-T X.733, worst first. The name in lower case is the code."""

    CRITICAL = Detail("critical", "紧急")  # a message is silent, or the next fault stays hidden
    MAJOR = Detail("major", "重要")  # messages say less than they should
    MINOR = Detail("minor", "次要")  # messages are whole; repair it before the next fault
    WARNING = Detail("warning", "提示")  # nothing is wrong on air; it may become a fault


class Alarm(NamedTuple):
    """The rest of a reason's row."""

    level: Level
    cause: Detail  # likely
    clears: Detail  # condition
    effect: Detail | None = None  # on messages; None: by the table of the gate
