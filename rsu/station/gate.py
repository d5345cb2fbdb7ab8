"""The gate: may a message go on air, and if not, why.

Conditions are reasons that hold now; the rows of the messages (`rsu/messages`) give the effect of each on each
message type, and the table drawn from them is the oracle of the tests (guarantees G1-G4). The worst decision wins; all
reasons that touch a message are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rsu.messages.row import Permission
from rsu.messages.table import ROWS
from rsu.reasons.gate import GATE

KINDS = tuple(ROWS)
# reason -> decision for each of KINDS
TABLE: dict[str, tuple[Permission, ...]] = {
    reason: tuple(row.decision(reason) for row in ROWS.values()) for reason in GATE
}
_ORDER = {reason: place for place, reason in enumerate(TABLE)}


class Verdict(NamedTuple):
    """The gate's word on one message type, with its reasons in the table's order."""

    decision: Permission
    reasons: tuple[str, ...]


def judge(kind: str, conditions: Iterable[str]) -> Verdict:
    """Return the decision on messages of a kind while `conditions` hold. KeyError: a condition not in the table."""
    column = KINDS.index(kind)
    holding = set(conditions)
    unknown = holding - TABLE.keys()
    if unknown:
        raise KeyError(sorted(unknown))
    rows = [(TABLE[name][column], name) for name in sorted(holding, key=_ORDER.__getitem__)]
    reasons = tuple(name for decision, name in rows if decision is not Permission.SEND)
    return Verdict(max((decision for decision, _ in rows), default=Permission.SEND), reasons)
