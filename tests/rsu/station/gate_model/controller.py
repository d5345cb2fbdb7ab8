"""The controller of the gate's model: makes real GA/T 1743 bytes of the world, through a defect."""

from __future__ import annotations

import heapq
import math
from typing import NamedTuple

from hw.signal.contents import JunctionPlace
from hw.signal.framing import encode_frame
from hw.signal.messages import Address, Kind, Message, Object, Operation, encode
from perception.objects import Lamp, LampPlan
from sim.gat1743 import encode_lamp_colours, encode_plan
from tests.rsu.station.gate_model.world import GROUPS, S, World

REGION = 440304
SITE = JunctionPlace(22.5431, 114.0579)
US = Address(REGION, Kind.ROADSIDE_UNIT, 0xFFFF)
LATENCY_NS = 20_000_000


class Datagram(NamedTuple):
    """Bytes on their way; of true reports, their lights and the time of these."""

    data: bytes
    captured_ns: int = 0
    lamps: frozenset[int] = frozenset()


class Wire:
    """Octets on their way to us."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Datagram]] = []
        self._order = 0

    def put(self, due_ns: int, datagram: Datagram) -> None:
        """Let bytes arrive at a time."""
        self._order += 1
        heapq.heappush(self._heap, (due_ns, self._order, datagram))

    def arrived(self, now_ns: int) -> list[tuple[int, Datagram]]:
        """Return the octets that have arrived, with its times."""
        found = []
        while self._heap and self._heap[0][0] <= now_ns:
            due_ns, _, datagram = heapq.heappop(self._heap)
            found.append((due_ns, datagram))
        return found

    def clear(self) -> None:
        """Lose everything."""
        self._heap.clear()


class Defect:
    """A defect that lasts for a while; this one does nothing. Overridden by each kind."""

    stands = False  # its countdowns stand: that shows after a second
    hidden_s = 0.0  # error beyond any receiver's knowledge: a constant delay looks like a clock that is slow

    def begin(self, model: ModelView) -> None:
        """Start."""

    def end(self, model: ModelView) -> None:
        """Be over."""

    def tick(self, model: ModelView) -> None:
        """Do something of its own, ten times a second."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        """Return the report instead of the truth."""
        return lamps

    def plans(self, plans: list[LampPlan], model: ModelView) -> list[LampPlan]:
        """Return the plan that is told instead of the real one."""
        return plans

    def message(self, message: Message, model: ModelView) -> Message | None:
        """Return the octets sent instead; None: nothing."""
        return message

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        """Return the octets that arrive, and after how many ns."""
        return [(LATENCY_NS, datagram)]


class ModelView:
    """The parts that a defect may touch."""

    world: World
    wire: Wire
    now_ns: int  # true time
    controller_off_ns: int = 0  # the controller's clock against UTC
    stepped_ns: int = 0  # our system clock against steady time
    drifted_ns: int = 0  # our oscillator against true time


def truth(world: World) -> list[Lamp]:
    """Return an honest controller's report: whole seconds, rounded up."""
    found = []
    for group in GROUPS:
        left = world.left_s(group.number)
        countdown = None if left is None or left > 254 else float(math.ceil(left - 1e-6)) or None
        found.append(Lamp(group.number, group.angle, group.type, world.colour(group.number), countdown))
    return found


def plans(world: World) -> list[LampPlan]:
    """Return the programme as a controller tells it."""
    return [LampPlan(g.number, g.angle, g.type, world.programme[g.number]) for g in GROUPS]


def wrap(item: Object, content: bytes, time_ns: int, operation: Operation = Operation.BROADCAST) -> Message:
    """Return a message of the site's controller."""
    return Message(Address(REGION, Kind.SIGNAL_CONTROLLER, 0xFFFF), US, time_ns, operation, item, content)


def octets(message: Message) -> bytes:
    """Return a message's datagram."""
    return encode_frame(encode(message))


def _is_news(lamp: Lamp, world: World) -> bool:
    """Tell whether a report of a lamp is true, or says red already where yellow is."""
    shown = world.colour(lamp.number)
    return lamp.colour == shown or (lamp.colour, shown) == ("red", "yellow")


class Controller:
    """Reports at its pace, tells its plan at the beginning of a cycle and when asked."""

    def __init__(self, period_ns: int = S) -> None:
        self._period_ns = period_ns
        self._next_ns = 0
        self._cycle_s = 0.0

    def step(self, model: ModelView, defect: Defect, asked: bool) -> None:
        """Begin and end the defects that are due."""
        world = model.world
        if asked or world.cycle_s < self._cycle_s:
            told = defect.plans(plans(world), model)
            self._send(
                wrap(Object.CURRENT_PLAN, encode_plan(SITE, told), self._time(model)), model, defect, frozenset()
            )
        self._cycle_s = world.cycle_s
        if model.now_ns >= self._next_ns:
            self._next_ns = model.now_ns + self._period_ns
            lamps = defect.lamps(truth(world), model)
            true = frozenset(lamp.number for lamp in lamps if _is_news(lamp, world))
            content = encode_lamp_colours(SITE, lamps)
            self._send(wrap(Object.LAMP_COLOURS, content, self._time(model)), model, defect, true)

    def _time(self, model: ModelView) -> int:
        return model.now_ns + model.controller_off_ns

    def _send(self, message: Message, model: ModelView, defect: Defect, lamps: frozenset[int]) -> None:
        sent = defect.message(message, model)
        if sent is None:
            return
        for delay_ns, datagram in defect.send(Datagram(octets(sent), model.now_ns, lamps), model):
            model.wire.put(model.now_ns + delay_ns, datagram)
