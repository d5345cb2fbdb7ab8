"""A driver's account of its device's bytes: counts by reason, and a sample of the input refused last."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import msgspec

NOISE = "noise"  # reason of octets that are part of no message, counted in octets
SHOWN = 48  # octets of a sample that are shown
USABLE = 0.25  # share of a list; a list with less of it tells nothing, not even that the road is empty
LONGEST = 65536  # octets of a sample that are kept


class Refused(msgspec.Struct, frozen=True):
    """Input that was not used, for one reason."""

    reason: str  # as in the counters
    count: int  # since the start
    octets: str  # hex, the beginning of the input refused last
    text: str  # the same as text, unprintable characters escaped
    cause: str | None = None  # its likely nature, in words


class Intake(Counter[str]):
    """A driver's counters.

    `refused` counts whole messages that could not be used, `accepted` those that could and are no measurement
    (measurements count by themselves): a device that is heard and of which nothing is accepted is not understood.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self.accepted = 0
        self.samples: dict[str, bytes] = {}  # reason -> input refused last, the newest reason last

    def refuse(self, reason: str, sample: bytes, count: int = 1) -> None:
        """Count a message that cannot be used; `count`: in the counter's own unit, octets perhaps."""
        self.refused += 1
        self.note(reason, sample, count)

    def note(self, reason: str, sample: bytes, count: int = 1) -> None:
        """Count a part that cannot be used, of a message whose rest can."""
        self[reason] += count
        self.samples.pop(reason, None)
        self.samples[reason] = bytes(sample[:LONGEST])


def refuse(counters: Counter[str], reason: str, sample: bytes, count: int = 1) -> None:
    """Count a message that cannot be used, and keep it where that is done."""
    if isinstance(counters, Intake):
        counters.refused += 1
    note(counters, reason, sample, count)


def note(counters: Counter[str], reason: str, sample: bytes, count: int = 1) -> None:
    """Count a part that cannot be used, and keep it where that is done."""
    if isinstance(counters, Intake):
        counters.note(reason, sample, count)
    else:
        counters[reason] += count


class Account(NamedTuple):
    """The counts of accepted and refused input so far."""

    accepted: int
    refused: int

    def failed(self) -> Account:
        """Return the account after one more message that was not understood."""
        return self._replace(refused=self.refused + 1)


def account(counters: Counter[str]) -> Account:
    """Return the account of a driver; a driver without one may count its unused input."""
    return Account(counters.accepted, counters.refused) if isinstance(counters, Intake) else Account(0, 0)


def shown(reason: str, count: int, sample: bytes, cause: str | None) -> Refused:
    """Return refused input as people see it."""
    start = sample[:SHOWN]
    text = "".join(chr(octet) if 32 <= octet < 127 and octet != 92 else _escaped(octet) for octet in start)
    return Refused(reason, count, start.hex(), text + ("..." if len(sample) > SHOWN else ""), cause)


def _escaped(octet: int) -> str:
    return {9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}.get(octet, f"\\x{octet:02x}")
