"""The scenes of the golden recordings: the course of the bench world, and the faults of devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from perception.objects import RoadUser
from rsu.recording.writer import RecordingWriter
from rsu.site import config, content
from sim import recorded
from sim.frames import WorldFrame
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, SEED, Cuts, Damage, S, World, record

ARRAYS = ("id", "kind", "position_m", "velocity_mps", "heading_deg", "size_m", "equipped")
_SECTION_TICKS = 10  # small files; the recorder ends a section twice a second


class Scene(NamedTuple):
    """The course of a golden recording."""

    seconds: float
    world: World
    cuts: Cuts | None = None
    damage: Damage = lambda device, at_ns, data: data


def only(wanted: Callable[[WorldFrame], NDArray[np.bool_]]) -> World:
    """Return the recorded world with some of its road users."""

    def world() -> Iterator[WorldFrame]:
        for frame in recorded.frames():
            rows = wanted(frame)
            yield msgspec.structs.replace(frame, **{name: getattr(frame, name)[rows] for name in ARRAYS})

    return world


def _thin(frame: WorldFrame) -> NDArray[np.bool_]:
    return frame.id % 3 == 0


def _vulnerable(frame: WorldFrame) -> NDArray[np.bool_]:
    return np.isin(frame.kind, (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)) | (frame.id % 5 == 0)


def _heavy() -> Iterator[WorldFrame]:
    """Twice the usual demand: about 110 road users. Needs SUMO."""
    from sim import traffic

    return traffic.frames(recorded.SEED, demand=2.0)


def _with_car(drive: Callable[[float], tuple[float, float]]) -> World:
    """Return few others and a car on the northern arm's way in. `drive`: s -> metres north, m/s towards north."""

    def world() -> Iterator[WorldFrame]:
        for frame in only(lambda each: each.id % 6 == 0)():
            north, speed = drive(frame.stamp_ns / S)
            yield msgspec.structs.replace(
                frame,
                id=np.append(frame.id, 99_999),
                kind=np.append(frame.kind, int(RoadUser.CAR)),
                position_m=np.vstack([frame.position_m, [-3.0, north]]),
                velocity_mps=np.vstack([frame.velocity_mps, [0.0, speed]]),
                heading_deg=np.append(frame.heading_deg, 0.0 if speed > 0 else 180.0),
                size_m=np.vstack([frame.size_m, [4.6, 1.8, 1.5]]),
                equipped=np.append(frame.equipped, 0),
            )

    return world


def _stops(t: float) -> tuple[float, float]:
    """Brakes 37 m before the line, and stays."""
    return (77 - 8 * t + t * t, 2 * t - 8.0) if t < 4 else (61.0, 0.0)


def _against_traffic(t: float) -> tuple[float, float]:
    """Leaves by the way in."""
    return 28.0 + 7 * t, 7.0


def _bad_lines(device: str, at_ns: int, data: bytes) -> bytes:
    """Damage the signal controller's octets from 9 s on, and now and then a byte of all other devices."""
    flip = at_ns // 1_000_000 % 997
    if (device == "signal" and at_ns > 9 * S) or (flip < 40 and len(data) > flip):
        return data[:flip] + bytes([data[flip % len(data)] ^ 0x20]) + data[flip + 1 :]
    return data


SCENES = {
    "day": Scene(10.0, recorded.frames),
    "heavy-traffic": Scene(6.0, _heavy),
    "sensor-loss": Scene(
        11.0, only(_thin), {"camera-north": (3.0, 7.0), "radar-east": (5.0, 99.0), "gnss": (8.0, 99.0)}
    ),
    "stopped-vehicle": Scene(16.0, _with_car(_stops)),
    "wrong-way": Scene(10.0, _with_car(_against_traffic)),
    "pedestrians": Scene(10.0, only(_vulnerable)),
    "signal-faults": Scene(12.0, only(_thin), {"signal": (3.0, 8.0)}, _bad_lines),
}


def make(name: str, scene: Scene, path: Path) -> None:
    """Write a scene as a recording."""
    site = config.load(CONFIGS / "demo.yaml")
    about = {"site": site.path.name, "scene": name, "boot": SEED.hex()[:16], "version": version("rsu-edge")}
    writer = RecordingWriter(path, about, content.collect(site), EPOCH_NS)
    for tape in record(scene.seconds, scene.world, scene.cuts, scene.damage, site):
        writer.add(tape)
        if tape.seq % _SECTION_TICKS == _SECTION_TICKS - 1:
            writer.flush()
    writer.close()
