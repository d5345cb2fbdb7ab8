"""The meaning and the remedy of every reason, one row each. Status, page and log take their words from here."""

from __future__ import annotations

from hw.modality import OTHER, Modality
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason
from rsu.reasons.gate import GATE, NORMAL
from rsu.reasons.words import Reason, Words

_REASONS: dict[str, Reason] = {reason: reason for reason in (*GATE, *BoxReason, *DeviceReason)}
REASONS: dict[str, Words] = {reason: reason.words.of() for reason in _REASONS.values()}  # of any device

__all__ = ["NORMAL", "REASONS", "Words", "words"]


def words(reason: str, device: Modality = OTHER) -> Words:
    """Return the row of a reason, as it is said of a device; one that has none stands for itself."""
    return _REASONS[reason].words.of(device) if reason in _REASONS else Words(reason, reason, "", reason, "")
