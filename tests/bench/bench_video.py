"""Video: one camera's cost and accuracy on drawn scenes, and vehicles counted on real roads.

Method, drawn: the bench world's recorded traffic by day, 1920x1080 at 25 pictures a second, MJPEG, a camera on a 12 m
mast, beside the road and at the crossing, where users wait side by side and one behind the other (`SCENES`); first 3 s
of the empty road, then `SECONDS` of traffic. The whole path is the product's, at the demo's `LOOKED_HZ`: unpack, detect
with `motion`, project, datagram, driver. Cost: CPU time of the process over the film's time. Visible are users as a
person sees them: within 60 m, wholly in the picture, more than half of the outline not hidden, standing ones included.
They have the first choice among the detections; a detection is right when it is within `GATE_M` of a user, however much
of that one is in sight.

Method, real (`--films`): vehicles that cross a line (`ROADS`), by tracks of the product's fusion over detections that
are projected with a camera guessed from lanes, speeds and vehicles; beside it the count of a person on slit pictures of
that line.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

from hw.video import Video, VideoInboxSettings
from perception.geo import Reference
from perception.objects import Detections, Floats, RoadUser
from perception.sensing.scan import rotation_of
from perception.sensor import FieldOfView, Intrinsics, Mount, Sensor
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from perception.video.lanes import Lanes
from perception.video.settings import MotionSettings
from perception.video.view import CameraView
from rsu.site import lanemap
from rsu.site.video import SourceSettings
from rsu.site.video import VideoSettings as CameraSettings
from rsu.video.camera import CameraPipeline, lanes_of
from rsu.video.source import Shot
from sim import recorded
from sim.frames import WorldFrame
from sim.video.film import film
from sim.video.ground import Picture
from sim.video.picture import Painter
from tests.bench_file import FOLDER, keep

ROOT = Path(__file__).parents[2]

SIZE, RATE_HZ = (1920, 1080), 25.0
EMPTY_S, SECONDS, BEGIN_FRAME = 3.0, 30.0, 100
LOOKED_HZ = 5.0
JUDGED_EVERY = 10  # pictures of the film
RANGE_M, GATE_M, IN_SIGHT = 60.0, 3.0, 0.5
FIRST_M = 100.0  # by which those in sight come before those that are hidden
BEGIN_NS = 1_795_000_000_000_000_000
LENS = Intrinsics(fx=1300, fy=1300, cx=960, cy=540, distortion=(-0.08, 0.01, 0.0, 0.0, 0.0), pixel_sd=1.5)
LIMITS = {"cpu_share": 0.35, "recall": 0.95, "precision": 0.95, "position_p95_m": 1.0}


class Road(NamedTuple):
    """A real film: a camera guessed from its lanes, and a line across the road."""

    file: str
    turned: bool  # the camera lies on its side: the film is turned upright
    sensor: Sensor
    line_px: int  # row of the upright picture
    from_frame: int  # a road user that crosses earlier is not counted: the road is being learned
    by_eye: int  # vehicles that a person counts
    shown: int  # picture that is written with its boxes


def _guessed(
    fx: float, size: tuple[int, int], height_m: float, pitch_deg: float, reach_m: tuple[float, float]
) -> Sensor:
    return Sensor(
        device="video",
        mount=Mount(east_m=0, north_m=0, height_m=height_m, yaw_deg=0, pitch_deg=pitch_deg),
        field_of_view=FieldOfView(near_m=reach_m[0], range_m=reach_m[1], width_deg=100),
        camera=Intrinsics(fx=fx, fy=fx, cx=size[0] / 2, cy=size[1] / 2, pixel_sd=1.5),
    )


ROADS = (
    Road("freeway_320x240.avi", False, _guessed(900.0, (320, 240), 10.7, 11.2, (30.0, 150.0)), 85, 45, 35, 290),
    Road("highway_320x176.avi", True, _guessed(300.0, (176, 320), 10.5, 40.0, (4.0, 40.0)), 130, 45, 5, 130),
)


def _mast(north_m: float) -> Sensor:
    """Return the drawn world's camera on a 12 m mast, looking north."""
    return Sensor(
        device="video",
        mount=Mount(east_m=4.0, north_m=north_m, height_m=12.0, yaw_deg=0.0, pitch_deg=23.0, roll_deg=0.5),
        field_of_view=FieldOfView(range_m=72.0, width_deg=90.0, near_m=11.0),
        camera=LENS,
    )


SCENES = {"road": _mast(55.0), "crossing": _mast(-24.0)}


class Judged(NamedTuple):
    """Detections of one picture against the truth."""

    right: int  # detections
    missed: int  # users
    false: int  # detections
    errors_m: list[float]  # of the users that were found


def settings(size: tuple[int, int], rate_hz: float, motion: MotionSettings | None = None) -> CameraSettings:
    """Return a camera's settings; the source is not used."""
    source = SourceSettings(stream="http://127.0.0.1/", rate_hz=rate_hz)
    return CameraSettings(source=source, image_px=size, motion=motion)


def world() -> Iterator[WorldFrame]:
    """Yield the empty road for a while, then the traffic, without a break of time."""
    traffic = islice(recorded.frames(), BEGIN_FRAME, None)
    first = next(traffic)
    nobody = np.zeros(len(first.id), dtype=np.bool_)
    names = ("id", "kind", "position_m", "velocity_mps", "heading_deg", "size_m", "equipped")
    empty = msgspec.structs.replace(first, **{name: getattr(first, name)[nobody] for name in names})
    for number in range(round(EMPTY_S * 10)):
        yield msgspec.structs.replace(empty, stamp_ns=BEGIN_NS + number * 100_000_000)
    for number, frame in enumerate(traffic, round(EMPTY_S * 10)):
        yield msgspec.structs.replace(frame, stamp_ns=BEGIN_NS + number * 100_000_000)


def draw(sensor: Sensor, path: Path) -> dict[int, tuple[WorldFrame, list[float]]]:
    """Film the world; return the judged pictures' worlds and how much of each user is in sight (NaN: not wholly in)."""
    painter = Painter(LENS, sensor.mount, *SIZE)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE_HZ, SIZE)
    truth = {}
    for shot in film(world(), painter, RATE_HZ, EMPTY_S + SECONDS):
        writer.write(shot.picture)
        if shot.number % JUDGED_EVERY == 1 and shot.number > 2 * EMPTY_S * RATE_HZ:
            truth[shot.number] = shot.world, in_sight(painter, shot.world)
    writer.release()
    return truth


def in_sight(painter: Painter, frame: WorldFrame) -> list[float]:
    """Return the share of each road user's outline that no other user hides; NaN for those that the picture cuts."""
    shares = np.full(len(frame.id), np.nan)
    nearer = np.zeros(SIZE[::-1], np.uint8)
    for row, mask in reversed(painter.silhouettes(frame)):
        whole = int(np.count_nonzero(mask))
        if whole and not (mask[[0, -1]].any() or mask[:, [0, -1]].any()):
            shares[row] = np.count_nonzero(mask & (1 - nearer)) / whole
        nearer |= mask
    return shares.tolist()


def detections(sensor: Sensor, path: Path) -> tuple[dict[int, Detections], float]:
    """Return the product's detections in a film, by picture, and the CPU seconds that it took."""
    lanes = lanes_of(lanemap.load(ROOT / "configs" / "demo-lanes.json"), sensor)
    camera = CameraPipeline(settings(SIZE, LOOKED_HZ), sensor, lanes)
    driver = Video("video", VideoInboxSettings(inbox="video"))
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    step = round(RATE_HZ / LOOKED_HZ)
    found: dict[int, Detections] = {}
    number, began = 0, time.process_time()
    while True:
        good, packed = capture.read()
        if not good:
            return found, time.process_time() - began
        if number % step == 1:
            stamp_ns = BEGIN_NS + round(number * 1e9 / RATE_HZ)
            shot = Shot(stamp_ns, np.asarray(packed, dtype=np.uint8).ravel())
            datagram = camera.datagram(camera.view(shot, None))
            for measurement in driver.received("pictures", datagram, stamp_ns):
                assert isinstance(measurement, Detections)
                found[number] = measurement
        number += 1


def judge(sensor: Sensor, found: Detections, frame: WorldFrame, shares: list[float]) -> Judged:
    """Compare one picture's detections with the truth."""
    place = (frame.position_m - [sensor.mount.east_m, sensor.mount.north_m]) @ rotation_of(sensor.mount)
    away = np.hypot(place[:, 0], place[:, 1])
    near = np.flatnonzero(away < RANGE_M + GATE_M)
    wanted = [int(row) for row in near if away[row] < RANGE_M and shares[row] > IN_SIGHT]
    off = np.hypot(*np.moveaxis(place[near][:, None] - found.position_m, -1, 0)).reshape(
        len(near), len(found.position_m)
    )
    first = np.where(np.isin(near, wanted), -FIRST_M, 0.0)[:, None]
    rows, columns = linear_sum_assignment(np.where(off < GATE_M, off + first, GATE_M))
    pairs = {int(near[r]): (int(c), float(off[r, c])) for r, c in zip(rows, columns, strict=True) if off[r, c] < GATE_M}
    errors = [pairs[row][1] for row in wanted if row in pairs]
    used = {column for column, _ in pairs.values()}
    reach = np.hypot(found.position_m[:, 0], found.position_m[:, 1])
    false = [c for c in range(len(reach)) if c not in used and reach[c] < RANGE_M]
    return Judged(len(used), len(wanted) - len(errors), len(false), errors)


def drawn(name: str, sensor: Sensor) -> dict[str, float]:
    """Return the figures on a drawn scene."""
    path = FOLDER / f"video-{name}.avi"
    truth = draw(sensor, path)
    found, cpu_s = detections(sensor, path)
    judged = [judge(sensor, found[number], *truth[number]) for number in truth if number in found]
    right, missed = sum(each.right for each in judged), sum(each.missed for each in judged)
    false = sum(each.false for each in judged)
    errors = np.concatenate([each.errors_m for each in judged])
    picture(path, found, max(truth, key=lambda number: len(truth[number][0].id)))
    return {
        "cpu_share": round(cpu_s / (EMPTY_S + SECONDS), 3),
        "pictures_looked_at_hz": round(LOOKED_HZ, 2),
        "recall": round(len(errors) / (len(errors) + missed), 4),
        "precision": round(right / (right + false), 4),
        "position_p50_m": round(float(np.percentile(errors, 50)), 3),
        "position_p95_m": round(float(np.percentile(errors, 95)), 3),
        "users": len(errors) + missed,
        "pictures": len(judged),
    }


def picture(path: Path, found: dict[int, Detections], number: int) -> None:
    """Write a picture of the film with the boxes that were found."""
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    shown, seen = np.asarray(capture.read()[1], dtype=np.uint8), found[number]
    save(path.with_suffix(".png").name, shown, seen.box_px, seen.kind.tolist())


def save(name: str, shown: Picture, boxes: Floats, kinds: list[int]) -> None:
    """Write a picture with boxes."""
    shown = shown.copy()
    for (left, top, right, bottom), kind in zip(np.round(boxes).astype(int).tolist(), kinds, strict=True):
        cv2.rectangle(shown, (left, top), (right, bottom), (0, 255, 0), 1)
        cv2.putText(shown, RoadUser(kind).name.lower(), (left, top - 3), cv2.FONT_HERSHEY_PLAIN, 0.9, (0, 255, 255), 1)
    cv2.imwrite(str(FOLDER / name), shown)


def count(road: Road, film: Path) -> int:
    """Return how many tracks cross the line of a real road, going away from the camera."""
    assert road.sensor.camera is not None
    capture = cv2.VideoCapture(str(film))
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    pictures = [np.asarray(shown, dtype=np.uint8) for good, shown in iter(capture.read, (False, None)) if good]
    if road.turned:
        pictures = [np.ascontiguousarray(np.rot90(shown)) for shown in pictures]
    size = pictures[0].shape[1], pictures[0].shape[0]
    told = settings(size, rate_hz, MotionSettings(sure_after_s=0.0))  # the films are too short to be sure of the road
    camera = CameraPipeline(told, road.sensor, Lanes([]))
    view = CameraView(road.sensor.camera, road.sensor.mount, size)
    line_m = float(view.to_road(np.array([size[0] / 2, road.line_px]))[0])
    fusion = Fusion([road.sensor], FusionSettings(), Reference(0.0, 0.0, 0.0))
    driver = Video("video", VideoInboxSettings(inbox="video"))
    below: set[int] = set()
    crossed: set[int] = set()
    for number, shown in enumerate(pictures):
        stamp_ns = BEGIN_NS + round(number * 1e9 / rate_hz)
        datagram = camera.datagram(camera.view(Shot(stamp_ns, shown), None))
        for measurement in driver.received("pictures", datagram, stamp_ns):
            assert isinstance(measurement, Detections)
            fusion.ingest(measurement)
            if number == road.shown:
                save(f"video-{Path(road.file).stem}.png", shown, measurement.box_px, measurement.kind.tolist())
        tracks = fusion.tracks(stamp_ns)
        beyond = tracks.position_m[:, 1] > line_m  # the camera looks north
        after = set(tracks.id[beyond].tolist())
        crossed |= (after & below) if number >= road.from_frame else set()
        below = (below - after) | set(tracks.id[~beyond].tolist())
    return len(crossed)


def main() -> None:
    """Run, print and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench video")
    parser.add_argument("--films", type=Path, help=f"folder with {', '.join(road.file for road in ROADS)}; else none")
    films = parser.parse_args().films
    cv2.setNumThreads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    figures = {name: drawn(name, sensor) for name, sensor in SCENES.items()}
    print(
        f"drawn, {SIZE[0]}x{SIZE[1]}, {RATE_HZ:g} pictures/s, {SECONDS:g} s   {'':12}"
        + "".join(f"{n:>10}" for n in figures)
    )
    for name in next(iter(figures.values())):
        wanted = f"wanted {LIMITS[name]}" if name in LIMITS else ""
        print(f"  {name:24} {wanted:16}" + "".join(f"{each[name]:10g}" for each in figures.values()))
    counts = {}
    for road in ROADS if films else ():
        counts[road.file] = {"counted": count(road, films / road.file), "by_eye": road.by_eye}
        print(f"  {road.file}: {counts[road.file]['counted']} vehicles counted, {road.by_eye} by eye")
    keep("video", {"drawn": figures, "wanted": LIMITS, "real": counts})
    print(
        f"pictures with boxes: {', '.join(str(path.relative_to(ROOT)) for path in sorted(FOLDER.glob('video-*.png')))}"
    )


if __name__ == "__main__":
    main()
