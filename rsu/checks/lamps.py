"""One lamp of a signal controller between two reports: which colour now, and when it changes.

The controller reports colour and whole seconds left, typically once a second, and the plan tells the steps of the
cycle. Counting on from there gives the state at any time. The countdown of a steady green runs to the end of the
green flash (as seen on real controllers), so the plan splits the two.
"""

from __future__ import annotations

from typing import NamedTuple

from perception.objects import Lamp, LampPlan

JUMP_NS = 1_500_000_000  # whole-second countdowns differ by up to 1 s without having jumped
_S = 1_000_000_000


class Step(NamedTuple):
    """One colour from `start_ns` to `end_ns`; None: its end is not known."""

    colour: str
    start_ns: int
    end_ns: int | None


class LampClock:
    """Counts one lamp on from its last report."""

    def __init__(self, merge_flashing_green: bool) -> None:
        self._merge = merge_flashing_green
        self._steps: list[tuple[str, int]] = []  # (colour, duration ns) over one cycle
        self._cycle_ns = 0
        self._fresh: list[tuple[str, int]] | None = None  # a plan that no report has met yet
        self._now: Step | None = None
        self._index: int | None = None  # of the current step in the plan
        self._ahead: list[Step] = []  # as told last; it holds until a report comes or its first step ends
        self.jumps = 0

    def plan(self, plan: LampPlan) -> None:
        """Take the steps of the running plan; they hold from the next report on."""
        steps: list[tuple[str, int]] = []
        for colour, seconds in plan.steps:
            colour = "green" if self._merge and colour == "flashing-green" else colour
            if steps and steps[-1][0] == colour:
                steps[-1] = (colour, steps[-1][1] + round(seconds * _S))
            else:
                steps.append((colour, round(seconds * _S)))
        if len(steps) > 1 and steps[0][0] == steps[-1][0]:  # one step across the end of the cycle
            steps[-1] = (steps[-1][0], steps[-1][1] + steps.pop(0)[1])
        self._fresh = [step for step in steps if step[1] > 0]

    @property
    def planned(self) -> bool:
        """Tell whether the steps after the current one are known."""
        return self._index is not None

    def report(self, lamp: Lamp, stamp_ns: int) -> None:
        """Take the colour and countdown that were true at `stamp_ns`."""
        current = self.at(stamp_ns)
        if self._fresh is not None:
            self._steps, self._fresh = self._fresh, None
            self._cycle_ns = sum(duration for _, duration in self._steps)
        colour = "green" if self._merge and lamp.colour == "flashing-green" else lamp.colour
        left = None if lamp.countdown is None else round(lamp.countdown * _S)
        index = self._find(colour, left)
        if left is not None and index is not None and colour == "green":
            left = max(0, left - self._flash_after(index))
        end = None if left is None else stamp_ns + left
        if current is not None and current.colour == colour and current.end_ns is not None and end is not None:
            if abs(end - current.end_ns) <= JUMP_NS:
                end = current.end_ns  # the same end, rounded to another second
            else:
                self.jumps += 1
        self._index = index
        self._now = Step(colour, stamp_ns, end)
        self._ahead = []

    def _find(self, colour: str, left_ns: int | None) -> int | None:
        """Return the plan's step that fits a report: the shortest of that colour that can have so much left."""
        fits = [
            (duration, index)
            for index, (name, duration) in enumerate(self._steps)
            if name == colour and (left_ns is None or duration + self._flash_after(index) + _S >= left_ns)
        ]
        return min(fits)[1] if fits else None

    def _flash_after(self, index: int) -> int:
        colour, duration = self._steps[(index + 1) % len(self._steps)]
        return duration if self._steps[index][0] == "green" and colour == "flashing-green" else 0

    def at(self, now_ns: int) -> Step | None:
        """Return the step that runs at `now_ns`; None when nothing is known (any more)."""
        return self._running(now_ns)[0]

    def ahead(self, now_ns: int) -> list[Step]:
        """Return the running step and those that follow, each colour once, as far as the plan tells."""
        if self._ahead and (end_ns := self._ahead[0].end_ns) is not None and self._ahead[0].start_ns <= now_ns < end_ns:
            return self._ahead
        step, index = self._running(now_ns)
        if step is None:
            return []
        steps = {step.colour: step}
        for _ in range(len(self._steps) - 1):
            if step.end_ns is None or index is None:
                break
            step, index = self._after(step.end_ns, index)
            steps.setdefault(step.colour, step)
        self._ahead = list(steps.values())
        return self._ahead

    def _running(self, now_ns: int) -> tuple[Step | None, int | None]:
        """Return the running step and its place in the plan, each None where it is not known."""
        step, index = self._now, self._index
        cycle = self._cycle_ns
        if step and index is not None and step.end_ns is not None and now_ns - step.end_ns > cycle > 0:
            # whole cycles at once: after a day of silence there would be thousands of steps
            late = (now_ns - step.end_ns) // cycle * cycle
            step = Step(step.colour, step.start_ns + late, step.end_ns + late)
        while step and step.end_ns is not None and step.end_ns <= now_ns:
            if index is None:
                return None, None
            step, index = self._after(step.end_ns, index)
        return step, index

    def _after(self, start_ns: int, index: int) -> tuple[Step, int]:
        index = (index + 1) % len(self._steps)
        colour, duration = self._steps[index]
        return Step(colour, start_ns, None if len(self._steps) == 1 else start_ns + duration), index
