"""Real events at the crossing that no plan expects."""

from __future__ import annotations

from tests.rsu.station.gate_model.controller import ModelView
from tests.rsu.station.gate_model.defects.base import Chance
from tests.rsu.station.gate_model.world import PROGRAMME, longer


class PlanChange(Chance):
    """Another programme from the next cycle on, told when it begins."""

    waits = True

    def tick(self, model: ModelView) -> None:
        if self.waits and model.world.cycle_s < 0.05:
            model.world.programme, self.waits = longer(PROGRAMME, self.chance.choice([4, 10, 20])), False

    def end(self, model: ModelView) -> None:
        model.world.programme, model.world.cycle_s = PROGRAMME, 50.0


class Skips(Chance):
    """The controller jumps in its cycle, now and then: phases are skipped or come again."""

    def tick(self, model: ModelView) -> None:
        if self.chance.random() < 0.01:
            model.world.cycle_s = self.chance.choice([19.0, 29.0, 49.0, 59.5])  # all red, or just before


class Extended(Chance):
    """Held in a green for some seconds, as vehicles ask for it; the countdown stands meanwhile."""

    def tick(self, model: ModelView) -> None:
        at = model.world.cycle_s
        if 8.0 < at < 8.2 or 38.0 < at < 38.2:
            model.world.cycle_s = at - (0.1 if self.chance.random() < 0.97 else 0.0)


class Manual(Chance):
    def begin(self, model: ModelView) -> None:
        model.world.held = True

    def end(self, model: ModelView) -> None:
        model.world.held = False


class Everywhere(Chance):
    colour = "flashing-yellow"

    def begin(self, model: ModelView) -> None:
        model.world.everywhere = self.colour

    def end(self, model: ModelView) -> None:
        model.world.everywhere, model.world.cycle_s = None, 59.0


class Dark(Everywhere):
    colour = "dark"


class FlashingRed(Everywhere):
    colour = "flashing-red"


class AllRed(Everywhere):
    colour = "red"


class ReallyAllGreen(Everywhere):
    colour = "green"


class Stuck(Chance):
    """A lamp that really shows one colour for ever, in no relation to the others."""

    def begin(self, model: ModelView) -> None:
        model.world.stuck[self.lamp] = self.chance.choice(["green", "red", "dark"])

    def end(self, model: ModelView) -> None:
        model.world.stuck.clear()
