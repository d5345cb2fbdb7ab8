"""Clocks: the controller's and ours."""

from __future__ import annotations

from tests.rsu.station.gate_model.controller import ModelView
from tests.rsu.station.gate_model.defects.base import MS, Chance


class ControllerClock(Chance):
    """The controller's clock is off by so much."""

    def begin(self, model: ModelView) -> None:
        model.controller_off_ns = self.chance.choice([-3_600_000, -60_000, -1000, -400, 90, 400, 1000, 28_800_000]) * MS

    def end(self, model: ModelView) -> None:
        model.controller_off_ns = 0


class ControllerDrift(Chance):
    def tick(self, model: ModelView) -> None:
        model.controller_off_ns += 300_000  # 3 ms/s

    def end(self, model: ModelView) -> None:
        model.controller_off_ns = 0


class OurClock(Chance):
    """Our clock is set; GNSS goes on."""

    def begin(self, model: ModelView) -> None:
        model.stepped_ns += (
            self.chance.choice([-28_800_000, -60_000, -1000, -120, 120, 1000, 37_000, 60_000, 28_800_000]) * MS
        )

    def end(self, model: ModelView) -> None:
        model.stepped_ns = 0


class OurClockAgain(Chance):
    """Our clock is set again and again."""

    def tick(self, model: ModelView) -> None:
        if self.chance.random() < 0.02:
            model.stepped_ns = self.chance.choice([0, 0, -60_000, -1000, 1000, 60_000]) * MS

    def end(self, model: ModelView) -> None:
        model.stepped_ns = 0


class OurDrift(Chance):
    """Our oscillator is 1 ms/s fast."""

    def tick(self, model: ModelView) -> None:
        model.drifted_ns += 100_000

    def end(self, model: ModelView) -> None:
        model.drifted_ns = 0
