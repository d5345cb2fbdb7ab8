"""Conditions: `motion` on drawn films in the weather and with the defects of real ones, one row a condition.

Method: the scenes of `bench_video.py` at the rate at which the product looks, each condition of
`sim.video.conditions` in turn; pictures go through H.264 (PyAV) where the condition says so. First the empty road, then
traffic. `seen`: share of pictures in which the camera says that it sees; the others count neither as missed nor as
false, for fusion does not count them as looked at. `blind`: its words in them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import av
import cv2
import numpy as np

from hw.video import STATES, Video, VideoInboxSettings
from perception.objects import Detections
from perception.sensor import Sensor
from perception.video.boxes import Picture
from rsu.site import lanemap
from rsu.video.camera import CameraPipeline, lanes_of
from rsu.video.source import Shot
from sim.frames import WorldFrame
from sim.video.conditions import CONDITIONS, FilmCondition, FilmWeather
from sim.video.film import film
from sim.video.picture import Painter
from tests.bench import bench_video
from tests.bench.bench_video import LENS, LOOKED_HZ, ROOT, SCENES, SIZE
from tests.bench_file import FOLDER, keep

EMPTY_S, SECONDS = bench_video.EMPTY_S, 16.0
SETTLED_S = 2.0  # after the empty road, before the first judged picture


class Codec:
    """H.264, picture by picture."""

    def __init__(self, size: tuple[int, int], crf: int) -> None:
        """`crf`: rate factor, 0 best, 51 worst."""
        self._encoder = av.CodecContext.create("libx264", "w")
        self._encoder.width, self._encoder.height = size
        self._encoder.pix_fmt, self._encoder.time_base = "yuv420p", Fraction(1, round(LOOKED_HZ))
        self._encoder.options = {"crf": str(crf), "preset": "superfast", "tune": "zerolatency", "threads": "1"}
        self._decoder = av.CodecContext.create("h264", "r")

    def through(self, picture: Picture) -> Picture:
        """Return a picture as a receiver gets it."""
        packets = self._encoder.encode(av.VideoFrame.from_ndarray(np.asarray(picture, dtype=np.uint8), format="bgr24"))
        frames = [frame for packet in packets for frame in self._decoder.decode(packet)]
        return np.asarray(frames[0].to_ndarray(format="bgr24"), dtype=np.uint8)


class Watched(NamedTuple):
    """One picture of a film, and the product's detections in it."""

    world: WorldFrame
    picture: Picture
    state: int  # in STATES
    found: Detections | None  # None: nothing was told
    shares: list[float]  # of each road user, in sight, as `bench_video.in_sight`


def watched(sensor: Sensor, condition: FilmCondition, seed: int) -> Iterator[Watched]:
    """Yield the pictures of a film as the product sees them."""
    painter = Painter(LENS, sensor.mount, *SIZE)
    codec = Codec(SIZE, condition.crf) if condition.crf else None
    lanes = lanes_of(lanemap.load(ROOT / "configs" / "demo-lanes.json"), sensor)
    camera, driver = (
        CameraPipeline(bench_video.settings(SIZE, LOOKED_HZ), sensor, lanes),
        Video("video", VideoInboxSettings(inbox="video")),
    )
    for shot in film(bench_video.world(), FilmWeather(painter, condition, seed), LOOKED_HZ, EMPTY_S + SECONDS):
        picture = shot.picture if codec is None else codec.through(shot.picture)
        view = camera.view(Shot(shot.world.stamp_ns, picture), None)
        found = driver.received("pictures", camera.datagram(view), view.stamp_ns)
        told = found[0] if found and isinstance(found[0], Detections) else None
        yield Watched(shot.world, picture, view.state, told, bench_video.in_sight(painter, shot.world))


def figures(seen: list[Watched], sensor: Sensor) -> dict[str, float]:
    """Return a film's figures."""
    told = [(each, each.found) for each in seen if each.found is not None]
    judged = [bench_video.judge(sensor, found, each.world, each.shares) for each, found in told]
    right, found = sum(each.right for each in judged), sum(len(each.errors_m) for each in judged)
    missed, false = sum(each.missed for each in judged), sum(each.false for each in judged)
    errors = [error for each in judged for error in each.errors_m]
    return {
        "seen": len(told) / len(seen),
        "recall": found / max(1, found + missed),
        "precision": right / max(1, right + false),
        "position_p95_m": float(np.percentile(errors, 95)) if errors else np.nan,
    }


def main() -> None:
    """Run, print and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench conditions")
    parser.add_argument("--only", action="append", choices=CONDITIONS, help="this condition alone; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept: dict[str, dict[str, float]] = {}
    print(f"{'':26}{'seen':>8}{'recall':>8}{'precision':>11}{'p95 m':>8}  blind")
    for name in asked.only or CONDITIONS:
        for scene, sensor in SCENES.items():
            seen = list(watched(sensor, CONDITIONS[name], asked.seed))
            judged = seen[round((EMPTY_S + SETTLED_S) * LOOKED_HZ) :]
            got = kept[f"{name}, {scene}"] = figures(judged, sensor)
            blind = Counter(STATES[each.state].en for each in judged if each.state)
            row = f"{got['seen']:8.2f}{got['recall']:8.3f}{got['precision']:11.3f}{got['position_p95_m']:8.2f}"
            print(f"{name + ', ' + scene:26}{row}  {', '.join(f'{n} x {why}' for why, n in blind.items())}", flush=True)
            shown = judged[len(judged) // 2]
            boxes = np.zeros((0, 4)) if shown.found is None else shown.found.box_px
            kinds = [] if shown.found is None else shown.found.kind.tolist()
            bench_video.save(f"condition-{name.replace(' ', '-')}-{scene}.png", shown.picture, boxes, kinds)
    keep("conditions", {"drawn": kept})


if __name__ == "__main__":
    main()
