"""Messages of a rosbag: tracks, boxes, scans, clouds and fixes."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from perception.geo import Reference
from perception.objects import Detections, Fix, PointCloud
from rsu.lab.importing import ros
from rsu.lab.importing.frames import ForeignError, SensorView
from rsu.lab.importing.mapping import StreamSettings
from tests.rsu.lab.importing.bags import BAG, messages, write_bag
from tests.rsu.lab.importing.samples import BEGIN_NS, PLACE, Import, measurements


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("objects", "points"), [("/tracks", "/scan"), ("/boxes", "/cloud")])
def test_rosbags(imported: Import, site: Path, tmp_path: Path, version: int, objects: str, points: str) -> None:
    path = write_bag(tmp_path / ("a.bag" if version == 1 else "a"), version)
    summary = imported(path, BAG.replace("OBJECTS", objects).replace("POINTS", points))
    assert summary["frames"] == {"camera-east": 5, "radar-north": 5, "gnss": 5}
    found = measurements(tmp_path / "o.mcap", site)
    seen = [one for one in found if isinstance(one, Detections)]
    clouds = [one for one in found if isinstance(one, PointCloud)]
    fixes = [one for one in found if isinstance(one, Fix)]
    assert len(seen) == len(clouds) == len(fixes) == 5
    assert [one.stamp_ns for one in seen] == [BEGIN_NS + k * 100_000_000 for k in range(5)]
    assert seen[4].position_m.tolist() == [[24.0, 3.0]]
    expected = {"/tracks": (1, [10.0, 0.0]), "/boxes": (3, [math.nan, math.nan])}[objects]
    assert seen[4].kind[0] == expected[0] and seen[4].velocity_mps[0] == pytest.approx(expected[1], nan_ok=True)
    assert clouds[4].points_m[0] == pytest.approx([24.0, 3.0, 0.0], abs=1e-5) and clouds[4].doppler_mps[0] == -4.0
    assert (fixes[0].latitude_deg, fixes[0].longitude_deg) == pytest.approx(PLACE, abs=1e-7)


def read(kind: str, message: Any, **stream: Any) -> Any:
    """Return the import of one message of a bag."""
    settings = StreamSettings.model_validate({"device": "d", "topic": "/x", **stream})
    return ros.READERS[kind](message, "message 1", BEGIN_NS, settings, SensorView(Reference(0.0, 0.0), None))


def cloud(rows: list[tuple[float, ...]], names: str, width: int, padding: int) -> tuple[str, Any]:
    """Return a point cloud with named columns, so many points in a line and octets behind each line."""
    kind, one = messages(ros.typestore(), 0)["/cloud"]
    field, size = type(one.fields[0]), 4 * len(rows[0])
    fields = [field(name, 4 * i, 7, 1) for i, name in enumerate(names.split())]
    table = np.array(rows, "<f4").reshape(-1, width * len(rows[0]))
    lines = [line.tobytes() + bytes(padding) for line in table]
    data = np.frombuffer(b"".join(lines), np.uint8)
    return kind, type(one)(one.header, len(lines), width, fields, False, size, len(lines[0]), data, False)


def test_a_cloud_may_name_its_radial_speed_and_have_lines_and_directions_without_echo() -> None:
    rows: list[tuple[float, ...]] = [(1.0, 2.0, 3.0, 4.0), (math.nan,) * 4, (5.0, 6.0, 7.0, -8.0), (1.0, 1.0, 1.0, 0.0)]
    kind, message = cloud(rows, "x y z v_r", 2, 12)
    found = read(kind, message, fields={"doppler": {"field": "v_r", "scale": -1}})
    assert found.points_m.tolist() == [[1, 2, 3], [5, 6, 7], [1, 1, 1]] and found.doppler_mps.tolist() == [-4, 8, 0]


@pytest.mark.parametrize(("width", "height", "step"), [(0, 0, 0), (0, 1, 16), (1, 0, 16)])
def test_a_cloud_without_points_is_a_scan_without_reflections(width: int, height: int, step: int) -> None:
    stamp = SimpleNamespace(sec=1, nanosec=0)
    fields = [SimpleNamespace(name=n, offset=4 * i, datatype=7) for i, n in enumerate(("x", "y", "z", "doppler"))]
    for names in (fields, []):
        message = SimpleNamespace(
            header=SimpleNamespace(stamp=stamp), height=height, width=width, fields=names, is_bigendian=False,
            point_step=step, row_step=0, data=np.zeros(0, np.uint8), is_dense=True,
        )  # fmt: skip
        stream = StreamSettings.model_validate({"device": "d", "topic": "/x"})
        frame = ros.READERS["sensor_msgs/msg/PointCloud2"](
            message, "m", 2, stream, SensorView(Reference(0.0, 0.0), None)
        )
        assert frame.points_m.shape == (0, 3) and frame.doppler_mps.shape == (0,)


def test_a_cloud_without_radial_speed_is_refused_with_what_to_do() -> None:
    kind, message = cloud([(1.0, 2.0, 3.0, 4.0)], "x y z intensity", 1, 0)
    with pytest.raises(ForeignError, match=r"x, y, z, intensity; needed are .* a detector"):
        read(kind, message)
    with pytest.raises(ForeignError, match="leave out `frame`"):
        read(kind, message, frame="site")
    with pytest.raises(ValidationError, match="in metres"):
        read(kind, message, frame="wgs84")


def test_a_receiver_without_a_fix_says_nothing() -> None:
    kind, message = messages(ros.typestore(), 0)["/fix"]
    assert read(kind, message).latitude_deg == PLACE[0]
    message.latitude = math.nan
    assert read(kind, message) is None


def test_detections_of_ros_1_have_no_hypothesis_in_between() -> None:
    kind, message = messages(ros.typestore(), 0)["/boxes"]
    (detection,) = message.detections
    old = SimpleNamespace(results=[SimpleNamespace(id=7, score=0.5)], bbox=detection.bbox)
    found = read(
        kind,
        SimpleNamespace(header=message.header, detections=[old]),
        fields={"class": {"field": "id", "map": {7: "truck"}}},
    )
    assert (found.seen[0].kind, found.seen[0].confidence, found.seen[0].id) == ("truck", 0.5, None)
