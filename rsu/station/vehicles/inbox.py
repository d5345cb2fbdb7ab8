"""Messages that the radio received since the last tick, sifted before any is decoded.

A flood costs little here and nothing elsewhere: so many messages are looked at in a tick and no more. Senders that were
found plausible come first, of each the newest; the others share the remaining places, and their oldest are dropped.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Collection
from typing import NamedTuple

from perception.objects import Reception
from rsu.site.vehicles import VehicleCheckSettings
from rsu.station.vehicles.offences import OffenceLedger
from v2x import CodecError, dsmp
from v2x.aids import KINDS

MOST_WAITING = 1000  # messages since the last tick
PER_SENDER = 3  # looked at in a tick
MOST_REMEMBERED = 1000  # messages that another radio may bring again
MOST_COUNTED = 4096  # senders whose messages are counted
SECOND_NS = 1_000_000_000
_LEAST_OCTETS = 20  # of a frame with a BSM in it
_BSM = 0  # upper half of the first octet of a message: extension bit and index of the choice
_OURS = {aid for aid, kind in KINDS.items() if kind.startswith("bsm")}


class Letter(NamedTuple):
    """A message that is worth decoding."""

    reception: Reception
    payload: bytes  # UPER
    is_bsm: bool  # by its first bits


class Inbox:
    """Waiting messages, and the number from each sender."""

    def __init__(self, settings: VehicleCheckSettings, ledger: OffenceLedger, counters: Counter[str]) -> None:
        self._settings = settings
        self._ledger = ledger
        self._counters = counters
        self._waiting: deque[Letter] = deque(maxlen=MOST_WAITING)
        self._brought: OrderedDict[bytes, str] = OrderedDict()  # frame -> the radio that received it first
        self._heard: Counter[int] = Counter()  # by layer-2 source, since `_since_ns`
        self._since_ns = 0

    def add(self, reception: Reception) -> None:
        """Take a message, or count why not."""
        letter, reason = self._sift(reception)
        if letter is None:
            self._counters[f"air: {reason}"] += 1
            return
        if len(self._waiting) == MOST_WAITING:
            self._counters["air: too many"] += 1
        self._waiting.append(letter)

    def _sift(self, reception: Reception) -> tuple[Letter | None, str]:
        if reception.aid not in _OURS:
            kind = KINDS.get(reception.aid)
            return None, "other service" if kind is None else f"{kind} ignored"
        if self._is_echo(reception):
            return None, "received by another radio too"
        if self._ledger.doubt(reception.source, reception.receipt_ns) is not None:
            return None, "sender not trusted"
        if not self._may_speak(reception):
            return None, "too often"
        if len(reception.payload) < _LEAST_OCTETS:
            return None, "too short"
        try:
            dsm = dsmp.parse(reception.payload)
        except CodecError:
            return None, "no DSMP"
        if dsm.aid != reception.aid or not dsm.payload:
            return None, "AID of frame and radio differ"
        return Letter(reception, dsm.payload, dsm.payload[0] >> 4 == _BSM), ""

    def _is_echo(self, reception: Reception) -> bool:
        """Tell whether another radio of this box received the same frame: that is no repeat of its sender."""
        first = self._brought.setdefault(reception.payload, reception.device)
        if len(self._brought) > MOST_REMEMBERED:
            self._brought.popitem(last=False)
        return first != reception.device

    def _may_speak(self, reception: Reception) -> bool:
        """Count a sender's message of this second; tell whether it has not sent too many."""
        if not 0 <= reception.receipt_ns - self._since_ns < SECOND_NS:
            self._since_ns = reception.receipt_ns
            self._heard.clear()
        source = reception.source
        if len(self._heard) < MOST_COUNTED or source in self._heard:
            self._heard[source] += 1
        count = self._heard[source]
        if count == self._settings.most_hz + 1:
            self._ledger.strike("too-often", source, reception, f"{count} messages within a second")
        return count <= self._settings.most_hz

    def take(self, known: Collection[int]) -> list[Letter]:
        """Take out the messages to decode, in order of arrival. `known`: sources of senders found plausible."""
        chosen: list[int] = []
        seen: Counter[int] = Counter()
        strangers = 0
        newest_first = sorted(
            range(len(self._waiting)), key=lambda index: (self._waiting[index].reception.source not in known, -index)
        )
        for index in newest_first:
            source = self._waiting[index].reception.source
            seen[source] += 1
            strangers += source not in known
            room = len(chosen) < self._settings.most_per_cycle and strangers <= self._settings.strangers_per_cycle
            if room and seen[source] <= PER_SENDER:
                chosen.append(index)
            else:
                self._counters["air: no time to look"] += 1
        letters = [self._waiting[index] for index in sorted(chosen)]
        self._waiting.clear()
        return letters
