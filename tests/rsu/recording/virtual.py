"""Recordings of the demo site in virtual time: emulators, drivers and station without ports and without a clock.

Emulated devices make their real bytes of a world; a `Player` serves the drivers and the station with them, as the
station process does; each tick becomes a tape. Everything is a function of site, bench and world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import msgspec

from hw.tape import AS_BEGUN, LinkState, Read, Round, SystemClock
from rsu.bus.tape import WHOLE, Tape
from rsu.messages.scene import TICK_NS
from rsu.replay.player import Player
from rsu.site import config
from sim import bench, recorded
from sim.emulate import Runner, make_emulator
from sim.frames import PERIOD_NS, WorldFrame
from tests.rsu.recording.virtual_video import VirtualVideo

CONFIGS = Path(__file__).parents[3] / "configs"
EPOCH_NS = 1_795_000_000_000_000_000  # a whole minute, some day in 2026
STEP_NS = 5_000_000
ROUND_NS = 10_000_000
SEED = bytes(range(16))
S = 1_000_000_000

Cuts = Mapping[str, tuple[float, float]]  # device -> seconds from, to: it says nothing
Damage = Callable[[str, int, bytes], bytes]  # device, ns since EPOCH_NS, bytes -> bytes
World = Callable[[], Iterator[WorldFrame]]
Said = Callable[[int], SystemClock]  # by the system clock, ns since EPOCH_NS


class Wire:
    """An emulator's port: its bytes go straight to `deliver`."""

    byte_ns = 0.0

    def __init__(self, deliver: Callable[[bytes], None]) -> None:
        self._deliver = deliver

    def descriptors(self) -> list[int]:
        return []

    def read(self, descriptor: int) -> list[bytes]:
        return []

    def write(self, data: bytes) -> None:
        self._deliver(data)

    def close(self) -> None:
        pass


class VirtualDevice:
    """One emulator on the ports of its device."""

    def __init__(self, name: str, made: bench.Bench, ports: list[str]) -> None:
        self.name = name
        self.emulator = make_emulator(made, name)
        self._ports = ports
        self._openings = list(made.emulators[name].ports())
        self._waiting: list[tuple[str, bytes]] = []
        self.runner = Runner(self.emulator, {port: Wire(self._to(port)) for port in self._openings})

    def _to(self, opening: str) -> Callable[[bytes], None]:
        port = opening if opening in self._ports else self._ports[0]
        return lambda data: None if opening == "air" else self._waiting.append((port, data))

    def hear(self, port: str, data: bytes, now_ns: int) -> None:
        """Take the driver's octets."""
        opening = port if port in self._openings else self._openings[0]
        self.runner._schedule(self.emulator.received(opening, data, now_ns), now_ns)

    def reads(self, now_ns: int, cut: bool) -> list[Read]:
        """Return its octets of now."""
        self.runner.step(now_ns)
        said, self._waiting = self._waiting, []
        if cut:
            return []
        return [Read(self.name, port, now_ns, data) for port, data in said]

    def links(self, cut: bool) -> list[LinkState]:
        """Return how its links are."""
        error = "silent" if cut else None
        return [LinkState(self.name, port, 1, not cut, not cut, error, {}) for port in self._ports]


def record(
    seconds: float,
    world: World = recorded.frames,
    cuts: Cuts | None = None,
    damage: Damage = lambda device, at_ns, data: data,
    site: config.Config | None = None,
    said: Said = lambda at_ns: AS_BEGUN,
    noise: int | None = None,
    drawn: bool = False,
    liars: int = 0,
) -> Iterator[Tape]:
    """Yield the tape of a run. Devices' clocks are right, whatever `said` makes of the station's.

    `noise`: seed of the devices' errors; `drawn`: pictures too, which takes its time; `liars`: vehicles that lie.
    """
    site = site or config.load(CONFIGS / "demo.yaml")
    made = bench.load(CONFIGS / "demo-bench.yaml")
    if noise is not None:
        made = made.model_copy(update={"seed": noise})
    if liars:
        [name] = site.site.radios
        radio = made.emulators[name].model_copy(update={"liars": liars})
        made = made.model_copy(update={"emulators": made.emulators | {name: radio}})
    films = sorted(name for name, spec in made.emulators.items() if spec.kind == "video")
    quiet = [LinkState(name, "pictures", 1, True, True, None, {}) for name in films if not drawn]
    others = [name for name in made.emulators if name not in films]
    devices: dict[str, VirtualDevice | VirtualVideo] = {
        name: VirtualDevice(name, made, list(site.drivers[name].ports())) for name in others
    }
    devices |= {name: VirtualVideo(name, made, site) for name in films if drawn}
    now_ns = EPOCH_NS
    player = Player(site, SEED, lambda device, port, data: devices[device].hear(port, data, now_ns))
    frames = (msgspec.structs.replace(f, stamp_ns=EPOCH_NS - PERIOD_NS + f.stamp_ns) for f in world())
    for first in islice(frames, 2):
        _show(devices, first)
    rounds: list[Round] = []
    told: dict[tuple[str, str], LinkState] = {}
    seq = 0
    for step in range(round(seconds * S) // STEP_NS):
        now_ns = EPOCH_NS + step * STEP_NS
        if now_ns % PERIOD_NS == 0:
            _show(devices, next(frames))
        if now_ns % TICK_NS == 0 and seq % WHOLE == 0:
            told.clear()
        cut = {name for name, (begin, end) in (cuts or {}).items() if begin <= (now_ns - EPOCH_NS) / S < end}
        spoken = [state for device in devices.values() for state in device.links(device.name in cut)]
        states = {(state.device, state.port): state for state in [*spoken, *quiet]}
        links = [state for key, state in states.items() if told.get(key) != state]
        told |= states
        reads = [
            msgspec.structs.replace(read, data=damage(read.device, read.receipt_ns - EPOCH_NS, read.data))
            for device in devices.values()
            for read in device.reads(now_ns, device.name in cut)
        ]
        if reads or links or now_ns % ROUND_NS == 0:
            rounds.append(Round(now_ns, links, reads, said(now_ns - EPOCH_NS).correction_ns))
            player.serve(rounds[-1])
        if now_ns % TICK_NS == 0:
            clock = said(now_ns - EPOCH_NS)
            yield Tape(SEED, seq, rounds, [], player.advance(now_ns, [], clock), clock)
            rounds, seq = [], seq + 1


def _show(devices: Mapping[str, VirtualDevice | VirtualVideo], frame: WorldFrame) -> None:
    for device in devices.values():
        device.runner.add_frame(frame)
