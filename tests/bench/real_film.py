"""The real film of `make bench-real`: PETS 2009 S2L1, view 1, as Debian's opencv-doc has it, and its truth.

795 pictures of 768x576, 7 a second, people on a campus road. Truth (MOTChallenge text) and Tsai calibration of the
camera are not in the package: files that the user names.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.sensor import FieldOfView, Sensor
from perception.tsai import calibrated
from perception.video.boxes import Picture
from rsu.lab import mot

PACKAGE, MEMBER = "opencv-doc", "./usr/share/doc/opencv-doc/examples/data/vtest.avi"
SIZE, RATE_HZ = (768, 576), 7.0
REACH_M = 8.0, 40.0  # nearest and farthest: people of the truth are 12 to 38 m away; those beyond are not in it
BEGIN_NS = 1_795_000_000_000_000_000


class Moment(NamedTuple):
    """The truth of one picture, rows aligned."""

    id: Ints  # (n,)
    position: Floats  # (n, 2) m, site frame
    judged: Mask  # (n,) False: neither missed nor false, cut by the picture's edge or marked so


class RealFilm(NamedTuple):
    """A film with its camera and its truth."""

    path: Path
    sensor: Sensor
    truth: dict[int, Moment]  # by picture from 0


def fetched(folder: Path) -> Path:
    """Return the film, taken out of Debian's package, which is downloaded into a folder. CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    film = folder / Path(MEMBER).name
    if film.exists():
        return film
    if not (packages := sorted(folder.glob(f"{PACKAGE}_*.deb"))):
        subprocess.run(["apt-get", "download", "-q", PACKAGE], cwd=folder, check=True)
        packages = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    tape = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", packages[-1].name], cwd=folder, check=True, capture_output=True
    )
    strip = f"--strip-components={MEMBER.count('/')}"
    subprocess.run(["tar", "-x", strip, MEMBER], cwd=folder, check=True, input=tape.stdout)
    return film


def load(path: Path, truth: Path, calibration: Path) -> RealFilm:
    """Return the film with its truth. TruthError, ValueError, OSError."""
    lens, mount = calibrated(calibration.read_text())
    sensor = Sensor(
        device="video",
        mount=mount,
        field_of_view=FieldOfView(near_m=REACH_M[0], range_m=REACH_M[1], width_deg=60),
        camera=lens,
    )
    boxes = mot.read(truth)
    place = mot.places(boxes, lens, mount)
    inside = (boxes.box_px[:, :2] >= -0.5).all(axis=1) & (boxes.box_px[:, 2:] <= np.array(SIZE) - 0.5).all(axis=1)
    moments = {}
    for frame in range(1, int(boxes.frame.max()) + 1):
        rows = np.flatnonzero(boxes.frame == frame)
        moments[frame - 1] = Moment(boxes.id[rows], place[rows], (boxes.judged & inside)[rows])
    return RealFilm(path, sensor, moments)


def pictures(path: Path) -> Iterator[Picture]:
    """Yield the pictures. FileNotFoundError: there is no film that OpenCV can read."""
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise FileNotFoundError(path)
    while (shown := capture.read())[0]:
        yield np.asarray(shown[1], dtype=np.uint8)


def stamp_ns(number: int) -> int:
    """Return when a picture was taken, counted from 0."""
    return BEGIN_NS + round(number * 1e9 / RATE_HZ)
