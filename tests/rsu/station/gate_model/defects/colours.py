"""Colours that are not so."""

from __future__ import annotations

import random

from perception.objects import Lamp
from tests.rsu.station.gate_model.controller import ModelView
from tests.rsu.station.gate_model.defects.base import Chance, other
from tests.rsu.station.gate_model.world import GROUPS


class Swapped(Chance):
    """Two lamps under each other's numbers."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        motor = [g.number for g in GROUPS if g.movement in ("left", "straight")]
        self.pair = tuple(chance.sample(motor, 2))

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        one, two = self.pair
        return [other(lamp, number={one: two, two: one}.get(lamp.number, lamp.number)) for lamp in lamps]


class ShiftedMap(Chance):
    """All lamps under the number of the next arm."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, number=(lamp.number + 3) % 16 + 1) for lamp in lamps]


class AllGreen(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, colour="green", countdown_s=self.chance.choice([None, 20.0])) for lamp in lamps]


class TwoGreen(Chance):
    """A lamp green whatever it shows, for one report now and then."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        wrong = self.chance.random() < 0.2
        return [
            other(lamp, colour="green", countdown_s=9.0) if wrong and lamp.number == self.lamp else lamp
            for lamp in lamps
        ]


class NoYellow(Chance):
    """Red is told where yellow is shown."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, colour="red", countdown_s=None) if lamp.colour == "yellow" else lamp for lamp in lamps]


class YellowBeforeGreen(Chance):
    """Yellow is told at the end of red."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, colour="yellow") if lamp.colour == "red" and (lamp.countdown_s or 99) <= 3 else lamp
            for lamp in lamps
        ]


class GreenTooEarly(Chance):
    """Green is told 10 s before it comes, in one report; then the truth again."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, colour="green", countdown_s=15.0)
            if lamp.number == self.lamp and lamp.colour == "red" and lamp.countdown_s == 10
            else lamp
            for lamp in lamps
        ]
