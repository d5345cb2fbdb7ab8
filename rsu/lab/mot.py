"""MOTChallenge text (`gt.txt`): boxes of road users in the pictures of a film, put on the road by the camera's model.

A line: frame from 1, id, left, top, width, height (px, the first pixel is 1), flag (0: not to be judged), then either
class and visibility (MOT16 and later) or a place in a world of the data set's own (MOT15). Where a road user is comes
from the foot of its box; a vehicle's centre lies half its usual length farther along the line of sight. Milan et al.,
"MOT16: a benchmark for multi-object tracking", 2016, table 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hw.detail import Detail, placed
from hw.video import exposed_ns
from perception.camera import locate
from perception.objects import Floats, Ints, Mask, RoadUser
from perception.sensing.scan import in_site_frame
from perception.sensor import Intrinsics, Mount
from perception.tsai import calibrated
from perception.video.builds import KIND, SIZE
from rsu.bus.tape import Tape
from rsu.lab.errors import TruthError
from rsu.lab.truth import ROW, RunTruth
from rsu.site.config import Config

FIRST_PX = 1.5  # of the data set's pixels, whose first one is 1: the outer edge of pixel 0 is -0.5
WIDE = 10  # columns of a line that ends in a place
CLASSES = {
    1: RoadUser.PEDESTRIAN, 2: RoadUser.BICYCLE, 3: RoadUser.CAR, 4: RoadUser.BICYCLE, 5: RoadUser.MOTORCYCLE,
    7: RoadUser.PEDESTRIAN,
}  # fmt: skip
_LENGTHS = dict(zip(KIND.tolist(), SIZE[:, 0].tolist(), strict=True))

_NONE = Detail("none", "无")
_NO_PICTURE = Detail(
    "no picture of {name} in the recording",
    "录制中没有 {name} 的图像",
)
_NO_CAMERA = Detail(
    "{camera}: the site's calibrated cameras are {there}",
    "{camera}：站点中已标定的摄像机有 {there}",
)
_COLUMNS = Detail(
    "{path}: expected frame (from 1), id, left, top, width, height, flag, ...",
    "{path}：应为 frame（从 1 起）、id、left、top、width、height、flag、...",
)
_NO_TEXT = Detail(
    "{path}: not MOTChallenge text: {error}",
    "{path}：不是 MOTChallenge 文本：{error}",
)


class MotBoxes(NamedTuple):
    """n boxes of road users, rows aligned."""

    frame: Ints  # (n,) from 1
    id: Ints  # (n,)
    kind: Ints  # (n,) RoadUser
    box_px: Floats  # (n, 4) px: left, top, right, bottom; pixel 0's middle is 0
    judged: Mask  # (n,) False: neither missed nor false


class FilmOf(NamedTuple):
    """Which film a truth in pixels is of, as the user says it."""

    camera: str  # a camera of the site, or a Tsai calibration (.xml) of its only camera, whose world is the site's
    rate_hz: float


class Film(NamedTuple):
    """Which film the boxes are of."""

    camera: Intrinsics
    mount: Mount
    rate_hz: float
    begin_ns: int  # steady, of frame 1


def film_of(told: FilmOf, site: Config, tapes: Iterable[Tape]) -> Film:
    """Return the film that a camera of a site saw: its frame 1 is the first picture in the recording.

    TruthError: there is no such camera, or no picture of it; OSError.
    """
    known = {sensor.device: sensor for sensor in site.site.sensors if isinstance(sensor.camera, Intrinsics)}
    tsai = told.camera.endswith(".xml")
    name = next(iter(known), told.camera) if tsai and len(known) == 1 else told.camera
    if name not in known:
        raise TruthError(_NO_CAMERA.of(camera=told.camera, there=", ".join(known) or _NONE))
    camera, mount = known[name].camera, known[name].mount
    if tsai:
        try:
            camera, mount = calibrated(Path(told.camera).read_text(encoding="utf-8"))
        except ValueError as error:
            raise TruthError(placed(told.camera, error)) from error
    assert isinstance(camera, Intrinsics)
    return Film(camera, mount, told.rate_hz, _begin_ns(name, tapes))


def _begin_ns(name: str, tapes: Iterable[Tape]) -> int:
    """Return when the first picture of a camera was exposed, steady."""
    for tape in tapes:
        for read in (read for one in tape.rounds for read in one.reads if read.device == name):
            if (stamp_ns := exposed_ns(read.data)) is not None:
                return stamp_ns - tape.clock.correction_ns
    raise TruthError(_NO_PICTURE.of(name=name))


def read(path: Path) -> MotBoxes:
    """Return the boxes of a file. TruthError: it is no such file; OSError."""
    try:
        table = np.loadtxt(path, delimiter=",", ndmin=2)
    except ValueError as error:
        raise TruthError(_NO_TEXT.of(path=path, error=error)) from error
    if table.shape[1] < 7 or (table[:, 0] < 1).any():
        raise TruthError(_COLUMNS.of(path=path))
    has_class = 7 < table.shape[1] < WIDE
    kind = np.full(len(table), int(RoadUser.PEDESTRIAN))
    if has_class:
        kind = np.array([CLASSES.get(number, RoadUser.UNKNOWN) for number in table[:, 7].astype(int).tolist()])
    left, top, width, height = table[:, 2:6].T
    box = np.stack([left, top, left + width, top + height], axis=1) - FIRST_PX
    judged = (table[:, 6] > 0) & (kind != RoadUser.UNKNOWN)
    return MotBoxes(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), kind, box, judged)


def places(boxes: MotBoxes, camera: Intrinsics, mount: Mount) -> Floats:
    """Return where the road users (n, 2) are, site frame, m; NaN where a box's foot is above the horizon."""
    length = np.array([0.0 if kind == RoadUser.PEDESTRIAN else _LENGTHS.get(kind, 0.0) for kind in boxes.kind.tolist()])
    own, _ = locate(boxes.box_px, length, camera, mount)
    return in_site_frame(own, mount)


def load(path: Path, film: Film) -> RunTruth:
    """Return the truth of a film in a run's steady time. TruthError, OSError."""
    boxes = read(path)
    rows = np.zeros(len(boxes.id), ROW)
    rows["stamp_ns"] = film.begin_ns + np.round((boxes.frame - 1) * 1e9 / film.rate_hz).astype(np.int64)
    rows["id"], rows["kind"] = boxes.id, boxes.kind
    rows["position"] = places(boxes, film.camera, film.mount)
    for name in ("speed", "heading", "size"):
        rows[name] = np.nan
    return RunTruth(path.name, rows[boxes.judged & np.isfinite(rows["position"]).all(axis=1)], complete=True)
