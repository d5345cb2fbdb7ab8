"""What every reason means and what to do about it, one row each. Status, page and log take their words from here."""

from __future__ import annotations

from rsu.reasons.box import BoxReason
from rsu.reasons.gate import GATE, NORMAL
from rsu.reasons.words import Words

REASONS: dict[str, Words] = {reason: reason.words for reason in (*GATE, *BoxReason)}

__all__ = ["NORMAL", "REASONS", "Words", "words"]


def words(reason: str) -> Words:
    """Return the row of a reason; one that has none stands for itself."""
    return REASONS.get(reason, Words(reason, reason, "", reason, ""))
