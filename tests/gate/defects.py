"""What can go wrong between the lamps and us: one class a kind."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from hw.signal.contents import Place, encode_lamp_colours, encode_plan
from hw.signal.messages import Address, Kind, Message, Object
from perception.objects import Lamp, LampPlan
from tests.gate.controller import LATENCY_NS, SITE, Datagram, Defect, ModelView, octets, truth, wrap
from tests.gate.world import GROUPS, PROGRAMME, S, longer

TIMES = {group.number: [(c, s) for c, s in PROGRAMME[group.number]] for group in GROUPS}
MS = 1_000_000


def other(lamp: Lamp, **changes: object) -> Lamp:
    return msgspec.structs.replace(lamp, **changes)


class Chance(Defect):
    """A defect with a source of chance, and a lamp of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lamp = chance.choice(GROUPS).number


# --- the wire


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
        return [(LATENCY_NS, Datagram(datagram.data[: self.chance.randrange(len(datagram.data))]))]


class Noise(Chance):
    def tick(self, model: ModelView) -> None:
        model.wire.put(model.now_ns, Datagram(self.chance.randbytes(self.chance.randrange(300))))


# --- a controller that hangs or leaves something out


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


# --- colours that are not so


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
        return [other(lamp, colour="green", countdown=self.chance.choice([None, 20.0])) for lamp in lamps]


class TwoGreen(Chance):
    """A lamp green whatever it shows, for one report now and then."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        wrong = self.chance.random() < 0.2
        return [
            other(lamp, colour="green", countdown=9.0) if wrong and lamp.number == self.lamp else lamp for lamp in lamps
        ]


class NoYellow(Chance):
    """Red is told where yellow is shown."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, colour="red", countdown=None) if lamp.colour == "yellow" else lamp for lamp in lamps]


class YellowBeforeGreen(Chance):
    """Yellow is told at the end of red."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, colour="yellow") if lamp.colour == "red" and (lamp.countdown or 99) <= 3 else lamp
            for lamp in lamps
        ]


class GreenTooEarly(Chance):
    """Green is told 10 s before it comes, in one report; then the truth again."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, colour="green", countdown=15.0)
            if lamp.number == self.lamp and lamp.colour == "red" and lamp.countdown == 10
            else lamp
            for lamp in lamps
        ]


# --- countdowns that are not so


class Rising(Chance):
    count = 5.0

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        self.count = min(self.count + 1.0, 200.0)
        return [other(lamp, countdown=self.count) if lamp.number == self.lamp else lamp for lamp in lamps]


class AllRising(Rising):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        self.count = min(self.count + 1.0, 200.0)
        return [other(lamp, countdown=self.count) for lamp in lamps]


class Standing(Chance):
    """A countdown that stands still."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=7.0) if lamp.number == self.lamp else lamp for lamp in lamps]


class AllStanding(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=7.0) for lamp in lamps]


class RunningAway(Chance):
    """A countdown that counts twice as fast."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [
            other(lamp, countdown=max(1.0, lamp.countdown * 2 % 60))
            if lamp.countdown and lamp.number == self.lamp
            else lamp
            for lamp in lamps
        ]


class Jumping(Chance):
    """Countdowns of chance."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=float(self.chance.randrange(1, 60))) for lamp in lamps]


class JumpsOnce(Chance):
    done = False

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        if self.done:
            return lamps
        self.done = True
        return [other(lamp, countdown=(lamp.countdown or 1.0) + 6.0) for lamp in lamps]


class Huge(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=254.0) for lamp in lamps]


class GreenSaidSoon(Chance):
    """Every red is said to end in a second, and every green to last: north counts down, east is to turn green."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=1.0 if lamp.colour == "red" else 9.0) for lamp in lamps]


class NoCountdown(Chance):
    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=None) for lamp in lamps]


class LateCountdown(Chance):
    """Countdowns for the last nine seconds only, as some displays have them."""

    def lamps(self, lamps: list[Lamp], model: ModelView) -> list[Lamp]:
        return [other(lamp, countdown=None) if (lamp.countdown or 0) > 9 else lamp for lamp in lamps]


# --- plans that are not so


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


# --- what the crossing really does


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


# --- others who speak


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
        """Return who has red as green, if nobody else who conflicts has it: the other road's turn."""
        return [
            other(
                lamp, colour="red" if lamp.colour in ("green", "flashing-green", "yellow") else "green", countdown=15.0
            )
            if lamp.angle in (0, 180) or lamp.colour != "red"
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
        return [other(lamp, countdown=25.0) for lamp in lamps]


class OtherRegion(Forged):
    region = 440305


class OtherPlace(Forged):
    place = Place(22.5491, 114.0579)


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
    """What was heard some seconds ago, again, among the true reports."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.heard: list[Datagram] = []

    def send(self, datagram: Datagram, model: ModelView) -> list[tuple[int, Datagram]]:
        self.heard = [*self.heard[-60:], datagram]
        again = self.chance.choice(self.heard)
        return [(LATENCY_NS, datagram), (500 * MS, Datagram(again.data))]


# --- clocks


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


KINDS: dict[str, Callable[[random.Random], Defect]] = {
    kind.__name__: kind
    for kind in (
        *(Silent, Lossy, Late, Doubled, Reordered, Burst, Damaged, Torn, Noise),
        *(Hung, HungWithAClock, LampMissing, HalfMissing, Empty, Unclear, Flicker, ToldTwice),
        *(Swapped, ShiftedMap, AllGreen, TwoGreen, NoYellow, YellowBeforeGreen, GreenTooEarly),
        *(Rising, AllRising, Standing, AllStanding, RunningAway, Jumping, JumpsOnce, Huge, GreenSaidSoon),
        *(NoCountdown, LateCountdown, OtherPlan, PlanOfTheNext, PlanAllGreen, PlanWithoutYellow, PlanWithEmptySteps),
        *(NoPlan, EmptyPlan, PlanChange, Skips, Extended, Manual, Everywhere, Dark, FlashingRed, AllRed),
        *(ReallyAllGreen, Stuck, Forged, ForgedAhead, ForgedJustAhead, ForgedBehind, ForgedCountdowns),
        *(OtherRegion, OtherPlace, ForgedPlan, Replayed),
        *(ControllerClock, ControllerDrift, OurClock, OurClockAgain, OurDrift),
    )
}
