"""Short recordings with their truth, and sites with sensors that stand wrong."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import msgspec

from rsu.recording.recover import copy
from rsu.site import config
from sim import recorded
from sim.frames import PERIOD_NS
from sim.truth_writer import HEAD, rows
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, S

DAY = FOLDER / "day.mcap"
WRONG = {"radar-north": (0.6, -0.8, 3.0), "camera-east": (-0.8, 0.6, -3.0)}  # m east, m north, deg: 1 m and 3 deg


def cut(folder: Path, seconds: float) -> Path:
    """Write the beginning of the golden recording of a day, and its truth beside it."""
    path = folder / "day.mcap"
    copy(DAY, path, 0, EPOCH_NS + round(seconds * S))
    truth(folder / "day.truth.csv", seconds)
    return path


def truth(path: Path, seconds: float) -> Path:
    """Write the truth of the golden recording of a day."""
    frames = islice(recorded.frames(), round(seconds * 10) + 2)
    stamped = (msgspec.structs.replace(each, stamp_ns=EPOCH_NS - PERIOD_NS + each.stamp_ns) for each in frames)
    path.write_text(HEAD + "".join(map(rows, stamped)), encoding="utf-8")
    return path


def site(folder: Path, name: str, wrong: dict[str, tuple[float, float, float]]) -> Path:
    """Write the demo site with mounts that are wrong by so much; comments stay."""
    for path in CONFIGS.glob("*"):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    for device, (east, north, yaw) in wrong.items():
        mount = next(each.mount for each in config.load(CONFIGS / "demo.yaml").site.sensors if each.device == device)
        head, _, rest = text.partition(f"- device: {device}\n")
        right = (
            f"east_m: {mount.east_m}, north_m: {mount.north_m}, height_m: {mount.height_m}, yaw_deg: {mount.yaw_deg}"
        )
        off = (
            f"east_m: {mount.east_m + east}, north_m: {mount.north_m + north}, height_m: {mount.height_m}, "
            f"yaw_deg: {mount.yaw_deg + yaw}"
        )
        assert right in rest
        text = f"{head}- device: {device}\n{rest.replace(right, off, 1)}"
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name
