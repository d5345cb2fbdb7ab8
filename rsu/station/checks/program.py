"""A signal controller's plan: the steps of all lamps over one cycle, and where in it a report was made.

The plan counts every lamp's steps from the beginning of one cycle. So each reported colour and countdown says where in
the cycle the controller is, and they must all say the same: a lamp that does not is not announced by the plan, and a
plan that most lamps contradict is not used. The countdown of a steady green runs to the end of the green flash (as seen
on real controllers).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from perception.objects import Lamp, LampPlan
from rsu.messages.phases import Step

S = 1_000_000_000
ROUNDING_NS = S  # a countdown in whole seconds is up or down by so much
SLACK_NS = S // 2  # between two lamps of one report
JUMP_NS = 3 * S // 2  # a position that moves further has jumped


class ColourRun(NamedTuple):
    """One colour of a lamp in the cycle; the last one may go on into the next cycle."""

    colour: str
    start_ns: int
    length_ns: int
    counted_ns: int  # from its start to the end of its countdown


class Span(NamedTuple):
    """A part of the cycle in which a lamp shows the reported colours; beginning, length, and the likeliest place."""

    begin_ns: int
    length_ns: int
    likely_ns: int


class CyclePosition(NamedTuple):
    """Where in the cycle a report was made, and which lamps the plan tells of."""

    at_ns: int
    lamps: frozenset[int]


class Program:
    """One plan; lamps whose steps do not fill the cycle that most of them have are not part of it."""

    def __init__(self, plans: Iterable[LampPlan], merge_flashing_green: bool) -> None:
        lamps = {plan.number: _steps(plan, merge_flashing_green) for plan in plans}
        sums = Counter(sum(length for _, length in steps) for steps in lamps.values())
        self.cycle_ns = max(sums, key=lambda total: (sums[total], total), default=0)
        self._runs = {
            number: _runs(steps)
            for number, steps in lamps.items()
            if sum(length for _, length in steps) == self.cycle_ns > 0
        }

    def __contains__(self, number: int) -> bool:
        """Tell whether a lamp is part of the plan."""
        return number in self._runs

    def locate(self, lamps: Sequence[Lamp], expected_ns: int | None) -> CyclePosition | None:
        """Return where a report was made, None when most lamps contradict each other or none counts down.

        `expected_ns`: where it should be; of places that are as good the nearest to it is taken.
        """
        spans = {lamp.number: self._spans(lamp) for lamp in lamps if lamp.number in self._runs}
        counting = {lamp.number for lamp in lamps if lamp.number in self._runs and lamp.countdown_s is not None}
        places = [span.likely_ns for number in sorted(counting) for span in spans[number]]
        if not places:
            return None
        if expected_ns is not None:
            places.insert(0, expected_ns)
        best_ns = max(places, key=lambda at_ns: sum(self._near(each, at_ns) is not None for each in spans.values()))
        found = {number: near for number, each in spans.items() if (near := self._near(each, best_ns)) is not None}
        if 4 * len(found) < 3 * len(spans):
            return None
        shift_ns = self._shift(found.values(), best_ns, expected_ns)
        told = frozenset(
            number
            for number, (begin_ns, end_ns) in found.items()
            if begin_ns <= shift_ns <= end_ns and (number in counting or len(self._runs[number]) == 1)
        )
        return CyclePosition((best_ns + shift_ns) % self.cycle_ns, told)

    def _shift(self, found: Iterable[tuple[int, int]], best_ns: int, expected_ns: int | None) -> int:
        """Return the offset from the best place, within the bounds of all lamps, nearest to the expected one."""
        least, most = (limit(ends) for limit, ends in zip((max, min), zip(*found, strict=True), strict=True))
        apart = 0 if expected_ns is None else self._apart(best_ns, expected_ns)
        return 0 if least > most else min(max(apart if abs(apart) <= JUMP_NS else 0, least), most)

    def _apart(self, one_ns: int, other_ns: int) -> int:
        """Return the way from a place to another, the shorter one round the cycle."""
        return (other_ns - one_ns + self.cycle_ns // 2) % self.cycle_ns - self.cycle_ns // 2

    def _near(self, spans: list[Span], at_ns: int) -> tuple[int, int] | None:
        """Return beginning and end, from `at_ns`, of the span that lies there; None: there is none."""
        for begin_ns, length_ns, _ in spans:
            into = (at_ns - begin_ns) % self.cycle_ns
            if into <= length_ns + SLACK_NS:
                return -into, length_ns - into
            if self.cycle_ns - into <= SLACK_NS:
                return self.cycle_ns - into, self.cycle_ns - into + length_ns
        return None

    def _spans(self, lamp: Lamp) -> list[Span]:
        """Return the part of the cycle in which a lamp shows the colour that it reports."""
        spans = []
        for run in self._runs[lamp.number]:
            if run.colour != lamp.colour:
                continue
            first, last = run.start_ns, run.start_ns + run.length_ns - 1
            if lamp.countdown_s is None:
                spans.append(Span(first, last - first, first))
                continue
            likely = run.start_ns + run.counted_ns - round(lamp.countdown_s * S)
            begin, end = max(first, likely - ROUNDING_NS), min(last, likely + ROUNDING_NS)
            if begin <= end:
                spans.append(Span(begin, end - begin, min(max(likely, begin), end)))
        return spans

    def ahead(self, number: int, at_ns: int, now_ns: int) -> list[Step]:
        """Return the step that a lamp shows at a place in the cycle, which is now, and those that follow.

        Each colour once, as far as one cycle tells.
        """
        runs = self._runs[number]
        index = next(i for i, run in enumerate(runs) if (at_ns - run.start_ns) % self.cycle_ns < run.length_ns)
        start_ns = now_ns - (at_ns - runs[index].start_ns) % self.cycle_ns
        if len(runs) == 1:
            return [Step(runs[0].colour, start_ns, None)]
        steps: dict[str, Step] = {}
        for run in (*runs[index:], *runs[:index]):
            steps.setdefault(run.colour, Step(run.colour, start_ns, start_ns + run.length_ns))
            start_ns += run.length_ns
        return list(steps.values())


def _steps(plan: LampPlan, merge_flashing_green: bool) -> list[tuple[str, int]]:
    """Return colours and lengths in ns; equal ones that follow each other are one, empty ones are none."""
    steps: list[tuple[str, int]] = []
    for colour, seconds in plan.steps:
        name = "green" if merge_flashing_green and colour == "flashing-green" else colour
        length = round(seconds * S)
        if steps and steps[-1][0] == name:
            steps[-1] = (name, steps[-1][1] + length)
        elif length > 0:
            steps.append((name, length))
    return steps


def _runs(steps: list[tuple[str, int]]) -> list[ColourRun]:
    """Lay steps out in the cycle; one that goes on over its end is one."""
    runs: list[ColourRun] = []
    start = 0
    for colour, length in steps:
        runs.append(ColourRun(colour, start, length, length))
        start += length
    if len(runs) > 1 and runs[0].colour == runs[-1].colour:
        length = runs[-1].length_ns + runs.pop(0).length_ns
        runs[-1] = runs[-1]._replace(length_ns=length, counted_ns=length)
    flashes = [runs[(index + 1) % len(runs)] for index in range(len(runs))]
    return [
        run._replace(counted_ns=run.length_ns + flash.length_ns)
        if (run.colour, flash.colour) == ("green", "flashing-green")
        else run
        for run, flash in zip(runs, flashes, strict=True)
    ]
