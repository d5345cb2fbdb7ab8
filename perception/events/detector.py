"""Events from the occurrences that rules see: each starts, goes on and ends, with hysteresis in time and a number.

A case begins with the first occurrence. It becomes an event when the rule has seen it for long enough, and ends when
the rule has not seen it for long enough, or its road users are gone. A road user that is lost and found under another
number keeps its event.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set

import msgspec

from perception.events.rule import Occurrence, Rule, RuleSettings
from perception.events.settings import EventSettings
from perception.objects import SECOND_NS
from perception.results import RoadEvent
from perception.traffic.ground import FIRST_ZONE, Ground
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation

LAST_ID = 191  # 192..255 are the numbers of events that the platform orders


class _EventCase(msgspec.Struct):
    """Something that a rule sees; an event once it has for long enough."""

    since_ns: int
    seen_ns: int
    occurrence: Occurrence
    event: RoadEvent | None = None


class EventDetector:
    """Runs all rules of a site; `update` is called once a cycle."""

    def __init__(self, settings: EventSettings, lanes: LaneMap, ground: Ground) -> None:
        self._rules: dict[str, Rule] = {
            name: each.rule(lanes) for name, each in settings.rules().items() if each.enabled
        }
        self._cases: dict[str, dict[int, _EventCase]] = {name: {} for name in self._rules}
        self._gates = {name: _Gate(rule.settings, settings, ground) for name, rule in self._rules.items()}
        self._last_id = 0

    def update(self, now: Situation) -> list[RoadEvent]:
        """Return the events that start, go on (as often as their rule wants) or end now, in the rules' order."""
        events: list[RoadEvent] = []
        for name, rule in self._rules.items():
            cases = self._cases[name]
            running = {key for key, case in cases.items() if case.event is not None} if cases else set()
            occurrences = [occurrence for occurrence in rule.look(now, running) if self._gates[name].admits(occurrence)]
            if occurrences or cases:
                events += self._follow(name, occurrences, now)
        return events

    def _follow(self, name: str, occurrences: Sequence[Occurrence], now: Situation) -> Iterator[RoadEvent]:
        """Bring one rule's cases up to now."""
        rule, cases, there = self._rules[name], self._cases[name], set(now.tracks.id.tolist())
        for occurrence in occurrences:
            case = cases.get(occurrence.key) or _take_over(cases, occurrence, there)
            if case is None:
                case = _EventCase(since_ns=now.now_ns, seen_ns=now.now_ns, occurrence=occurrence)
            cases[occurrence.key] = case
            case.seen_ns, case.occurrence = now.now_ns, occurrence
            if self._is_due(case, rule.settings, now.now_ns) and (event := self._tell(name, case, now.now_ns)):
                yield event
        for key, case in list(cases.items()):
            if case.seen_ns < now.now_ns and _is_over(case, rule.settings, now.now_ns, there):
                del cases[key]
                if case.event is not None:
                    yield msgspec.structs.replace(case.event, state="end", stamp_ns=now.now_ns)

    @staticmethod
    def _is_due(case: _EventCase, settings: RuleSettings, now_ns: int) -> bool:
        """Tell whether a case becomes an event now, or its event is due for an update."""
        if case.event is not None:
            return now_ns - case.event.stamp_ns >= settings.update_every_s * SECOND_NS
        after_s = settings.start_after_s if case.occurrence.after_s is None else case.occurrence.after_s
        return now_ns - case.since_ns >= after_s * SECOND_NS and case.occurrence.sure_s >= settings.sure_for_s

    def _tell(self, name: str, case: _EventCase, now_ns: int) -> RoadEvent | None:
        """Return the start or the update of a case's event; None: as many run as there are numbers."""
        number = self._free_id() if case.event is None else case.event.id
        if not number:
            return None
        seen, settings = case.occurrence, self._rules[name].settings
        case.event = RoadEvent(
            id=number,
            code=settings.code,
            name=name,
            state="start" if case.event is None else "update",
            start_ns=case.since_ns,
            stamp_ns=now_ns,
            position_m=seen.position_m,
            radius_m=seen.radius_m,
            place=seen.place,
            track_ids=seen.track_ids,
            confidence=seen.confidence,
            path_m=seen.path_m,
            path_radius_m=seen.path_radius_m,
            level=seen.level,
            speed_mps=seen.speed_mps,
            heading_deg=seen.heading_deg,
            on_air=settings.on_air,
            keep=settings.keep_recording,
        )
        return case.event

    def _free_id(self) -> int:
        """Return the next id, in turn, that no running event has; 0 when there is none."""
        used = {case.event.id for cases in self._cases.values() for case in cases.values() if case.event is not None}
        turn = [(self._last_id + step) % LAST_ID + 1 for step in range(LAST_ID)]
        self._last_id = next((number for number in turn if number not in used), 0)
        return self._last_id


class _Gate:
    """Where a rule holds."""

    def __init__(self, rule: RuleSettings, settings: EventSettings, ground: Ground) -> None:
        flags = {zone.name: FIRST_ZONE << number for number, zone in enumerate(settings.zones)}
        self._only = sum(flags[name] for name in set(rule.only_in))
        self._never = sum(flags[name] for name in set(rule.never_in))
        self._ground = ground

    def admits(self, occurrence: Occurrence) -> bool:
        """Tell whether the rule holds where something was seen."""
        if not self._only and not self._never:
            return True
        flags = self._ground.at_point(occurrence.position_m)
        return bool(flags & self._only or not self._only) and not flags & self._never


def _take_over(cases: dict[int, _EventCase], occurrence: Occurrence, there: Set[int]) -> _EventCase | None:
    """Return the case, taken out, whose road user was lost where this one has been found; None: there is none."""
    for key, case in cases.items():
        gone = bool(case.occurrence.track_ids) and there.isdisjoint(case.occurrence.track_ids)
        if gone and math.dist(case.occurrence.position_m, occurrence.position_m) <= occurrence.radius_m:
            return cases.pop(key)
    return None


def _is_over(case: _EventCase, settings: RuleSettings, now_ns: int, there: Set[int]) -> bool:
    """Tell whether a case that is not seen now ends."""
    absent_s = (now_ns - case.seen_ns) / SECOND_NS
    tracks = case.occurrence.track_ids
    if tracks and there.isdisjoint(tracks):
        return absent_s > max(settings.lost_after_s, settings.end_after_s)
    return case.event is None or absent_s > settings.end_after_s
