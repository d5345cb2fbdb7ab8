"""The neural detector: output layouts, windows, one box for each, sizes that can be; through the real runtimes."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from perception.objects import RoadUser
from perception.video.boxes import Picture
from perception.video.builds import KIND, box_of, outline
from perception.video.duplicates import single
from perception.video.fit import Fitter
from perception.video.lanes import Lanes
from perception.video.network import Network, NetworkBoxes, candidates
from perception.video.onnx import Onnx
from perception.video.runtimes import RUNTIMES
from perception.video.windows import PictureWindow, windows_of
from tests.perception.video import onnx_file
from tests.rsu.video.scene import NO_LANES, SIZE, VIEW

KINDS = {2: RoadUser.CAR, 0: RoadUser.PEDESTRIAN}
INPUT = (320, 320)  # the picture of 960 x 540 is scaled to 320 x 180 and lies 70 px from the top
# one car, the same again a little beside it with less confidence, a pedestrian, a class that does not count
ROWS = [
    (100.0, 160.0, 40.0, 30.0, 2, 0.9),
    (102.0, 161.0, 40.0, 30.0, 2, 0.6),
    (200.0, 150.0, 6.0, 20.0, 0, 0.8),
    (250.0, 150.0, 20.0, 20.0, 1, 0.9),
    (60.0, 150.0, 20.0, 20.0, 2, 0.1),
]
CLASSES = 4
PEDESTRIAN = int(np.flatnonzero(KIND == RoadUser.PEDESTRIAN)[0])


def _scores(label: int, score: float) -> list[float]:
    return [score if number == label else 0.0 for number in range(CLASSES)]


def v5() -> np.ndarray:
    """(1, n, 5 + classes): objectness times class score."""
    rows = [[*row[:4], row[5], *_scores(row[4], 1.0)] for row in ROWS]
    return np.array([rows + [[0.0] * (5 + CLASSES)] * 20])


def v8() -> np.ndarray:
    """(1, 4 + classes, n)."""
    rows = [[*row[:4], *_scores(row[4], row[5])] for row in ROWS]
    return np.array([rows + [[0.0] * (4 + CLASSES)] * 20]).transpose(0, 2, 1)


def v10() -> np.ndarray:
    """(1, n, 6)."""
    rows = [[x - w / 2, y - h / 2, x + w / 2, y + h / 2, score, label] for x, y, w, h, label, score in ROWS]
    return np.array([rows + [[0.0] * 6] * 20])


def white() -> Picture:
    return np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)


EVERYWHERE = np.ones((SIZE[1], SIZE[0]), dtype=np.bool_)
WHOLE = PictureWindow(0, 0, *SIZE)


def network(path: Path, runtime: str = "onnxruntime") -> Network:
    pytest.importorskip(runtime, reason=f"{runtime} is an extra")
    return Network(RUNTIMES[runtime](path, 1), KINDS, 0.3, 0.5)


def boxes(path: Path, picture: Picture, runtime: str = "onnxruntime") -> NetworkBoxes:
    return network(path, runtime).find(picture, [WHOLE])


def detector(path: Path, region: np.ndarray = EVERYWHERE) -> Onnx:
    return Onnx(Fitter(VIEW, NO_LANES), network(path), region, [WHOLE])


@pytest.mark.parametrize("layout", [v5, v8, v10])
def test_every_layout_gives_the_same_boxes(layout: object, tmp_path: Path) -> None:
    assert callable(layout)
    found = boxes(onnx_file.write(tmp_path / "m.onnx", layout(), *INPUT), white())
    assert found.kind.tolist() == [RoadUser.CAR, RoadUser.PEDESTRIAN]
    assert found.score == pytest.approx([0.9, 0.8], abs=1e-5)
    np.testing.assert_allclose(found.box_px[0], np.array([80, 145 - 70, 120, 175 - 70]) * 3, atol=1e-3)


def test_the_answer_depends_on_the_picture(tmp_path: Path) -> None:
    made = network(onnx_file.write(tmp_path / "m.onnx", v8(), *INPUT))
    assert len(made.find(white(), [WHOLE]).box_px) == 2
    assert made.find(np.zeros_like(white()), [WHOLE]).score.max() < 0.5, "of the padding alone"


def test_openvino_says_the_same(tmp_path: Path) -> None:
    path = onnx_file.write(tmp_path / "m.onnx", v8(), *INPUT)
    np.testing.assert_allclose(boxes(path, white(), "openvino").box_px, boxes(path, white()).box_px, atol=1e-3)


def test_a_box_of_a_car_becomes_a_car_on_the_road(tmp_path: Path) -> None:
    state = np.array([30.0, 4.0, 4.6, 1.82, 1.55])
    left, top, right, bottom = (box_of(outline(VIEW, np.array(0), state, np.array(0.0))) + 0.5) / 3 + [0, 70, 0, 70]
    row = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top, *_scores(2, 0.9)]
    answer = np.array([[row] + [[0.0] * (4 + CLASSES)] * 20]).transpose(0, 2, 1)
    path = onnx_file.write(tmp_path / "m.onnx", answer, *INPUT)
    found = detector(path).look(white(), 0)
    assert found.kind.tolist() == [RoadUser.CAR] and found.confidence[0] == pytest.approx(0.9, abs=1e-5)
    assert np.hypot(*(found.position_m[0] - state[:2])) < 0.8
    far = EVERYWHERE.copy()
    far[round((bottom - 70) * 3) - 20 :] = False
    assert not len(detector(path, far).look(white(), 0).position_m), "it stands outside the region"


@pytest.mark.parametrize(("height_m", "counts"), [(0.7, False), (1.2, True), (1.7, True), (2.6, False)])
def test_a_traffic_cone_is_no_pedestrian(height_m: float, counts: bool) -> None:
    """A box too small or too large for its class at its place on the road is left out."""
    state = np.array([30.0, 4.0, 0.5, 0.5, height_m])
    box = box_of(outline(VIEW, np.array(PEDESTRIAN), state, np.array(0.0)))[None] + 0.5
    found = NetworkBoxes(box, np.array([int(RoadUser.PEDESTRIAN)]), np.array([0.9]))
    made = Onnx(Fitter(VIEW, NO_LANES), cast("Network", None), EVERYWHERE, [WHOLE])
    assert len(made.bodies(found).position_m) == counts


def test_everybody_has_one_box() -> None:
    """A van that is a car and a truck; a rider and the cycle; a person beside a bicycle stays one."""
    rows: list[tuple[list[float], RoadUser, float]] = [
        ([100, 100, 200, 180], RoadUser.CAR, 0.7),
        ([102, 98, 203, 181], RoadUser.TRUCK, 0.6),
        ([300, 140, 360, 180], RoadUser.BICYCLE, 0.5),
        ([315, 90, 345, 165], RoadUser.PEDESTRIAN, 0.8),
        ([370, 90, 400, 180], RoadUser.PEDESTRIAN, 0.9),
    ]
    box, kind, score = single(
        np.array([row[0] for row in rows]),
        np.array([int(row[1]) for row in rows]),
        np.array([row[2] for row in rows]),
        0.5,
    )
    assert kind.tolist() == [RoadUser.PEDESTRIAN, RoadUser.CAR, RoadUser.BICYCLE] and score.tolist() == [0.9, 0.7, 0.5]
    assert box[2].tolist() == [300, 90, 360, 180], "the bicycle has its rider"


def test_far_lanes_are_looked_at_twice_as_large(tmp_path: Path) -> None:
    region = EVERYWHERE.copy()
    region[:60] = False
    assert windows_of(region, VIEW, NO_LANES, INPUT) == [PictureWindow(0, 60, *SIZE)]
    whole, *tiles = windows_of(region, VIEW, Lanes([np.array([[12.0, 0.0], [70.0, 0.0]])]), INPUT)
    assert whole == PictureWindow(0, 60, *SIZE) and len(tiles) == 1 and tiles[0].tile
    assert tiles[0].right - tiles[0].left == SIZE[0] // 2
    u, v = VIEW.to_picture(np.array([70.0, 0.0, 0.0]))
    assert tiles[0].left + 20 < u < tiles[0].right - 20 and tiles[0].top < v - 10 < tiles[0].bottom
    found = network(onnx_file.write(tmp_path / "m.onnx", v8(), *INPUT)).find(white(), [whole, *tiles])
    assert (found.kind == RoadUser.CAR).sum() == 2, "the constant answer is another place in the tile"


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.just(1), st.integers(5, 9), st.integers(5, 30)),
        elements=st.floats(-1e3, 1e3, width=32),
    )
)
def test_any_output_is_read_or_refused(output: np.ndarray) -> None:
    try:
        found = candidates(output)
    except ValueError:
        return
    assert len(found.box_px) == len(found.score) == len(found.label)


@pytest.mark.parametrize("shape", [(1, 4, 20), (2, 84, 100), (84, 100)])
def test_no_detector_s_output_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no output of a YOLO model"):
        candidates(np.zeros(shape, np.float32))
