"""The neural detector: every output layout, letterbox, suppression, classes; through the real runtimes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from perception.objects import RoadUser
from perception.video.boxes import Picture
from perception.video.builds import box_of, outline
from perception.video.fit import Fitter
from perception.video.onnx import RUNTIMES, Onnx, candidates
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


def detector(path: Path, runtime: str = "onnxruntime") -> Onnx:
    pytest.importorskip(runtime, reason=f"{runtime} is an extra")
    return Onnx(Fitter(VIEW, NO_LANES), RUNTIMES[runtime](path, 1), KINDS, 0.3, 0.5)


@pytest.mark.parametrize("layout", [v5, v8, v10])
def test_every_layout_gives_the_same_boxes(layout: object, tmp_path: Path) -> None:
    assert callable(layout)
    found = detector(onnx_file.write(tmp_path / "m.onnx", layout(), *INPUT)).boxes(white())
    assert found.kind.tolist() == [RoadUser.CAR, RoadUser.PEDESTRIAN]
    assert found.confidence == pytest.approx([0.9, 0.8], abs=1e-5)
    np.testing.assert_allclose(found.box[0], np.array([80, 145 - 70, 120, 175 - 70]) * 3 - 0.5, atol=1e-3)
    assert found.seen.all()


def test_the_answer_depends_on_the_picture(tmp_path: Path) -> None:
    made = detector(onnx_file.write(tmp_path / "m.onnx", v8(), *INPUT))
    assert len(made.look(white(), 0).position) == 2
    assert not len(made.boxes(np.zeros_like(white())).box) or made.boxes(np.zeros_like(white())).confidence.max() < 0.5


def test_openvino_says_the_same(tmp_path: Path) -> None:
    path = onnx_file.write(tmp_path / "m.onnx", v8(), *INPUT)
    wanted = detector(path).boxes(white())
    np.testing.assert_allclose(detector(path, "openvino").boxes(white()).box, wanted.box, atol=1e-3)


def test_a_box_of_a_car_becomes_a_car_on_the_road(tmp_path: Path) -> None:
    state = np.array([30.0, 4.0, 4.6, 1.82, 1.55])
    left, top, right, bottom = (box_of(outline(VIEW, np.array(0), state, np.array(0.0))) + 0.5) / 3 + [0, 70, 0, 70]
    row = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top, *_scores(2, 0.9)]
    answer = np.array([[row] + [[0.0] * (4 + CLASSES)] * 20]).transpose(0, 2, 1)
    found = detector(onnx_file.write(tmp_path / "m.onnx", answer, *INPUT)).look(white(), 0)
    assert found.kind.tolist() == [RoadUser.CAR] and found.confidence[0] == pytest.approx(0.9, abs=1e-5)
    assert np.hypot(*(found.position[0] - state[:2])) < 0.8


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
    assert len(found.box) == len(found.score) == len(found.label)


@pytest.mark.parametrize("shape", [(1, 4, 20), (2, 84, 100), (84, 100)])
def test_no_detector_s_output_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no output of a YOLO model"):
        candidates(np.zeros(shape, np.float32))
