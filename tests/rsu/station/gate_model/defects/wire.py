"""Defects of datagrams on their way."""

from __future__ import annotations

from tests.rsu.station.gate_model.controller import LATENCY_NS, Datagram, ModelView
from tests.rsu.station.gate_model.defects.base import MS, Chance
from tests.rsu.station.gate_model.world import S


class Silent(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return []


class Lossy(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return [] if self.chance.random() < 0.5 else super().send(datagram, model)


class Late(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return [(self.chance.choice([100, 300, 480, 600, 1500, 3000]) * MS, datagram)]


class Doubled(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return [(LATENCY_NS, datagram), (self.chance.choice([21, 80, 180, 250, 700, 1200]) * MS, datagram)]


class Reordered(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        return [(self.chance.choice([20, 20, 1050, 2100]) * MS, datagram)]


class Burst(Chance):
    """Everything of some seconds at once."""

    hidden_s = 1.0

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        span = 4 * S
        return [(span - model.now_ns % span, datagram)]


class Damaged(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        data = bytearray(datagram.data)
        for _ in range(self.chance.randrange(0, 3)):
            data[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        changed = bytes(data)
        return [(LATENCY_NS, datagram if changed == datagram.data else Datagram(changed))]


class Torn(Chance):
    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        if self.chance.random() < 0.5:
            return super().send(datagram, model)
        length = self.chance.randrange(len(datagram.data) - 1)  # without its last octet, a delimiter, it would be whole
        return [(LATENCY_NS, Datagram(datagram.data[:length]))]


class Noise(Chance):
    def tick(self, model: ModelView) -> None:
        model.wire.put(model.now_ns, Datagram(self.chance.randbytes(self.chance.randrange(300))))
