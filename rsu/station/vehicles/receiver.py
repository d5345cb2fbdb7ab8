"""From received messages to reports of vehicles that may be used: sifted, decoded, judged, once a tick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

import v2x
from perception.geo import Reference
from perception.objects import Reception, VehicleReport
from rsu.bus.records import Misbehaviour
from rsu.bus.snapshot import ClaimView
from rsu.messages import bsm
from rsu.site.vehicles import VehicleCheckSettings
from rsu.station.vehicles.inbox import Inbox, Letter
from rsu.station.vehicles.offences import OffenceLedger
from rsu.station.vehicles.senders import Senders
from rsu.station.vehicles.views import claim_views
from v2x.records.bsm import BasicSafetyMessage


class Receiver:
    """Everything that comes from the air."""

    def __init__(self, settings: VehicleCheckSettings, profile: v2x.Profile, reference: Reference) -> None:
        self._counters: Counter[str] = Counter()
        self._profile = profile
        self._ledger = OffenceLedger(settings.distrust_s)
        self._inbox = Inbox(settings, self._ledger, self._counters)
        self._senders = Senders(settings, reference, self._ledger, self._counters)

    @property
    def counters(self) -> Counter[str]:
        """Return the reasons why something received was not used, and the offences."""
        offences = {f"misbehaviour: {name}": count for name, count in self._ledger.counters.items()}
        return self._counters + Counter(offences)

    def add(self, reception: Reception) -> None:
        """Take received messages; they wait for `reports`."""
        self._inbox.add(reception)

    def reports(self, correction_ns: int, on_time: bool) -> list[VehicleReport]:
        """Return the reports that may be used, of the messages since the last call.

        `correction_ns`: UTC less steady time; `on_time`: that is known well enough to judge others' time by it.
        """
        letters = self._inbox.take(self._senders.known())
        reports = (self._open(letter, correction_ns, on_time) for letter in letters)
        return [report for report in reports if report is not None]

    def _open(self, letter: Letter, correction_ns: int, on_time: bool) -> VehicleReport | None:
        reception = letter.reception
        try:
            message = v2x.decode(letter.payload, self._profile)
        except v2x.CodecError as error:
            self._counters[f"air: {type(error).__name__}"] += 1
            self._ledger.strike("undecodable", reception.source, reception, str(error))
            return None
        if not isinstance(message, BasicSafetyMessage):
            name = type(message).__name__
            self._counters[f"air: {name} ignored"] += 1
            self._ledger.strike("wrong-service", reception.source, reception, f"{name} under AID {reception.aid}")
            return None
        report = bsm.vehicle_report(message, reception, correction_ns)
        if report is None:
            self._counters["air: BSM without place or time"] += 1
            return None
        backwards = message.transmission == "reverseGears"
        return report if self._senders.admit(report, reception, backwards, on_time) else None

    def refute(self, identities: Iterable[bytes]) -> None:
        """Take it from the sensors that vehicles are not where they say."""
        for identity in identities:
            self._senders.refute(identity)

    def emergencies(self, now_ns: int) -> set[bytes]:
        """Return the BSM ids of senders that claim to be emergency vehicles on their way."""
        return self._senders.emergencies(now_ns)

    def claims(self, now_ns: int, carried: set[bytes]) -> list[ClaimView]:
        """Return the claims of vehicles that no track carries; `carried`: ids of vehicles that a track carries."""
        return claim_views(self._senders.claims(now_ns), carried, now_ns)

    def misbehaviour(self, correction_ns: int) -> list[Misbehaviour]:
        """Return, once, the offences recorded since the last call, with their times in UTC."""
        made = self._ledger.records()
        return [msgspec.structs.replace(each, stamp_ns=each.stamp_ns + correction_ns) for each in made]
