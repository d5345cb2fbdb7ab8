"""Golden recordings: what the station makes of five short scenes, byte for byte.

    python -m tests.recording.golden                what would change; exit code 1 when something would
    python -m tests.recording.golden --yes          say it, then replace the outputs
    python -m tests.recording.golden --world --yes  make the scenes anew, their inputs too

`make golden-update` asks before it replaces.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from perception.objects import RoadUser
from rsu.cli import replay
from rsu.recording import site_files
from rsu.recording.rerun import Job, Result, rerun
from rsu.recording.writer import RecordingWriter
from rsu.site import config
from sim import recorded
from sim.frames import WorldFrame
from tests.recording.virtual import CONFIGS, EPOCH_NS, SEED, Cuts, Damage, S, World, record

FOLDER = Path(__file__).parent / "golden"
_ARRAYS = ("id", "kind", "position", "velocity", "heading", "size", "equipped")


class Scene(NamedTuple):
    """What happens in a golden recording."""

    seconds: float
    world: World
    cuts: Cuts | None = None
    damage: Damage = lambda device, at_ns, data: data


def _only(wanted: Callable[[WorldFrame], NDArray[np.bool_]]) -> World:
    """Return the recorded world with some of its road users."""

    def world() -> Iterator[WorldFrame]:
        for frame in recorded.frames():
            rows = wanted(frame)
            yield msgspec.structs.replace(frame, **{name: getattr(frame, name)[rows] for name in _ARRAYS})

    return world


def _thin(frame: WorldFrame) -> NDArray[np.bool_]:
    return frame.id % 3 == 0


def _vulnerable(frame: WorldFrame) -> NDArray[np.bool_]:
    return np.isin(frame.kind, (RoadUser.PEDESTRIAN, RoadUser.BICYCLE)) | (frame.id % 5 == 0)


def _stopped_car() -> Iterator[WorldFrame]:
    """A car that brakes on the northern arm, 37 m before the line, and stays; few others."""
    for frame in _only(lambda each: each.id % 6 == 0)():
        t = frame.stamp_ns / S
        north, speed = (77 - 8 * t + t * t, 8.0 - 2 * t) if t < 4 else (61.0, 0.0)
        yield msgspec.structs.replace(
            frame,
            id=np.append(frame.id, 99_999),
            kind=np.append(frame.kind, int(RoadUser.CAR)),
            position=np.vstack([frame.position, [-3.0, north]]),
            velocity=np.vstack([frame.velocity, [0.0, -speed]]),
            heading=np.append(frame.heading, 180.0),
            size=np.vstack([frame.size, [4.6, 1.8, 1.5]]),
            equipped=np.append(frame.equipped, 0),
        )


def _bad_lines(device: str, at_ns: int, data: bytes) -> bytes:
    """Damage what the signal controller says from 9 s on, and now and then a byte of everybody else."""
    flip = at_ns // 1_000_000 % 997
    if (device == "signal" and at_ns > 9 * S) or (flip < 40 and len(data) > flip):
        return data[:flip] + bytes([data[flip % len(data)] ^ 0x20]) + data[flip + 1 :]
    return data


SCENES = {
    "day": Scene(10.0, recorded.frames),
    "sensor-loss": Scene(
        11.0, _only(_thin), {"camera-north": (3.0, 7.0), "radar-east": (5.0, 99.0), "gnss": (8.0, 99.0)}
    ),
    "stopped-vehicle": Scene(16.0, _stopped_car),
    "pedestrians": Scene(10.0, _only(_vulnerable)),
    "signal-faults": Scene(12.0, _only(_thin), {"signal": (3.0, 8.0)}, _bad_lines),
}


def make(name: str, path: Path) -> None:
    """Write a scene as a recording."""
    site, scene = config.load(CONFIGS / "demo.yaml"), SCENES[name]
    about = {"site": site.path.name, "scene": name, "boot": SEED.hex()[:16], "version": version("rsu-edge")}
    writer = RecordingWriter(path, about, site_files.collect(site), EPOCH_NS)
    for tape in record(scene.seconds, scene.world, scene.cuts, scene.damage, site):
        writer.add(tape)
        if tape.seq % 10 == 9:
            writer.flush()
    writer.close()


def compare(name: str, out: Path | None = None) -> Result:
    """Replay a golden recording with its own site file."""
    return rerun(Job([FOLDER / f"{name}.mcap"], out=out))


def _update(name: str, yes: bool, folder: Path) -> bool:
    """Say what changed in a scene, replace it if wanted; return whether it changed."""
    new = folder / f"{name}.mcap"
    result = compare(name, new)
    if result.recorded == result.replayed:
        print(f"{name}: as it was")
        return False
    kinds = Counter(each.what.split(" ")[0] for each in result.first)
    print(f"{name}: {result.different} outputs differ, among the first {len(result.first)}: {dict(kinds)}")
    replay.show(result, verify=True, as_json=False)
    if yes:
        new.replace(FOLDER / new.name)
    return True


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.recording.golden", description="Golden recordings.")
    parser.add_argument("--yes", action="store_true", help="replace what changed")
    parser.add_argument("--world", action="store_true", help="make the scenes anew from the bench world")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    if options.world:
        if not options.yes:
            parser.error("--world replaces the inputs too: say --yes")
        for name in SCENES:
            make(name, FOLDER / f"{name}.mcap")
            print(f"{name}: made, {(FOLDER / f'{name}.mcap').stat().st_size / 1e6:.2f} MB")
        return 0
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        changed = [name for name in SCENES if _update(name, options.yes, Path(folder))]
    if changed and not options.yes and sys.stdin.isatty() and input("replace these outputs? [y/N] ").lower() == "y":
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            for name in changed:
                _update(name, True, Path(folder))
        changed = []
    return 1 if changed and not options.yes else 0


if __name__ == "__main__":
    sys.exit(main())
