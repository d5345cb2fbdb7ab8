"""The gate: may a message go on air, and if not, why.

Conditions are reason codes that hold now; the table says what each of them does to each message type. It is the
oracle of the tests (guarantees G1-G4). The worst decision wins; all reasons that touch a message are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class Decision(IntEnum):
    """What may happen to a message, worst last."""

    SEND = 0
    DEGRADED = 1
    SILENT = 2


KINDS = ("bsm", "map", "rsm", "spat", "rsi")

_SEND, _DEGRADED, _SILENT = Decision

# condition -> decision for          bsm        map        rsm        spat       rsi
TABLE: dict[str, tuple[Decision, ...]] = {
    # time and place
    "no-time": (_SILENT, _SEND, _SILENT, _SILENT, _SILENT),
    "time-uncertain-50ms": (_SILENT, _SEND, _SILENT, _SEND, _SEND),
    "time-uncertain-100ms": (_SILENT, _SEND, _SILENT, _SILENT, _SILENT),
    "no-position": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    "position-mismatch": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    "site-in-gcj02": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    # signal source
    "no-signal": (_SEND, _SEND, _SEND, _SILENT, _SEND),
    "signal-stale": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "signal-unavailable": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "signal-lost": (_SEND, _SEND, _SEND, _SILENT, _SEND),
    "signal-frozen": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "lamp-missing": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "lamp-frozen": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "lamp-mismatch": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "no-signal-plan": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "plan-mismatch": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    # what SPAT would say (rsu/station/guard)
    "countdown-jump": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "impossible-sequence": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "impossible-duration": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "impossible-countdown": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "conflicting-windows": (_SEND, _SEND, _SEND, _DEGRADED, _SEND),
    "conflicting-greens": (_SEND, _SEND, _SEND, _SILENT, _SEND),
    # perception
    "sensor-lost": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "sensor-not-understood": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "sensor-frozen": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "sensor-degraded": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "no-sensors": (_SILENT, _SEND, _DEGRADED, _SEND, _DEGRADED),
    # radio and settings
    "radio-lost": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    "radio-fault": (_DEGRADED, _DEGRADED, _DEGRADED, _DEGRADED, _DEGRADED),
    "channel-busy": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "share-full": (_DEGRADED, _SEND, _DEGRADED, _SEND, _SEND),
    "switched-off": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    "nothing-to-say": (_SILENT, _SILENT, _SILENT, _SILENT, _SILENT),
    "map-silent": (_SEND, _SEND, _SEND, _DEGRADED, _SILENT),
}


# while one of these holds, no light of the signal may be shown or used
NO_LIGHTS = frozenset({"no-signal", "signal-stale", "signal-unavailable", "signal-lost", "conflicting-greens"})
DOUBTS = ("signal-", "lamp-", "countdown-", "impossible-", "conflicting-")  # how reasons against the controller begin


class Verdict(NamedTuple):
    """The gate's word on one message type, with its reasons in the table's order."""

    decision: Decision
    reasons: tuple[str, ...]


def judge(kind: str, conditions: Iterable[str]) -> Verdict:
    """Return what may happen to messages of a kind while `conditions` hold. KeyError: a condition not in the table."""
    column = KINDS.index(kind)
    holding = set(conditions)
    unknown = holding - TABLE.keys()
    if unknown:
        raise KeyError(sorted(unknown))
    rows = [(TABLE[name][column], name) for name in TABLE if name in holding]
    reasons = tuple(name for decision, name in rows if decision is not Decision.SEND)
    return Verdict(max((decision for decision, _ in rows), default=Decision.SEND), reasons)
