"""Reports of the lamps, the plan behind them, and a view of both."""

from __future__ import annotations

from collections.abc import Sequence

from perception.objects import Lamp, LampPlan, SignalPlan, SignalState
from rsu.site.signal import PhaseSettings, SignalSettings
from rsu.station.checks.signals import SignalView

S = 1_000_000_000
MS = 1_000_000
SETTINGS = SignalSettings(
    device="signal",
    nominal_interval_ms=1000,
    phases=[PhaseSettings(id=1, lamp=1), PhaseSettings(id=2, lamp=2, green="permissive")],
    conflicts=[(1, 2)],
)
PLANS = [
    LampPlan(number=1, angle_deg=0, type=1, steps=[("green", 20.0), ("yellow", 3.0), ("red", 27.0)]),
    LampPlan(number=2, angle_deg=90, type=1, steps=[("red", 25.0), ("green", 20.0), ("yellow", 3.0), ("red", 2.0)]),
]
Shown = tuple[str, float | None]


def state(stamp_ns: int, *shown: Shown, receipt_ns: int | None = None, repeated: bool = False) -> SignalState:
    lamps = [Lamp(number, 90 * (number - 1), 1, *each) for number, each in enumerate(shown, 1)]
    return reported(stamp_ns, lamps, stamp_ns if receipt_ns is None else receipt_ns, repeated)


def reported(stamp_ns: int, lamps: Sequence[Lamp], receipt_ns: int, repeated: bool = False) -> SignalState:
    return SignalState(device="signal", stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=list(lamps), repeated=repeated)


def planned(plans: list[LampPlan] = PLANS) -> SignalPlan:
    return SignalPlan(device="signal", stamp_ns=0, receipt_ns=0, lamps=plans)


def view(plans: list[LampPlan] | None = PLANS, **changes: object) -> SignalView:
    made = SignalView(SETTINGS.model_copy(update=changes))
    if plans is not None:
        made.plan(planned(plans))
    return made


def at(second: float) -> tuple[tuple[str, float], tuple[str, float]]:
    t = second % 50
    first = next((c, e - t) for c, e in [("green", 20.0), ("yellow", 23.0), ("red", 50.0)] if t < e)
    second_ = next((c, e - t) for c, e in [("red", 25.0), ("green", 45.0), ("yellow", 48.0), ("red", 75.0)] if t < e)
    return first, second_


def colours(made: SignalView, now_ns: int) -> list[str | None]:
    return [phase.steps[0].colour if phase.steps else None for phase in made.phases(now_ns)]
