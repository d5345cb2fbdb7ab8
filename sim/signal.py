"""The emulated signal controller: GA/T 1743, fixed time, in step with the signals that the world's traffic obeys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import ClassVar

from perception.objects import Lamp, LampPlan
from sim import gat1743, signal_faults
from sim.bench import Bench, SignalSpec
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from sim.signal_faults import FORGED, HUNG, LONGER_S, OTHER_PLAN, WRONG_REGION
from sim.signals import SignalGroup, SignalProgramme, load


class SignalController(Emulator):
    """Pushes lamp colours at a fixed rate and the plan when a cycle begins; answers queries for the plan."""

    FAULTS: ClassVar[Mapping[str, str]] = signal_faults.FAULTS

    def __init__(self, name: str, spec: SignalSpec, bench: Bench) -> None:
        self.period_ns = spec.period_ms * 1_000_000
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._place = bench.reference.latitude_deg, bench.reference.longitude_deg
        self._signals = load()
        self._last: Write | None = None  # its last report

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the lamp colours, and before them the plan at the first capture of a cycle."""
        if self.fault == HUNG and self._last is not None:
            return [self._last]
        plan = [self._plan(gat1743.BROADCAST, frame.stamp_ns)] if frame.cycle_s * 1e9 < self.period_ns else []
        true = lamps_at(self._signals, frame.cycle_s)
        self._last = self._report(signal_faults.reported(self.fault, true, number), frame.stamp_ns)
        forged = [self._forged(true, frame.stamp_ns)] if self.fault == FORGED else []
        return [*plan, self._last, *forged]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer every query for the plan; like real controllers, ignore messages that are not understood."""
        asked = gat1743.asked(data).count(gat1743.CURRENT_PLAN)
        return [] if self.fault == HUNG else [self._plan(gat1743.QUERY_REPLY, now_ns)] * asked

    def _plan(self, operation: int, now_ns: int) -> Write:
        longer_s = LONGER_S if self.fault == OTHER_PLAN else 0.0
        plans = []
        for group in self._signals.lamps:
            (colour, seconds), *rest = group.steps
            plans.append(LampPlan(group.number, group.angle, group.type, [(colour, seconds + longer_s), *rest]))
        return self._write(operation, gat1743.CURRENT_PLAN, gat1743.encode_plan(self._place, plans), now_ns)

    def _report(self, lamps: list[Lamp], now_ns: int) -> Write:
        content = gat1743.encode_lamp_colours(self._place, lamps)
        return self._write(gat1743.BROADCAST, gat1743.LAMP_COLOURS, content, now_ns)

    def _forged(self, lamps: list[Lamp], now_ns: int) -> Write:
        after_ns = signal_faults.FORGED_AFTER_NS
        forged = self._report(signal_faults.contrary(lamps), now_ns + after_ns + signal_faults.FORGED_AHEAD_NS)
        return forged._replace(delay_ns=forged.delay_ns + after_ns)

    def _write(self, operation: int, item: int, content: bytes, now_ns: int) -> Write:
        region = gat1743.REGION + (self.fault == WRONG_REGION)
        return Write("udp", gat1743.datagram(region, operation, item, content, now_ns), self._latency_ns)


def lamps_at(signals: SignalProgramme, cycle_s: float) -> list[Lamp]:
    """Return the state of every lamp so many seconds after the cycle began."""
    return [_lamp(group, cycle_s % signals.cycle_s) for group in signals.lamps]


def _lamp(group: SignalGroup, cycle_s: float) -> Lamp:
    colour, left_s = _until_change(group.steps, cycle_s)
    return Lamp(group.number, group.angle, group.type, colour, left_s)


def _until_change(steps: list[tuple[str, float]], cycle_s: float) -> tuple[str, float | None]:
    """Return the colour now and the seconds that a controller counts down from; None when it never changes.

    Equal colours on both sides of the cycle's end are one. A steady green counts to the end of its green flash.
    """
    ends_s = list(accumulate(duration_s for _, duration_s in steps))
    index = bisect_right(ends_s, cycle_s)
    colour, left_s = steps[index][0], ends_s[index] - cycle_s
    same = {colour, "flashing-green"} if colour == "green" else {colour}
    for later, duration_s in steps[index + 1 :] + steps[:index]:
        if later not in same:
            return colour, round(left_s, 3)
        left_s += duration_s
    return colour, None
