"""The lights that platform, page and perception get: those that the guard lets pass, no others."""

from __future__ import annotations

import pytest

from perception.objects import Lamp, LampPlan, SignalPlan, SignalState
from rsu.bus.latch import ConflictLatch
from rsu.site.signal import PhaseSettings, SignalSettings
from rsu.station import views
from rsu.station.signals import Signals, SignalsNow
from v2x.records.common import NodeReferenceId

S = 1_000_000_000
SETTINGS = SignalSettings(device="s", phases=[PhaseSettings(id=1, lamp=1), PhaseSettings(id=2, lamp=2)])
Shown = tuple[str, float | None]


class Story:
    def __init__(self) -> None:
        self.signals = Signals(SETTINGS, [(1, 2)], NodeReferenceId(id=1), ConflictLatch())
        self.now = 1000 * S

    def tell(self, *shown: Shown) -> SignalsNow:
        """Report lamps 1 and 2, and lamp 9 of no phase; return the lights told a tick later."""
        lamps = [Lamp(number, 0, 1, *each) for number, each in zip((1, 2, 9), shown, strict=False)]
        self.signals.take(SignalState(device="s", stamp_ns=self.now, receipt_ns=self.now, lamps=lamps))
        told = self.signals.tick(self.now, 0, 0)
        self.now += S // 2
        return told

    def wait(self, seconds: float) -> SignalsNow:
        for _ in range(round(seconds * 2)):
            told = self.signals.tick(self.now, 0, 0)
            self.now += S // 2
        return told


def colours(told: SignalsNow) -> list[str]:
    assert told.lamps is not None
    return [lamp.colour for lamp in told.lamps.lamps]


def test_what_is_known_is_told_everywhere() -> None:
    told = Story().tell(("green", 9.0), ("red", 20.0), ("yellow", 2.0))
    assert [(phase.light, phase.left_s) for phase in told.phases] == [("protected-green", 9.0), ("red", 20.0)]
    assert colours(told) == ["green", "red", "yellow"]
    assert {lamp: [step.colour for step in steps] for lamp, steps in told.ahead.items()} == {1: ["green"], 2: ["red"]}
    assert [(head.light, head.countdown_s) for head in views.signals(told.phases)] == [
        ("protected-green", 9.0), ("red", 20.0),
    ]  # fmt: skip


def test_what_the_guard_hides_is_hidden_everywhere() -> None:
    story = Story()
    story.tell(("green", 9.0), ("red", 20.0))
    told = story.tell(("red", 30.0), ("red", 19.0))
    assert told.conditions >= {"impossible-sequence"}
    assert [phase.light for phase in told.phases] == ["unavailable", "red"]
    assert colours(told) == ["unknown", "red"] and told.ahead[1] == []
    assert told.lamps is not None and told.lamps.lamps[0].countdown_s is None


@pytest.mark.parametrize(
    ("end", "condition"), [("latch", "conflicting-greens"), ("silence", "signal-lost"), ("silence", "no-signal-plan")]
)
def test_nothing_is_told_of_a_controller_that_is_not_believed(end: str, condition: str) -> None:
    story = Story()
    told = story.tell(("green", 9.0), ("red", 20.0), ("red", 20.0))
    told = story.tell(("green", 8.5), ("green", 9.0), ("red", 19.0)) if end == "latch" else story.wait(10)
    assert condition in told.conditions
    assert {phase.light for phase in told.phases} == {"unavailable"}
    assert colours(told) == ["unknown"] * 3 and told.ahead == {1: [], 2: []}


def test_before_the_first_report_nothing_is_known() -> None:
    told = Story().wait(0.5)
    assert told.message is None and told.lamps is None and {phase.light for phase in told.phases} == {"unavailable"}


def test_a_second_controller_is_not_broadcast() -> None:
    story = Story()
    before = story.tell(("green", 9.0), ("red", 20.0))
    other = [Lamp(1, 0, 1, "red", 30.0), Lamp(2, 0, 1, "green", 30.0)]
    story.signals.take(SignalState(device="spare", stamp_ns=story.now, receipt_ns=story.now, lamps=other))
    plan = [LampPlan(1, 0, 1, [("red", 60.0)])]
    story.signals.take(SignalPlan(device="spare", stamp_ns=story.now, receipt_ns=story.now, lamps=plan))
    told = story.signals.tick(story.now, 0, 0)
    assert [phase.light for phase in told.phases] == [phase.light for phase in before.phases]
    assert told.conditions == before.conditions
