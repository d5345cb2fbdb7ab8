"""The model: world, controller and defects on one side; the real driver, view, guard, gate and codec on the other."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hw.signal.gat1743 import Gat1743
from hw.tape import SystemClock
from perception.objects import Fix, SignalPlan, SignalState
from rsu.bus.latch import ConflictLatch, Setting
from rsu.messages.scene import Moment
from rsu.site import config, conflicts
from rsu.station.broadcast import Broadcaster
from rsu.station.checks.clock import UtcClock
from rsu.station.signals import Signals
from tests.rsu.station.gate_model.controller import Controller, Defect, ModelView, Wire
from tests.rsu.station.gate_model.defects.table import KINDS
from tests.rsu.station.gate_model.oracle import Oracle, all_told
from tests.rsu.station.gate_model.world import S, World
from v2x.records.common import NodeReferenceId

CONFIGS = Path(__file__).parents[4] / "configs"
EPOCH_NS = 1_795_000_000 * S
TICK_NS = S // 10
HEALTHY_S = 75.0  # after a defect: by then everything must be told again
GNSS_NS = 15_000_000


FAST_MS, SLOW_MS = 200, 1000  # between two reports


@cache
def site(interval_ms: int) -> config.Config:
    """Return the demo site, whose crossing the world is, with a controller that reports so often."""
    loaded = config.load(CONFIGS / "demo.yaml")
    assert loaded.site.signal is not None
    silent = loaded.site.messages.model_copy(update={"silent": ["bsm", "map", "rsm", "rsi"]})
    signal = loaded.site.signal.model_copy(update={"nominal_interval_ms": interval_ms})
    return loaded._replace(site=loaded.site.model_copy(update={"messages": silent, "signal": signal}))


class Tally(NamedTuple):
    """The outcome of one kind of defect."""

    episodes: int
    ticks: int
    sent: int  # ticks with a frame
    recovered_s: list[float]  # until everything was told again


class Model(ModelView):
    """One run; every fourth with a fast controller."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._interval_ms = FAST_MS if seed % 4 == 3 else SLOW_MS
        self.world = World()
        self.wire = Wire()
        self.now_ns = EPOCH_NS
        self.oracle = Oracle(2.5 * self._interval_ms / 1000)
        self.healthy: Counter[str] = Counter()  # ticks long after a defect, and those in which all was told
        self.tallies: dict[str, Tally] = {}
        self._news_ns: dict[int, int] = {}  # lamp -> when the newest true news of it was true
        self._controller = Controller(self._interval_ms * 1_000_000)
        self.world.cycle_s = self.chance.uniform(0.0, 60.0)
        self._start()

    def _start(self) -> None:
        """Start the station afresh."""
        loaded = site(self._interval_ms)
        assert loaded.site.signal is not None
        self.latch = ConflictLatch()
        node = NodeReferenceId(region=loaded.site.site.region, id=loaded.site.site.node)
        pairs = list(conflicts.pairs(loaded.site.signal, loaded.lane_map))
        self._driver = Gat1743("signal", loaded.drivers["signal"])  # type: ignore[arg-type]
        self._signals = Signals(loaded.site.signal, pairs, node, self.latch)
        self._broadcaster = Broadcaster(loaded, self.chance.randbytes(16))
        self._clock = UtcClock(loaded.site.clock)
        self._asked = bool(self._driver.opened("link", self.now_ns))

    def run(self, ticks: int, kinds: list[str] | None = None) -> None:
        """Let so many ticks pass, one defect after the other."""
        names = kinds or list(KINDS)
        while ticks > 0:
            ticks -= self.episode(self.chance.choice(names), ticks)

    def episode(self, name: str, most: int) -> int:
        """Let a defect come and go; return the ticks that passed."""
        defect, label = KINDS[name](self.chance), name
        grace_s = 1.0 if self._interval_ms < SLOW_MS else 0.0  # a countdown may stand for a second
        self.oracle.hidden_s = max(defect.hidden_s, grace_s if defect.stands else 0.0, self.oracle.hidden_s)
        length = min(most, self.chance.randrange(20, 900))
        defect.begin(self)
        sent = sum(self.step(defect, label) is not None for _ in range(length))
        defect.end(self)
        rest = min(most - length, self.chance.choice([30, 200, 400, 1500]))
        if self.latch.held is not None:
            self.latch.set(Setting(None))
        recovered: list[float] = []
        for number in range(rest):
            if number == 100 and self.latch.held is not None:
                self.latch.set(Setting(None))  # a report still on its way closed it again
            if number == 100:
                self.oracle.hidden_s = 0.0  # nothing of it is on its way any more
            right = all_told(self.step(Defect(), f"after {label}"), self.world)
            if right and not recovered:
                recovered.append(number / 10)
            if number > HEALTHY_S * 10:  # long after
                self.healthy["ticks"] += 1
                self.healthy["right"] += right
        before = self.tallies.get(name, Tally(0, 0, 0, []))
        self.tallies[name] = Tally(
            before.episodes + 1, before.ticks + length, before.sent + sent, before.recovered_s + recovered
        )
        return length + rest

    def step(self, defect: Defect, label: str) -> list[tuple[int, str]] | None:
        """Let a tick pass; return phase and colour as told on air, None: nothing was."""
        self.now_ns += TICK_NS
        self.world.advance(self.now_ns)
        defect.tick(self)
        self._controller.step(self, defect, self._asked)
        ours_ns, said = self.now_ns + self.drifted_ns, SystemClock(correction_ns=self.stepped_ns)
        self._driver.correction_ns = said.correction_ns
        self._receive(ours_ns)
        self._asked = bool(self._driver.due(ours_ns))
        if self.now_ns // TICK_NS % 2 == 0:
            self._fix(ours_ns)
        self._clock.correct(ours_ns, said)
        uncertainty_ns = self._clock.uncertainty_ns(ours_ns)
        told = self._signals.tick(ours_ns, said.correction_ns, uncertainty_ns)
        moment = Moment(
            now_ns=ours_ns,
            correction_ns=said.correction_ns,
            uncertainty_ns=uncertainty_ns,
            conditions={*told.conditions, *self._clock.conditions(ours_ns)},
            spat=told.message,
            lamps=told.lamps,
            ahead=told.ahead,
            health=[],
        )
        frames = [each.frame for each in self._broadcaster.signals(moment)]
        return self.oracle.tick(self.now_ns, self.now_ns, frames, self.world, self._news_ns, label)

    def _receive(self, ours_ns: int) -> None:
        for due_ns, datagram in self.wire.arrived(self.now_ns):
            for lamp in datagram.lamps:
                self._news_ns[lamp] = max(self._news_ns.get(lamp, 0), datagram.captured_ns)
            for found in self._driver.received("link", datagram.data, ours_ns - (self.now_ns - due_ns)):
                if isinstance(found, SignalState | SignalPlan):
                    self._signals.take(found)

    def _fix(self, ours_ns: int) -> None:
        self._clock.update(
            Fix(
                device="gnss", stamp_ns=self.now_ns - GNSS_NS, receipt_ns=ours_ns, valid=True, kind="3d",
                latitude_deg=22.5431, longitude_deg=114.0579, height_m=12.0, satellites=12, horizontal_accuracy_m=1.0,
                time_accuracy_ns=30,
            )
        )  # fmt: skip
