"""A controller that hangs, or leaves something out."""

from __future__ import annotations

from perception.objects import Lamp
from tests.rsu.station.gate_model.controller import LATENCY_NS, Datagram, ModelView
from tests.rsu.station.gate_model.defects.base import Chance, other


class Hung(Chance):
    """The same octets every second."""

    stands = True
    kept: Datagram | None = None

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        if datagram.lamps or self.kept is not None:
            self.kept = self.kept or datagram
            return [(LATENCY_NS, self.kept)]
        return []


class HungWithAClock(Chance):
    """The same content every second, under new times."""

    stands = True
    kept: list[Lamp] | None = None
    true: frozenset[int] = frozenset()
    at_ns = 0

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        if self.kept is None:
            self.kept, self.at_ns = lamps, model.now_ns
        return self.kept

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return [(LATENCY_NS, datagram._replace(captured_ns=self.at_ns or model.now_ns))]


class LampMissing(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [lamp for lamp in lamps if lamp.number != self.lamp]


class HalfMissing(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [lamp for lamp in lamps if lamp.number % 2 == self.lamp % 2]


class Empty(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return []


class Unclear(Chance):
    """A lamp in no known colour."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, colour="unknown") if lamp.number == self.lamp else lamp for lamp in lamps]


class Flicker(Chance):
    """Lamps come and go."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [lamp for lamp in lamps if self.chance.random() < 0.6]


class ToldTwice(Chance):
    """A lamp told of twice, in two colours."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        found = next(lamp for lamp in lamps if lamp.number == self.lamp)
        return [*lamps, other(found, colour="green" if found.colour != "green" else "red")]
