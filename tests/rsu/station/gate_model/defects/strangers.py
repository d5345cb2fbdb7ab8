"""Strangers that speak under the controller's address."""

from __future__ import annotations

import random

from hw.signal.contents import JunctionPlace
from hw.signal.messages import Address, Kind, Object
from perception.objects import Lamp, LampPlan
from sim.gat1743 import encode_lamp_colours, encode_plan
from tests.rsu.station.gate_model.controller import LATENCY_NS, SITE, Datagram, ModelView, octets, truth, wrap
from tests.rsu.station.gate_model.defects.base import MS, Chance, other
from tests.rsu.station.gate_model.world import GROUPS


class Forged(Chance):
    """A second stream: contrary lamps, a second apart, `after_ms` after the controller's own."""

    after_ms = 500
    ahead_ms = 0
    region, number, place = 440304, 0xFFFF, SITE

    def tick(self, model: ModelView) -> None:
        if model.now_ns // (100 * MS) % 10 == self.after_ms // 100:
            lamps = self.forge(truth(model.world))
            message = wrap(
                Object.LAMP_COLOURS, encode_lamp_colours(self.place, lamps), model.now_ns + self.ahead_ms * MS
            )
            sender = Address(self.region, Kind.SIGNAL_CONTROLLER, self.number)
            model.wire.put(model.now_ns + 5 * MS, Datagram(octets(message._replace(sender=sender))))

    def forge(self, lamps: list[Lamp]) -> list[Lamp]:
        """Return the red phases as green, if no other phase in conflict has it: the other road's turn."""
        return [
            other(
                lamp,
                colour="red" if lamp.colour in ("green", "flashing-green", "yellow") else "green",
                countdown_s=15.0,
            )
            if lamp.angle_deg in (0, 180) or lamp.colour != "red"
            else lamp
            for lamp in lamps
            if lamp.type != 8
        ]


class ForgedAhead(Forged):
    """0.9 s ahead: these stamps are not believed."""

    ahead_ms = 900


class ForgedJustAhead(Forged):
    """As far ahead as is believed."""

    after_ms, ahead_ms = 900, 90


class ForgedBehind(Forged):
    ahead_ms = -3000


class ForgedCountdowns(Forged):
    """The right colours with other countdowns."""

    def forge(self, lamps: list[Lamp]) -> list[Lamp]:
        return [other(lamp, countdown_s=25.0) for lamp in lamps]


class OtherRegion(Forged):
    region = 440305


class OtherPlace(Forged):
    place = JunctionPlace(22.5491, 114.0579)


class ForgedPlan(Forged):
    """Plans of another junction, again and again."""

    def tick(self, model: ModelView) -> None:
        if model.now_ns // (100 * MS) % 10 == 5:
            told = [
                LampPlan(g.number, g.angle, g.type, [("green", 30.0), ("yellow", 3.0), ("red", 27.0)]) for g in GROUPS
            ]
            model.wire.put(
                model.now_ns, Datagram(octets(wrap(Object.CURRENT_PLAN, encode_plan(SITE, told), model.now_ns)))
            )


class Replayed(Chance):
    """Reports of some seconds ago, again, among the true reports."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.heard: list[Datagram] = []

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        self.heard = [*self.heard[-60:], datagram]
        again = self.chance.choice(self.heard)
        return [(LATENCY_NS, datagram), (500 * MS, Datagram(again.data))]
