"""The emulated TI mmWave radar: its command dialogue and frames with points, side info, tracker targets and statistics.

Errors, 1 sigma: 0.3 m in range, 0.7 deg in azimuth, 0.1 m/s in radial and 0.3 m/s in tangential speed. Its clutter
removal drops most targets that stand still: slower than 0.3 m/s is seen in one frame of seven. Frames leave only
between sensorStart and sensorStop, at the period that frameCfg sets, numbered from 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from sim import low_power, ti_layouts
from sim.bench import Bench, RadarSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, ghosts, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, false_alarms, noisy, polar, to_cartesian, to_sensor, visible
from sim.ti_layouts import Table

PROMPT = "mmwDemo:/>"
START, STOP, FRAMES = "sensorStart", "sensorStop", "frameCfg"
DEFAULT_PERIOD_NS = 100_000_000
RANGE_SD, AZIMUTH_SD = 0.3, np.radians(0.7)
RADIAL_SD, TANGENTIAL_SD = 0.1, 0.3
MISSED_NEAR, MISSED_FAR = 0.03, 0.12
WEAK_FACTOR = 2.0  # pedestrians and bicycles reflect little
SLOW_MPS, SLOW_MISSED = 0.3, 0.85
FALSE_ALARMS = 0.03  # a frame
FALSE_TID = 240  # false alarms have numbers from here on
POINTS_EACH = 4  # reflections of one target at most
WEAK_INDEX = 253
CYCLES_PER_NS = 0.2  # the 200 MHz counter
STORM = 40  # targets a frame: more do not go over the line in time
ANSWER_NS = 2_000_000
Lists = dict[str, Table]  # by the names of ti_layouts.KINDS
COMMANDS = re.compile(
    "sensor(Stop|Start|Position)|flushCfg|dfeDataOutputMode|(channel|adc|adcbuf|profile|chirp|frame|advFrame|subFrame)Cfg"
    "|guiMonitor|(cfar|bpm|aoaFov|cfarFov|lvdsStream|tracking)Cfg|multiObjBeamForming|clutterRemoval|calibDcRangeSig"
    "|extendedMaxVelocity|compRangeBiasAndRxChanPhase|measureRangeBiasAndRxChanPhase|CQRxSatMonitor|CQSigImgMonitor"
    "|chirpComnCfg|chirpTimingCfg|analogMonitor|(staticB|b|presenceB)oundaryBox|(gating|state|allocation)Param|maxAcceleration|version"
    "|(sigProcChain|rangeSel|lowPower|factoryCalib|cluster)Cfg|adc(DataSource|Logging)|(major|minor)StateCfg"
)


class EmulatedTiRadar(Emulator):
    """One radar, switched on but not started."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY
        | TURNED
        | {
            "frozen": "sends the same targets again under new numbers",
            "storm": "sends 40 targets a frame, anywhere",
            "other-record": "sends targets in records of 68 octets",
            "other-type": "sends targets in TLV 10, as an area scanner",
            "headers-only": "sends frames without lists",
        }
    )

    def __init__(self, name: str, spec: RadarSpec, bench: Bench) -> None:
        self.period_ns = DEFAULT_PERIOD_NS
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name = name
        self._stands = {None: spec, "turned": turned(spec)}
        self._damage = Damage()
        self._frozen: Table | None = None
        self._seed = bench.seed
        self._numbers = TargetNumbers()
        self._text = ""
        self._frames = 0  # sent since sensorStart
        self._running = False
        self._owners = np.zeros(0, ti_layouts.INDEX)  # of the points of the frame before

    @property
    def _spec(self) -> RadarSpec:
        return self._stands.get(self.fault) or self._stands[None]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer commands: echo, `Done` or the error, prompt."""
        if port != "cli":
            return []
        *lines, self._text = (self._text + data.decode("ascii", "replace")).split("\n")
        return [Write("cli", f"{line}\r\n{self._obey(line.split())}{PROMPT}".encode(), ANSWER_NS) for line in lines]

    def _obey(self, words: list[str]) -> str:
        if not words:
            return ""
        if not COMMANDS.fullmatch(words[0]):
            return f"'{words[0]}' is not recognized as a CLI command\r\n"
        if words[0] == FRAMES:
            try:
                self.period_ns = round(float(words[5]) * 1e6)
            except (IndexError, ValueError):
                return "Error: Invalid usage of the CLI command\r\nError -1\r\n"
        if words[0] == START:
            self._frames = 0
        if words[0] in (START, STOP):
            self._running = words[0] == START
        return "Done\r\n"

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one frame of the data port, nothing while the sensor is stopped."""
        if not self._running:
            return []
        rng = generator(self._seed, self._name, number)
        targets = self._faulty(self._targets(rng, frame), rng)
        points, side, owners = _reflections(rng, targets)
        every = {
            "points": points,
            "side": side,
            "targets": targets,
            "index": self._owners,
            "statistics": _statistics(targets),
        }
        self._owners = owners
        self._frames += 1
        lists = {name: rows for name, rows in every.items() if len(rows)}
        writes = [self._write(lists, int(frame.stamp_ns * CYCLES_PER_NS) % 2**32)]
        return self._damage.done(self.fault, writes, rng)

    def _write(self, lists: Lists, cycles: int) -> Write:
        """Return the octets of a frame with these lists."""
        latency_ns, number = round(self._spec.latency_ms * 1e6), self._frames
        if self._spec.data is None:
            return Write("cli", _low_power(lists, number, cycles), latency_ns)
        lists, others = _foreign(lists, self.fault)
        return Write("data", ti_layouts.frame(self._spec.header, number, cycles, lists, others), latency_ns)

    def _faulty(self, targets: Table, rng: np.random.Generator) -> Table:
        """Return the targets as the radar's present fault changes them."""
        if self.fault == "storm":
            places = ghosts(rng, self._spec, STORM)
            speeds = rng.normal(0, 8, places.shape)
            return _target_rows(np.arange(len(places)), places, speeds, self._spec.mount.height_m)
        if self.fault != "frozen":
            self._frozen = None
        elif self._frozen is None and len(targets):
            self._frozen = targets
        return targets if self._frozen is None else self._frozen

    def _targets(self, rng: np.random.Generator, frame: WorldFrame) -> Table:
        mount = self._spec.mount
        rows = visible(frame, self._spec)
        position = to_sensor(mount, frame.position_m[rows] - [mount.east_m, mount.north_m])
        velocity = to_sensor(mount, frame.velocity_mps[rows])
        seen = rng.random(len(rows)) >= self._missed(frame.kind[rows], position, velocity)
        numbers = self._numbers.of(frame.id[rows[seen]], frame.stamp_ns)
        position, velocity = _measured(rng, position[seen], velocity[seen])
        alarms = false_alarms(rng, self._spec, FALSE_ALARMS)
        return _target_rows(
            np.concatenate([numbers, FALSE_TID + np.arange(len(alarms))]),
            np.concatenate([position, alarms]),
            np.concatenate([velocity, rng.normal(0, 1, alarms.shape)]),
            mount.height_m,
        )

    def _missed(self, kind: Ints, position: Floats, velocity: Floats) -> Floats:
        """Return the probabilities that this frame does not show them."""
        missed = MISSED_NEAR + MISSED_FAR * (polar(position).distance_m / self._spec.range_m) ** 2
        missed *= np.where(np.isin(kind, (RoadUser.BICYCLE, RoadUser.PEDESTRIAN)), WEAK_FACTOR, 1.0)
        slow = np.hypot(velocity[:, 0], velocity[:, 1]) < SLOW_MPS
        return np.where(slow, SLOW_MISSED, missed)


def _foreign(lists: Lists, fault: str | None) -> tuple[Lists, tuple[bytes, ...]]:
    """Return the lists as another firmware would send them, and those of kinds of its own."""
    if fault == "headers-only":
        return {}, ()
    if fault not in ("other-record", "other-type") or "targets" not in lists:
        return lists, ()
    kind, size = (ti_layouts.KINDS["targets"], 68) if fault == "other-record" else (10, 40)
    payload = b"".join(row.tobytes()[:size] for row in lists["targets"])
    return {name: rows for name, rows in lists.items() if name != "targets"}, (ti_layouts.tlv(kind, payload),)


def _low_power(lists: Lists, number: int, cycles: int) -> bytes:
    """Return a frame in the octets of an xWRL6432."""
    tlvs, count = [], 0
    if (points := lists.get("points")) is not None:
        count = len(points)
        decibels = lists["side"]["snr"] / 10
        tlvs.append(low_power.points(points["position"].astype(float), points["doppler"].astype(float), decibels))
    if (targets := lists.get("targets")) is not None:
        values = np.stack([np.frombuffer(row.tobytes(), "<f4")[1:27] for row in targets]).astype(float)
        rows = zip(targets["tid"].tolist(), values.tolist(), targets["confidence"].tolist(), strict=True)
        tlvs.append(low_power.targets(list(rows)))
    if (owners := lists.get("index")) is not None:
        tlvs.append(low_power.owners(owners.tolist()))
    return low_power.frame(number, cycles, count, tlvs)


def _measured(rng: np.random.Generator, position: Floats, velocity: Floats) -> tuple[Floats, Floats]:
    distance, bearing = polar(position)
    errors = rng.normal(size=position.shape) * [RADIAL_SD, TANGENTIAL_SD]
    measured = noisy(rng, position, np.full(len(distance), RANGE_SD), distance * AZIMUTH_SD)
    return measured, velocity + to_cartesian(errors, bearing)


def _target_rows(numbers: Ints, position: Floats, velocity: Floats, height_m: float) -> Table:
    """Return target list rows, in TI's axes."""
    targets = np.zeros(len(numbers), ti_layouts.TARGET)
    targets["tid"] = numbers
    targets["position"] = np.column_stack([-position[:, 1], position[:, 0], np.full(len(numbers), 1.0 - height_m)])
    targets["velocity"][:, :2] = np.column_stack([-velocity[:, 1], velocity[:, 0]])
    targets["ec"] = np.diag([RANGE_SD**2, AZIMUTH_SD**2, AZIMUTH_SD**2, RADIAL_SD**2])
    targets["g"] = 3.0
    targets["confidence"] = 0.9
    return targets


def _reflections(rng: np.random.Generator, targets: Table) -> tuple[Table, Table, Table]:
    """Return points, their side info and the target that each belongs to."""
    each = rng.integers(1, POINTS_EACH + 1, len(targets))
    owner = np.repeat(np.arange(len(targets)), each)
    position = targets["position"][owner] + rng.normal(0, [0.4, 0.6, 0.3], (len(owner), 3))
    points = np.zeros(len(owner), ti_layouts.POINT)
    points["position"] = position
    line_of_sight = position / np.linalg.norm(position, axis=1, keepdims=True)
    points["doppler"] = (line_of_sight * targets["velocity"][owner]).sum(axis=1) + rng.normal(0, RADIAL_SD, len(owner))
    side = np.zeros(len(owner), ti_layouts.SIDE)
    side["snr"] = 10 * (40 - 20 * np.log10(np.linalg.norm(position, axis=1) / 10) + rng.normal(0, 2, len(owner)))
    side["noise"] = 500
    tids = targets["tid"][owner]
    return points, side, np.where(tids < FALSE_TID, tids, WEAK_INDEX).astype(ti_layouts.INDEX)


def _statistics(targets: Table) -> Table:
    return np.array([(4000 + 60 * len(targets), 8600, 75_000, 0, 40, 5)], ti_layouts.STATISTICS)
