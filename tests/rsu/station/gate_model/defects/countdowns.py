"""Countdowns that are not so."""

from __future__ import annotations

from perception.objects import Lamp
from tests.rsu.station.gate_model.controller import ModelView
from tests.rsu.station.gate_model.defects.base import Chance, other


class Rising(Chance):
    count = 5.0

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        self.count = min(self.count + 1.0, 200.0)
        return [other(lamp, countdown_s=self.count) if lamp.number == self.lamp else lamp for lamp in lamps]


class AllRising(Rising):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        self.count = min(self.count + 1.0, 200.0)
        return [other(lamp, countdown_s=self.count) for lamp in lamps]


class Standing(Chance):
    """A countdown that stands still."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=7.0) if lamp.number == self.lamp else lamp for lamp in lamps]


class AllStanding(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=7.0) for lamp in lamps]


class RunningAway(Chance):
    """A countdown that counts twice as fast."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, countdown_s=max(1.0, lamp.countdown_s * 2 % 60))
            if lamp.countdown_s and lamp.number == self.lamp
            else lamp
            for lamp in lamps
        ]


class Jumping(Chance):
    """Countdowns of chance."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=float(self.chance.randrange(1, 60))) for lamp in lamps]


class JumpsOnce(Chance):
    done = False

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        if self.done:
            return lamps
        self.done = True
        return [other(lamp, countdown_s=(lamp.countdown_s or 1.0) + 6.0) for lamp in lamps]


class Huge(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=254.0) for lamp in lamps]


class GreenSaidSoon(Chance):
    """Every red is said to end in a second, and every green to last: north counts down, east is to turn green."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=1.0 if lamp.colour == "red" else 9.0) for lamp in lamps]


class NoCountdown(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=None) for lamp in lamps]


class LateCountdown(Chance):
    """Countdowns for the last nine seconds only, as some displays have them."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown_s=None) if (lamp.countdown_s or 0) > 9 else lamp for lamp in lamps]
