"""The lights of the signal controller, as SPAT phases, and how far they may be trusted (guarantee G1).

Reports count in the order in which they come. Each lamp ages by itself, and only by news: a report that comes again
though its countdown should have moved is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from perception.objects import Lamp, SignalPlan, SignalState
from rsu.bus.latch import ConflictLatch, Pair
from rsu.messages.phases import PhaseView, Step
from rsu.reasons.signal import SignalReason
from rsu.reasons.words import Reason
from rsu.site.signal import PhaseSettings, SignalSettings
from rsu.station.checks.lamps import LampRecord
from rsu.station.checks.program import Program, S

MARKED_NS = S
UNAVAILABLE_NS = 5 * S
GREEN = ("green", "flashing-green")


class SignalView:
    """The controller's phases at any time, counted on between its reports."""

    def __init__(
        self,
        settings: SignalSettings,
        conflicts: Collection[Pair] | None = None,
        latch: ConflictLatch | None = None,
    ) -> None:
        """`conflicts`: pairs of phases that must not be green together; unless given, the settings' own."""
        self._settings = settings
        self._conflicts = settings.conflicts if conflicts is None else conflicts
        self._phases = {phase.lamp: phase for phase in settings.phases}
        self._expected = {each.lamp: (each.angle_deg, each.type) for each in settings.lamps}
        self.latch = ConflictLatch() if latch is None else latch
        self.counters: Counter[str] = Counter()  # reasons why something of a report was not used
        self._still_ns = max(0, S - settings.nominal_interval_ms * 1_000_000)
        self._newest_plan: Program | None = None
        self._forget()

    def _forget(self) -> None:
        self._records = {lamp: LampRecord(self._still_ns) for lamp in self._phases}
        self._state: SignalState | None = None
        self._told: Mapping[int, tuple[str, float | None]] = {}  # of all lamps, by the newest report
        self._moved_ns: int | None = None  # when the newest report that moved was true
        self._receipt_ns: int | None = None
        self._missing: frozenset[int] = frozenset()  # lamps that the newest report did not tell of
        self._others: frozenset[int] = frozenset()  # lamps that it told of as others than those of the site
        self._program: Program | None = None
        self._followed: frozenset[int] = frozenset()  # lamps that are announced by the plan
        self._contradicted = False  # the plan does not fit the reports
        self._cycle_began_ns: int | None = None
        self._steps: dict[int, list[Step]] = {}  # lamp -> its steps by the plan, since the newest report

    @property
    def stamp_ns(self) -> int | None:
        """Return when the newest news was true; None: there was none yet."""
        return max((record.seen_ns for record in self._records.values() if record.seen_ns is not None), default=None)

    @property
    def state(self) -> SignalState | None:
        """Return the newest report."""
        return self._state

    def plan(self, plan: SignalPlan) -> None:
        """Take the running plan; it is used from the first report on that fits it."""
        self._newest_plan = Program(
            (lamp for lamp in plan.lamps if lamp.number in self._phases), self._settings.merge_flashing_green
        )

    def report(self, state: SignalState) -> None:
        """Take one report of the lamp colours, in the order of arrival."""
        if self._receipt_ns is not None and state.receipt_ns < self._receipt_ns:
            self._forget()  # our clock was set back: nothing can be said of the time between
        self._receipt_ns = state.receipt_ns
        if state.repeated:
            return
        self._state = state if state.lamps else self._state
        stamp_ns = min(state.stamp_ns, state.receipt_ns)
        lamps = self._own(state.lamps)
        alive_ns = self._alive(state.lamps, stamp_ns)
        for lamp in lamps:
            self._records[lamp.number].take(lamp, lamp.colour, stamp_ns, alive_ns)
        self._follow(lamps, stamp_ns)
        self._look_for_conflict(lamps, stamp_ns)

    def _own(self, lamps: Iterable[Lamp]) -> list[Lamp]:
        """Return the lamps of the site's phases, each once; count those that contradict themselves or the site."""
        found: dict[int, Lamp] = {}
        others = set()
        for lamp in lamps:
            if lamp.number not in self._phases:
                continue
            if self._expected.get(lamp.number, (lamp.angle_deg, lamp.type)) != (lamp.angle_deg, lamp.type):
                self.counters["signal: lamp of another place or type"] += 1
                others.add(lamp.number)
            lamp = _merged(lamp, self._settings.merge_flashing_green)
            if found.setdefault(lamp.number, lamp) != lamp:
                self.counters["signal: lamp told of twice"] += 1
                others.add(lamp.number)
        self._others = frozenset(others)
        self._missing = frozenset(self._phases.keys() - found.keys())
        return [lamp for lamp in found.values() if lamp.number not in others]

    def _alive(self, lamps: Iterable[Lamp], stamp_ns: int) -> int:
        """Return up to when lamps without a countdown are believed: the others show that the controller lives."""
        told = {lamp.number: (lamp.colour, lamp.countdown_s) for lamp in lamps}
        counting = any(countdown is not None for _, countdown in told.values())
        if not counting or told != self._told or self._moved_ns is None:
            self._moved_ns = stamp_ns
        self._told = told
        return self._moved_ns + self._still_ns

    def _follow(self, lamps: list[Lamp], stamp_ns: int) -> None:
        """Find out where in the plan's cycle the controller is, by the newest plan that fits."""
        self._followed = frozenset()
        self._steps.clear()
        for program in dict.fromkeys((self._newest_plan, self._program)):
            if program is None:
                continue
            began_ns = self._cycle_began_ns if program is self._program else None
            expected_ns = None if began_ns is None else (stamp_ns - began_ns) % program.cycle_ns
            place = program.locate(lamps, expected_ns)
            if place is not None:
                self._program, self._cycle_began_ns = program, stamp_ns - place.at_ns
                self._followed = place.lamps
                break
        planned = [lamp for lamp in lamps if self._newest_plan and lamp.number in self._newest_plan]
        counting = {lamp.number for lamp in planned if lamp.countdown_s is not None}
        self._contradicted = bool(counting) and not (counting <= self._followed and self._program is self._newest_plan)

    def _look_for_conflict(self, lamps: Iterable[Lamp], stamp_ns: int) -> None:
        green = {self._phases[lamp.number].id for lamp in lamps if lamp.colour in GREEN}
        for one, other in self._conflicts:
            if one in green and other in green:
                self.latch.trip((one, other), stamp_ns)

    def phases(self, now_ns: int) -> list[PhaseView]:
        """Return all phases as they are at `now_ns`."""
        return [self._phase(phase, now_ns) for phase in self._settings.phases]

    def _phase(self, phase: PhaseSettings, now_ns: int) -> PhaseView:
        record, fresh_ns = self._records[phase.lamp], self._settings.fresh_ns
        age_ns = None if record.seen_ns is None else now_ns - record.seen_ns
        if age_ns is None or age_ns > fresh_ns + MARKED_NS or record.colour == "unknown" or phase.lamp in self._others:
            return PhaseView(phase.id, phase, [])
        stale_ns = age_ns if age_ns > fresh_ns else 0
        if phase.lamp in self._followed and self._program is not None and self._cycle_began_ns is not None:
            steps = self._announced(phase.lamp, now_ns, self._program, self._cycle_began_ns)
            return PhaseView(phase.id, phase, steps, True, stale_ns)
        return PhaseView(phase.id, phase, record.steps(now_ns), False, stale_ns)

    def _announced(self, lamp: int, now_ns: int, program: Program, began_ns: int) -> list[Step]:
        """Return a lamp's steps by the plan: those of the tick before, as long as the running step lasts."""
        steps = self._steps.get(lamp)
        if steps is None or not steps[0].start_ns <= now_ns < (steps[0].end_ns or 0):
            steps = program.ahead(lamp, (now_ns - began_ns) % program.cycle_ns, now_ns)
            self._steps[lamp] = steps
        return steps

    def ahead(self, now_ns: int) -> dict[int, list[Step]]:
        """Return lamp number -> its steps from `now_ns` on, as in `phases`."""
        return {view.settings.lamp: view.steps for view in self.phases(now_ns)}

    def conditions(self, now_ns: int) -> Iterable[Reason]:
        """Yield the gate's reason codes that hold now."""
        if self.stamp_ns is None or self._receipt_ns is None:
            yield SignalReason.NO_SIGNAL
            if self._others:
                yield SignalReason.LAMP_MISMATCH
            return
        fresh_ns, age_ns = self._settings.fresh_ns, now_ns - self.stamp_ns
        if age_ns > fresh_ns + MARKED_NS + UNAVAILABLE_NS:
            yield SignalReason.SIGNAL_LOST
        elif age_ns > fresh_ns + MARKED_NS:
            yield SignalReason.SIGNAL_UNAVAILABLE
        elif age_ns > fresh_ns:
            yield SignalReason.SIGNAL_STALE
        if age_ns > fresh_ns and now_ns - self._receipt_ns <= fresh_ns:
            yield SignalReason.SIGNAL_FROZEN
        elif any(record.still for record in self._records.values()):
            yield SignalReason.LAMP_FROZEN
        if self._missing:
            yield SignalReason.LAMP_MISSING
        if self._others:
            yield SignalReason.LAMP_MISMATCH
        if self._contradicted:
            yield SignalReason.PLAN_MISMATCH
        if not self._followed >= self._phases.keys():
            yield SignalReason.NO_SIGNAL_PLAN
        if self.latch.held is not None:
            yield SignalReason.CONFLICTING_GREENS


def _merged(lamp: Lamp, merge_flashing_green: bool) -> Lamp:
    """Return a lamp without the flash at the end of green, where that is merged."""
    if merge_flashing_green and lamp.colour == "flashing-green":
        return Lamp(lamp.number, lamp.angle_deg, lamp.type, "green", lamp.countdown_s)
    return lamp
