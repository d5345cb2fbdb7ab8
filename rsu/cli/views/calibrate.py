"""The work of `rsu calibrate`: read, solve, draw, save."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from perception.calibration.pairs import PointPairs
from rsu.calibration import drawing, job, table
from rsu.calibration.drawing import DrawnCamera, Picture
from rsu.calibration.job import CameraResult
from rsu.calibration.table import Picked
from rsu.cli.views import config as saving
from rsu.core import durable
from rsu.core.exits import Exit
from rsu.lab.driven import driven
from rsu.lab.hearing import sensed
from rsu.recording import reader
from rsu.site import change, config
from rsu.site.config import Config


class CameraWish(NamedTuple):
    """The caller's choice of a camera, and the points of its picture."""

    site: Path
    camera: str
    points: Path | None
    track: list[Path]  # recordings of a vehicle's drive
    vehicle: str | None
    lines: Path | None
    find: str | None
    picture: Path | None


class CameraDone(NamedTuple):
    """A calibration and its inputs."""

    wish: CameraWish
    site: Config
    picture: Picture | None  # in the size of the camera's model
    result: CameraResult


def camera(wish: CameraWish) -> CameraDone:
    """Calibrate a camera. ConfigError, CalibrateError."""
    site = config.load(wish.site)
    still = None if wish.picture is None else drawing.read(wish.picture)
    size = None if still is None else (still.shape[1], still.shape[0])
    lines = () if wish.lines is None else table.lines(wish.lines)
    found = job.run(site, wish.camera, _picked(wish, site, size), lines, wish.find, size)
    if still is not None and wish.picture is not None:
        still = drawing.fitted(still, found.found.task.size, wish.picture)
    return CameraDone(wish, site, still, found)


def _picked(wish: CameraWish, site: Config, picture: tuple[int, int] | None) -> Picked:
    """Return the points of the table and of the drive, px of a picture of that size."""
    parts = [] if wish.points is None else [table.points(wish.points, site)]
    if wish.track:
        sensor = job.sensor_of(site, wish.camera)
        size = job.size_of(site, sensor, picture)
        heard = (each for path in wish.track for each in sensed(site, reader.ticks(path)))
        drive = driven(site, sensor, size, heard, wish.vehicle)
        scale = np.array(picture or size) / size
        parts.append(drive._replace(pairs=drive.pairs._replace(pixel_px=drive.pairs.pixel_px * scale)))
    pixel, place = (np.concatenate([part.pairs[row] for part in parts]) for row in range(2))
    return Picked([name for part in parts for name in part.names], PointPairs(pixel, place))


def draw(done: CameraDone, folder: Path) -> None:
    """Write pictures of the camera as it was and as it is found; `done` has a picture."""
    assert done.picture is not None
    task, found = done.result.found.task, done.result.found.found
    cameras = {"after": DrawnCamera(found.camera, found.mount, task.size)}
    if task.camera is not None:
        cameras["before"] = DrawnCamera(task.camera, task.mount, task.size)
    folder.mkdir(parents=True, exist_ok=True)
    for name, by in cameras.items():
        inside = drawing.into_picture(done.picture, by, done.site.lane_map, done.result.picked.pairs)
        above = drawing.onto_map(done.picture, by, done.site.lane_map)
        for kind, drawn in (("picture", inside), ("map", above)):
            durable.write(folder / f"{name}-{kind}.png", drawing.packed(drawn))


def save(done: CameraDone) -> int:
    """Write the values into the site file; return the number of the version. ConfigError: the site is not valid so."""
    files = change.with_values(done.wish.site, done.result.values)
    return saving.changed(done.wish.site, files, f"calibrate {done.wish.camera}").version


def code(done: CameraDone) -> Exit:
    """Return the exit code."""
    return Exit.FOUND if done.result.doubts else Exit.FINE
