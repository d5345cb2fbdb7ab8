"""Misbehaviour: which faults of a sender count, how often they must be seen, and the record with the octets.

One odd message proves little: a receiver errs, a bit flips. Strikes of one kind within WINDOW_NS make an offence. Every
offence is counted; records of it, which keep the offending frames, are bounded in number.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import NamedTuple

from perception.objects import Reception
from rsu.bus.records import Misbehaviour

WINDOW_NS = 5_000_000_000
AGAIN_NS = 10_000_000_000  # the same offence of the same sender is recorded so often
MOST_CASES = 1024  # senders x offences that are remembered, and senders that are not trusted
AT_ONCE, PER_S = 64, 5.0  # records that are made at once, and in the long run
FRAMES_KEPT = 3  # of an offence, the newest


class Offence(NamedTuple):
    """One kind of misbehaviour."""

    strikes: int  # within WINDOW_NS
    distrust: bool  # nothing of the sender is used for a while; else it may be the victim


OFFENCES: dict[str, Offence] = {
    #                              strikes distrust
    "wrong-service": Offence(2, True),  # another message under the AID of a vehicle's
    "undecodable": Offence(5, False),
    "too-often": Offence(1, True),
    "stale": Offence(3, True),  # its time is not that of its reception
    "repeated": Offence(5, False),  # the same message again, or one older than the message before
    "replayed": Offence(2, True),  # octets that were received long before
    "too-far": Offence(2, True),
    "impossible": Offence(2, True),  # a speed or size that no vehicle has
    "jump": Offence(2, True),  # from place to place
    "acceleration": Offence(2, True),
    "speed-mismatch": Offence(3, True),  # it moves otherwise than it says
    "heading-mismatch": Offence(3, True),
    "two-senders": Offence(3, False),  # one id from two radios
    "many-ids": Offence(3, True),  # several ids from one radio
    "same-motion": Offence(5, True),  # several ids move alike to the last digit
    "not-there": Offence(1, True),  # no sensor sees it where it says
}


class _Case:
    """One kind of offence of one sender."""

    def __init__(self, strikes: int) -> None:
        self.struck: deque[tuple[int, bytes]] = deque(maxlen=max(strikes, FRAMES_KEPT))  # when, frame
        self.recorded_ns: int | None = None
        self.count = 0


class OffenceLedger:
    """All strikes of the last seconds, and the senders that are not trusted. `counters`: offences by name.

    A sender is a BSM id (octets) or, where none is known, a layer-2 source (a number).
    """

    def __init__(self, distrust_s: float) -> None:
        self.counters: Counter[str] = Counter()
        self._distrust_ns = round(distrust_s * 1e9)
        self._distrusted: OrderedDict[bytes | int, tuple[int, str]] = OrderedDict()  # until when, why
        self._cases: OrderedDict[tuple[bytes | int, str], _Case] = OrderedDict()
        self._records: list[Misbehaviour] = []
        self._allowance = float(AT_ONCE)
        self._refilled_ns = 0

    def strike(self, reason: str, sender: bytes | int, reception: Reception, text: str) -> bool:
        """Count a strike against a sender; return whether that is an offence."""
        now_ns, offence = reception.receipt_ns, OFFENCES[reason]
        case = self._cases.pop((sender, reason), None) or _Case(offence.strikes)
        self._cases[sender, reason] = case
        if len(self._cases) > MOST_CASES:
            self._cases.popitem(last=False)
        case.struck.append((now_ns, reception.payload))
        recent = sum(now_ns - at_ns < WINDOW_NS for at_ns, _ in case.struck)
        if recent < offence.strikes:
            return False
        self.counters[reason] += 1
        case.count += 1
        if offence.distrust:
            self._distrusted[sender] = now_ns + self._distrust_ns, reason
            self._distrusted.move_to_end(sender)
            if len(self._distrusted) > MOST_CASES:
                self._distrusted.popitem(last=False)
        if case.recorded_ns is None or now_ns - case.recorded_ns >= AGAIN_NS:
            case.recorded_ns = now_ns
            self._record(reason, sender, reception, text, case)
        return True

    def doubt(self, sender: bytes | int, now_ns: int) -> str | None:
        """Return why nothing of a sender is to be used now, None where it may."""
        until_ns, reason = self._distrusted.get(sender, (0, ""))
        return reason if now_ns < until_ns else None

    def _record(self, reason: str, sender: bytes | int, reception: Reception, text: str, case: _Case) -> None:
        passed_s = max(0, reception.receipt_ns - self._refilled_ns) / 1e9
        self._refilled_ns = reception.receipt_ns
        self._allowance = min(float(AT_ONCE), self._allowance + passed_s * PER_S) - 1.0
        if self._allowance < 0.0:
            self._allowance += 1.0
            self.counters["not recorded"] += 1
            return
        self._records.append(
            Misbehaviour(
                stamp_ns=reception.receipt_ns,
                reason=reason,
                text=text,
                vehicle_id=sender.hex() if isinstance(sender, bytes) else None,
                source=reception.source,
                aid=reception.aid,
                count=case.count,
                frames=[frame for _, frame in case.struck][-FRAMES_KEPT:],
            )
        )

    def records(self) -> list[Misbehaviour]:
        """Return, once, the offences recorded since the last call."""
        made, self._records = self._records, []
        return made
