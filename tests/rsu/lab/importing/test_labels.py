"""MOTChallenge and KITTI text: rows to frames of a camera, in the order and at the times that the mapping says."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Detections
from rsu.core.exits import Exit
from rsu.lab.importing import labels
from rsu.lab.importing.frames import ForeignError
from rsu.lab.importing.mapping import StreamSettings
from tests.rsu.lab.importing.samples import BEGIN_NS, Import, measurements

BEGIN = "2025-10-09T16:53:20+08:00"  # BEGIN_NS
MOT = f'streams: [{{device: camera-east, format: mot, begin: "{BEGIN}", rate_hz: 8, class: pedestrian}}]'
KITTI = f"streams: [{{device: camera-east, format: kitti, begin: {BEGIN}, rate_hz: 10}}]"
TRUTH = (
    "1,7,100,50,20.5,60,1,3,0.9\n4,7,104,50,20.5,60,1,3,0.9\n"
    "1,8,300,80,10,30,1,1,1\n4,9,300,80,10,30,0,1,1\n1,2,0,0,9,9,1,12,1\n"
)
LABELS = (
    "0 3 Car 0 0 -1.5 600.0 170.0 640.0 200.0 1.5 1.7 4.2 2.5 1.6 30.0 -1.57\n"
    "0 4 Pedestrian 0 0 -1.5 700.0 170.0 710.0 200.0 1.8 0.6 0.7 -4.0 1.6 12.0 0.1 0.75\r\n"
    "0 -1 DontCare -1 -1 -10 219.3 188.5 245.5 218.6 -1000 -1000 -1000 -10 -1 -1 -1\n"
    "1 3 Car 0 0 -1.5 600.0 170.0 640.0 200.0 1.5 1.7 4.2 2.5 1.6 29.0 -1.57\n"
)


def seen(imported: Import, site: Path, folder: Path, text: str, mapping: str) -> list[Detections]:
    (folder / "a.txt").write_bytes(text.encode())
    assert imported(folder / "a.txt", mapping)["findings"] == []
    return [one for one in measurements(folder / "o.mcap", site) if isinstance(one, Detections)]


def test_mot_rows_are_boxes_of_frames_in_their_order(imported: Import, site: Path, tmp_path: Path) -> None:
    found = seen(imported, site, tmp_path, TRUTH, MOT)
    assert [round((one.stamp_ns - BEGIN_NS) / 1e6) for one in found] == [0, 125, 250, 375]  # two without labels
    assert [one.source_id.tolist() for one in found] == [[7, 8], [], [], [7]]  # labels to be ignored are left out
    assert found[0].kind.tolist() == [1, 6]
    assert found[0].box_px == pytest.approx(np.array([[100, 50, 120.5, 110], [300, 80, 310, 110]]))


def test_rows_without_a_class_have_that_of_the_mapping(imported: Import, site: Path, tmp_path: Path) -> None:
    (found,) = seen(imported, site, tmp_path, "1,-1,100,50,20,60,0.5,-1,-1,-1\n", MOT)
    assert (found.kind.tolist(), found.source_id.tolist(), found.confidence.tolist()) == ([6], [-1], [0.5])


def test_kitti_rows_are_places_before_the_camera(imported: Import, site: Path, tmp_path: Path) -> None:
    first, second = seen(imported, site, tmp_path, LABELS, KITTI)
    assert round((second.stamp_ns - first.stamp_ns) / 1e6) == 100
    assert first.position_m == pytest.approx(np.array([[30.0, -2.5], [12.0, 4.0]]))
    assert first.size_m[0] == pytest.approx([4.2, 1.7, 1.5])
    assert first.kind.tolist() == [1, 6] and first.source_id.tolist() == [3, 4]
    assert first.confidence[1] == pytest.approx(0.75) and np.isnan(first.confidence[0])


@pytest.mark.parametrize(("mapping", "text", "said"), [
    (MOT, "1,7,100,50,20,60\n1,8,100,fifty,20,60\n", 'line 2, column 4 (top): no number: "fifty"'),
    (MOT, "1,7,100\n", "line 1: expected 6 to 10 columns (frame, id, left"),
    (MOT, "1,7,1e400,50,20,60\n", 'line 1, column 3 (left): cannot be: "1e400"'),
    (MOT, "1,7,1,50,20,60\n900000,7,1,50,20,60\n", "line 2, column 1 (frame): 900000 comes after 1"),
    (KITTI, LABELS + "2 3 Car 0 0\n", "line 5: expected 17 to 18 columns"),
    (KITTI, LABELS.replace("30.0", "far"), 'line 1, column 16 (z): no number: "far"'),
])  # fmt: skip
def test_a_row_that_cannot_be_is_named_with_its_column(
    imported: Import, tmp_path: Path, mapping: str, text: str, said: str
) -> None:
    (tmp_path / "a.txt").write_text(text)
    assert said in imported(tmp_path / "a.txt", mapping, Exit.DAMAGED)["said"]


@pytest.mark.parametrize(("mapping", "said"), [
    ("streams: [{device: camera-east, format: mot}]", "begin, rate_hz"),
    (MOT.replace("+08:00", ""), "begin has no offset"),
    (MOT.replace("format: mot", "format: coco"), "format"),
])  # fmt: skip
def test_what_a_layout_without_times_needs_is_said(imported: Import, tmp_path: Path, mapping: str, said: str) -> None:
    (tmp_path / "a.txt").write_text(TRUTH)
    assert said in imported(tmp_path / "a.txt", mapping, Exit.INVALID_CONFIG)["said"]


@given(st.sampled_from(["mot", "kitti"]), st.text(alphabet="0123456789.,- eEnainfCar\n\r", max_size=200))
def test_any_text_is_read_or_refused_with_its_line(layout: str, content: str) -> None:
    stream = StreamSettings.model_validate({"device": "d", "format": layout, "begin": BEGIN, "rate_hz": 10})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_text(content, newline="")
        with contextlib.suppress(ForeignError):
            stamps = [frame.stamp_ns for frame in labels.frames(path, stream)]
            assert stamps == sorted(stamps)
