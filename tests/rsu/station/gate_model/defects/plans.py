"""Plans that are not so."""

from __future__ import annotations

import random

from hw.signal.messages import Message, Object
from perception.objects import LampPlan
from tests.rsu.station.gate_model.controller import ModelView
from tests.rsu.station.gate_model.defects.base import Chance, other
from tests.rsu.station.gate_model.world import PROGRAMME, longer


class OtherPlan(Chance):
    """The plan of another cycle."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.told = longer(PROGRAMME, chance.choice([-2, 3, 10, 25]))

    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return [other(plan, steps=self.told[plan.number]) for plan in plans]


class PlanOfTheNext(Chance):
    """Every lamp has the plan of the next one."""

    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return [other(plan, steps=plans[(index + 1) % len(plans)].steps) for index, plan in enumerate(plans)]


class PlanAllGreen(Chance):
    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return [other(plan, steps=[("green", 60.0)]) for plan in plans]


class PlanWithoutYellow(Chance):
    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return [other(plan, steps=[("red" if c == "yellow" else c, s) for c, s in plan.steps]) for plan in plans]


class PlanWithEmptySteps(Chance):
    """Steps of no length between the real ones."""

    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return [
            other(
                plan,
                steps=[each for step in plan.steps for each in (step, (self.chance.choice(["green", "red"]), 0.0))],
            )
            for plan in plans
        ]


class NoPlan(Chance):
    def message(self, message: Message, model: ModelView) -> Message | None:
        return None if message.object == Object.CURRENT_PLAN else message


class EmptyPlan(Chance):
    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        return []
