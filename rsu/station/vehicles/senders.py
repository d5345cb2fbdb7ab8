"""Senders, and whether their messages are possible: place, time, and each message against those before it.

A report that passes may still be false. It becomes a measurement that sharpens tracks of sensors, or stays a claim.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Iterator

from perception.geo import Reference, to_site
from perception.objects import Reception, VehicleReport
from rsu.site.vehicles import VehicleCheckSettings
from rsu.station.vehicles import motion
from rsu.station.vehicles.motion import Doubt, ReportedMotion
from rsu.station.vehicles.offences import OffenceLedger

NS = 1_000_000_000
OLDEST_NS, EARLIEST_NS = NS, -NS // 10  # of a message's own time before its reception
MOST_SENDERS = 512
SILENT_NS = 30 * NS  # after so long without a message a sender is forgotten,
IDLE_NS = 5 * NS  # and after so long it makes room for another
ESTABLISHED = 10  # plausible messages
HEARD_NS = NS  # a claim, or an emergency vehicle's word, holds for so long
ONE_OF = 8  # octets of one message in so many are remembered
REMEMBERED, REMEMBERED_NS = 32_768, 300 * NS  # for so many and so long
AGAIN_NS = NS // 2  # the same octets within so long are an echo
MANY_IDS, MANY_NS = 3, 10 * NS  # ids of one radio, within
SAME_MPS = 1.0  # slower ones say the same speed and heading by chance
SAME_REMEMBERED = 1024  # motions of the last messages


class Sender:
    """One vehicle's temporary identity."""

    def __init__(self, source: int) -> None:
        self.source = source
        self.history: deque[ReportedMotion] = deque(maxlen=30)  # consistent reports
        self.plausible = 0  # messages that fitted; each that did not costs some
        self._odd: ReportedMotion | None = None  # the newest message, where it does not fit
        self.report: VehicleReport | None = None
        self.reception: Reception | None = None
        self.emergency_ns = 0
        self.same: tuple[bytes, float, float] | None = None  # the sender that said the same motion before it, and which

    def take(self, said: ReportedMotion) -> list[Doubt]:
        """Take a report; return the reasons why it contradicts the earlier ones.

        One odd message may be a bit that flipped. Where the next goes on from there it was meant.
        """
        odd, self._odd = self._odd, None
        doubts = list(motion.breaks(self.history[-1], said)) if self.history else []
        if not doubts:
            doubts = list(motion.strays(self.history, said))
            self.history.append(said)
        elif odd is not None and not list(motion.breaks(odd, said)):
            self.history.clear()
            self.history.extend((odd, said))
        else:
            self._odd = said
        self.plausible += -(ESTABLISHED // 2) if doubts else 1
        self.plausible = min(max(self.plausible, 0), 2 * ESTABLISHED)
        return doubts

    @property
    def heard_ns(self) -> int:
        """Return when it was heard last."""
        return self.reception.receipt_ns if self.reception else 0


class Senders:
    """All vehicles that were heard lately, bounded in number; those found plausible do not make room for strangers."""

    def __init__(
        self, settings: VehicleCheckSettings, reference: Reference, ledger: OffenceLedger, counters: Counter[str]
    ) -> None:
        self._settings = settings
        self._reference = reference
        self._ledger = ledger
        self._counters = counters
        self._senders: OrderedDict[bytes, Sender] = OrderedDict()  # the one heard last at the end
        self._ids: OrderedDict[int, dict[bytes, int]] = OrderedDict()  # source -> ids, and when each was heard last
        self._octets: OrderedDict[bytes, int] = OrderedDict()  # digest -> when received
        self._motions: OrderedDict[tuple[int, float, float], bytes] = OrderedDict()  # time, speed, heading -> the first

    def admit(self, report: VehicleReport, reception: Reception, backwards: bool, on_time: bool) -> bool:
        """Tell whether a report may be used. `on_time`: our own UTC is known, so that its time can be judged."""
        east, north = map(float, to_site(report.latitude_deg, report.longitude_deg, self._reference))
        away_m = math.hypot(east, north)
        if self._strike(self._of_itself(report, reception, on_time, away_m), report.id, reception):
            return False
        sender = self._sender(report.id, reception)
        if sender is None or self._strike(self._is_again(report, reception, sender, on_time), report.id, reception):
            return False
        sender.source, sender.report, sender.reception = reception.source, report, reception
        sd_m = motion.place_sd(report.position_95_m)
        said = ReportedMotion(report.stamp_ns, east, north, report.speed_mps, report.heading_deg, sd_m, backwards)
        if self._strike(sender.take(said), report.id, reception):
            return False
        self._strike(self._is_same(report, sender), report.id, reception)
        sender.emergency_ns = report.receipt_ns if report.emergency else sender.emergency_ns
        return self._ledger.doubt(report.id, report.receipt_ns) is None

    def refute(self, identity: bytes) -> None:
        """Take it from the sensors that a vehicle is not where it says."""
        sender = self._senders.get(identity)
        if sender is not None and sender.reception is not None:
            sender.plausible = 0
            self._strike([Doubt("not-there", "no sensor that looks there sees it")], identity, sender.reception)

    def known(self) -> set[int]:
        """Return the layer-2 sources of those found plausible."""
        return {sender.source for sender in self._senders.values() if sender.plausible >= ESTABLISHED}

    def emergencies(self, now_ns: int) -> set[bytes]:
        """Return the senders that claim to be an emergency vehicle on its way."""
        return {
            identity
            for identity, sender in self._senders.items()
            if now_ns - sender.emergency_ns < HEARD_NS and self._ledger.doubt(identity, now_ns) is None
        }

    def claims(self, now_ns: int) -> list[tuple[VehicleReport, ReportedMotion, str | None]]:
        """Return the claims of all senders heard within the last second, and why one is not trusted."""
        return [
            (sender.report, sender.history[-1], self._ledger.doubt(identity, now_ns))
            for identity, sender in self._senders.items()
            if sender.report is not None and now_ns - sender.heard_ns < HEARD_NS
        ]

    def _of_itself(self, report: VehicleReport, reception: Reception, on_time: bool, away_m: float) -> Iterator[Doubt]:
        """Yield the impossible values of a message from so far away, without regard to the messages before."""
        late_ns = reception.stamp_ns - report.stamp_ns
        if on_time and not EARLIEST_NS <= late_ns <= OLDEST_NS:
            yield Doubt("stale", f"its time is {late_ns / NS:+.2f} s before the reception")
        if away_m > self._settings.range_m:
            yield Doubt(
                "too-far", f"{report.latitude_deg:.5f}, {report.longitude_deg:.5f} is {away_m / 1000:.1f} km away"
            )
        if odd := motion.impossible(report.speed_mps, (report.length_m, report.width_m, report.height_m)):
            yield odd

    def _is_again(self, report: VehicleReport, reception: Reception, sender: Sender, on_time: bool) -> Iterator[Doubt]:
        """Yield whether the message is a repeat, comes out of order, or comes from another radio."""
        late_ns = sender.history[-1].stamp_ns - report.stamp_ns if sender.history else -NS
        if sender.source != reception.source and report.receipt_ns - sender.heard_ns < HEARD_NS:
            yield Doubt("two-senders", f"layer-2 sources {sender.source} and {reception.source}")
        elif late_ns >= 0 and on_time:
            yield Doubt("repeated", f"{late_ns / NS:.2f} s older than its newest")
        elif seen_ns := self._remember(reception):
            yield Doubt("replayed", f"received {(report.receipt_ns - seen_ns) / NS:.1f} s before")

    def _is_same(self, report: VehicleReport, sender: Sender) -> Iterator[Doubt]:
        """Yield whether another id says the same speed and heading to the last digit, again and while they change.

        Receivers err each in its own way: so a radio speaks that gives itself several vehicles' names. The one that is
        heard first is not accused.
        """
        if report.speed_mps is None or report.heading_deg is None or report.speed_mps < SAME_MPS:
            return
        other = self._motions.setdefault((report.stamp_ns, report.speed_mps, report.heading_deg), report.id)
        if len(self._motions) > SAME_REMEMBERED:
            self._motions.popitem(last=False)
        if other == report.id:
            return
        before, sender.same = sender.same, (other, report.speed_mps, report.heading_deg)
        if before is not None and before[0] == other and before != sender.same:
            yield Doubt(
                "same-motion", f"{report.speed_mps:.2f} m/s, {report.heading_deg:.2f} deg, as {other.hex()} says too"
            )

    def _remember(self, reception: Reception) -> int | None:
        """Return when the same octets were received long before; remember those of one message in ONE_OF."""
        digest = hashlib.blake2b(reception.payload, digest_size=8).digest()
        if digest[0] % ONE_OF:
            return None
        now_ns = reception.receipt_ns
        while self._octets and (
            len(self._octets) >= REMEMBERED or now_ns - next(iter(self._octets.values())) > REMEMBERED_NS
        ):
            self._octets.popitem(last=False)
        before_ns = self._octets.setdefault(digest, now_ns)
        return before_ns if now_ns - before_ns > AGAIN_NS else None

    def _strike(self, doubts: Iterable[Doubt], identity: bytes, reception: Reception) -> bool:
        """Hold doubts against a sender; return whether there are any."""
        found = list(doubts)
        for doubt in found:
            self._counters[f"air: {doubt.reason}"] += 1
            self._ledger.strike(doubt.reason, identity, reception, doubt.text)
        return bool(found)

    def _sender(self, identity: bytes, reception: Reception) -> Sender | None:
        """Return the sender of an id, a new one if need be and there is room."""
        now_ns = reception.receipt_ns
        sender = self._senders.get(identity)
        if sender is None:
            if not self._make_room(now_ns):
                self._counters["air: too many vehicles"] += 1
                return None
            sender = Sender(reception.source)
            self._senders[identity] = sender
        self._senders.move_to_end(identity)
        self._note_id(identity, reception)
        return sender

    def _make_room(self, now_ns: int) -> bool:
        """Forget silent senders; tell whether there is room for one more."""
        while self._senders and now_ns - next(iter(self._senders.values())).heard_ns > SILENT_NS:
            self._senders.popitem(last=False)
        if len(self._senders) < MOST_SENDERS:
            return True
        for identity, sender in self._senders.items():
            if sender.plausible < ESTABLISHED or now_ns - sender.heard_ns > IDLE_NS:
                del self._senders[identity]
                return True
        return False

    def _note_id(self, identity: bytes, reception: Reception) -> None:
        """Notice a radio that speaks under several ids; one that changes its id, and never back, may do so."""
        now_ns = reception.receipt_ns
        ids = self._ids.pop(reception.source, {})
        returned = identity in ids and next(reversed(ids)) != identity
        ids.pop(identity, None)
        ids[identity] = now_ns
        recent = {each: at_ns for each, at_ns in ids.items() if now_ns - at_ns < MANY_NS}
        self._ids[reception.source] = recent
        if len(self._ids) > MOST_SENDERS:
            self._ids.popitem(last=False)
        if returned or len(recent) >= MANY_IDS:
            self._ledger.strike("many-ids", reception.source, reception, f"{len(recent)} ids within {MANY_NS // NS} s")
