"""The row of a message type: all that the station knows of it beside how it is built. Each module here has one."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from rsu.reasons.place import PlaceReason
from rsu.reasons.radio import RadioReason
from rsu.reasons.words import Reason
from rsu.site.model import MessageKind
from v2x.aids import Kind

# no message leaves while one of these holds, and each is degraded by one of those
SILENCE = frozenset(
    {
        PlaceReason.NO_POSITION,
        PlaceReason.POSITION_MISMATCH,
        PlaceReason.SITE_IN_GCJ02,
        RadioReason.RADIO_LOST,
        RadioReason.SWITCHED_OFF,
        RadioReason.NOTHING_TO_SAY,
    }
)
DOUBT = frozenset({RadioReason.RADIO_FAULT})


class Decision(IntEnum):
    """What may happen to a message, worst last."""

    SEND = 0
    DEGRADED = 1
    SILENT = 2


class Row(NamedTuple):
    """One message type."""

    kind: MessageKind
    services: tuple[Kind, ...]  # under which its messages leave: AID and priority (`v2x.aids`)
    period_ticks: int  # from one to the next, 100 ms each (T/CSAE 159-2020)
    silent: frozenset[Reason]  # while one of these holds it does not leave
    degraded: frozenset[Reason]  # while one of these holds it says less, or says that it is uncertain

    def decision(self, reason: Reason) -> Decision:
        """Return what a reason does to the message: the row of the gate."""
        if reason in SILENCE | self.silent:
            return Decision.SILENT
        return Decision.DEGRADED if reason in DOUBT | self.degraded else Decision.SEND
