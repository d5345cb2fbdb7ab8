"""Other people's recordings: CSV, JSON, rosbags 1 and 2 become recordings of ours; what is wrong with them is said."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import math
import tempfile
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from rosbags import rosbag1, rosbag2
from rosbags.typesys import Stores, get_typestore
from ruamel.yaml import YAML
from typer.testing import CliRunner

from perception.geo import Reference
from perception.objects import Detections, Fix, Measurement, PointCloud
from rsu.cli.main import app
from rsu.core.exits import Exit
from rsu.lab.importing import ros, text
from rsu.lab.importing.findings import Findings, SourceCheck
from rsu.lab.importing.frames import ForeignError, SensorView
from rsu.lab.importing.mapping import StreamSettings
from rsu.recording import reader
from rsu.replay.player import Player
from rsu.site import config
from tests.rsu.recording.virtual import CONFIGS

DATA = Path(__file__).parents[4] / "shared" / "data"
BEGIN_NS = 1_760_000_000_000_000_000
PLACE = (22.5431, 114.0579)  # the demo site's reference


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small site: a camera at the reference that looks east, a radar without a tracker, GNSS, radio."""
    folder = tmp_path_factory.mktemp("site")
    data = YAML().load(CONFIGS / "demo.yaml")
    devices, sensors = data["devices"], {sensor["device"]: sensor for sensor in data["sensors"]}
    data["devices"] = {name: devices[name] for name in ("camera-east", "radar-north", "gnss", "radio")}
    data["sensors"] = [sensors["camera-east"], sensors["radar-north"]]
    data["sensors"][0]["mount"] |= {"east_m": 0.0, "north_m": 0.0}
    del data["signal"]
    YAML().dump(data, folder / "site.yaml")
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        content = (CONFIGS / name).read_text(encoding="utf-8")
        (folder / name).write_text(content.replace("trackingCfg 1", "trackingCfg 0"), encoding="utf-8")
    return folder / "site.yaml"


Import = Callable[..., dict[str, Any]]


@pytest.fixture
def imported(site: Path, tmp_path: Path) -> Import:
    """Return what imports a file by a mapping and gives the summary."""

    def run(source: Path, mapping: str, code: Exit = Exit.FINE, where: Path = site) -> dict[str, Any]:
        (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        wishes = ["--mapping", str(tmp_path / "mapping.yaml"), "--site", str(where), "--out", str(tmp_path / "o.mcap")]
        result = CliRunner().invoke(app, ["rec", "import", str(source), *wishes, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == Exit.FINE else {"said": result.stderr}

    return run


def measurements(path: Path, site: Path) -> list[Measurement]:
    tapes = list(reader.ticks(path))
    player = Player(config.load(site), tapes[0].seed)
    return [found for tape in tapes for one in tape.rounds for found in player.measurements(one)]


CSV = """
streams:
  - device: camera-east
    time: {field: t, unit: s}
    frame: site
    fields: {id: n, class: {field: sort, map: {PKW: car}}, x: {field: east, unit: cm}, y: north, vx: v, vy: zero}
"""


def test_csv_rows_of_the_same_time_are_a_frame(imported: Import, site: Path, tmp_path: Path) -> None:
    lines = ["t,n,sort,east,north,v,zero"]
    name = int.from_bytes(hashlib.blake2b(b"B8", digest_size=8).digest()) >> 1
    for k in range(5):
        t = f"17600000{k:02}.5"
        lines += [f"{t},7,PKW,{2000 + 500 * k},3,5,0", f"{t},B8,tank,4000,-2,0,0"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    summary = imported(tmp_path / "a.csv", CSV)
    assert summary["frames"] == {"camera-east": 5} and summary["findings"] == []
    found = [one for one in measurements(tmp_path / "o.mcap", site) if isinstance(one, Detections)]
    assert [one.stamp_ns for one in found] == [BEGIN_NS + k * 10**9 + 5 * 10**8 for k in range(5)]
    # the camera looks east: forward is east, left is north
    assert found[1].position == pytest.approx(np.array([[25.0, 3.0], [40.0, -2.0]]))
    assert found[1].velocity[0] == pytest.approx([5.0, 0.0])
    assert found[1].kind.tolist() == [1, 0] and found[1].source_id.tolist() == [7, name]


def test_an_import_replays_to_its_own_bytes_and_goes_on_air(imported: Import, tmp_path: Path) -> None:
    frames = [
        {"when": f"2025-10-09T08:53:{20 + k // 10}.{k % 10}00+00:00", "list": [{"la": PLACE[0], "lo": PLACE[1] + 3e-4}]}
        for k in range(12)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, frames)), encoding="utf-8")
    imported(
        tmp_path / "a.jsonl",
        "streams: [{device: camera-east, objects: list, time: {field: when, format: iso}, "
        "fields: {latitude: la, longitude: lo}}]",
    )
    result = CliRunner().invoke(app, ["replay", str(tmp_path / "o.mcap"), "--verify", "--json"])
    assert result.exit_code == Exit.FINE and json.loads(result.stdout)["verified"]
    sent = {frame.kind for tape in reader.ticks(tmp_path / "o.mcap") for frame in tape.outcome.frames}
    assert {"rsm", "map"} <= sent


@pytest.mark.parametrize(("mapping", "code", "said"), [
    ("streams: [{device: nobody, time: {field: t}, fields: {latitude: a, longitude: b}}]", Exit.DAMAGED, "no device"),
    ("streams: [{device: camera-east, time: {field: t}, fields: {latitude: a}}]", Exit.INVALID_CONFIG, "longitude"),
    ("streams: [{device: camera-east, tiem: 1}]", Exit.INVALID_CONFIG, "streams.0.tiem: unknown key"),
    (CSV.replace("unit: s", "minute: noon"), Exit.INVALID_CONFIG, "streams.0.time.minute"),
    ("streams: [{device: camera-east, topic: /x}]", Exit.DAMAGED, "not a rosbag"),
    (CSV, Exit.DAMAGED, "say pace_ms"),
    (CSV.replace("unit: cm", "unit: furlong"), Exit.INVALID_CONFIG, "furlong"),
    (CSV.replace("field: east", "field: sort"), Exit.DAMAGED, "line 2: sort"),
    (CSV.replace("camera-east", "gnss"), Exit.DAMAGED, "become those of a camera-json"),
])  # fmt: skip
def test_what_does_not_fit_is_said(imported: Import, tmp_path: Path, mapping: str, code: Exit, said: str) -> None:
    rows = "t,n,sort,east,north,v,zero\n1760000000,1,PKW,1,1,1,0\n1760009999,2,PKW,1,1,1,0\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    assert said in imported(tmp_path / "a.csv", mapping, code)["said"]


@pytest.mark.parametrize(("name", "mapping", "place", "kinds"), [
    ("radar/xiongan_track.json.gz", "radar-targets", (39.0745, 115.9325), {"two-sets", "duplicate", "out-of-order"}),
    ("radar/clock_stuck_2015.json.gz", "radar-targets", (21.0008, 11.0), {"wrong-clock", "out-of-order"}),
    ("detections/rsm_camera.json.gz", "rsm-participants", (31.9354, 118.8221), {"gap"}),
])  # fmt: skip
def test_recordings_of_the_field_do_no_harm_and_their_faults_are_told(
    imported: Import, site: Path, tmp_path: Path, name: str, mapping: str, place: tuple[float, float], kinds: set[str]
) -> None:
    if not (DATA / name).is_file():
        pytest.skip(f"{DATA / name} is not here")
    data = YAML().load(site)
    data["site"]["reference"] |= {"latitude_deg": place[0], "longitude_deg": place[1]}
    where = site.with_name(f"{Path(name).name}.yaml")
    YAML().dump(data, where)
    said = (CONFIGS / "import" / f"{mapping}.yaml").read_text(encoding="utf-8")
    said = said.replace("device: radar", "device: camera-east").replace("device: camera\n", "device: camera-east\n")
    said = said.replace("pace_ms: 100", "pace_ms: 40")  # the sooner it is over
    if "2015" in name:
        said = said.replace("unit: ms}", 'format: "%Y-%m-%d %H:%M:%S", zone: UTC}')
    summary = imported(DATA / name, said, where=where)
    assert kinds <= {finding["kind"] for finding in summary["findings"]}
    result = CliRunner().invoke(app, ["rec", "report", str(tmp_path / "o.mcap"), "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == Exit.FOUND and answer["imported"] == summary["findings"]
    told = {finding["kind"]: finding["count"] for finding in answer["findings"]}
    stood_still = told.get("driver-frozen", 0)  # the same content over and over, which is not used
    assert answer["measurements"]["camera-east"] + stood_still == summary["frames"]["camera-east"]
    assert stood_still < 100  # one capture repeats lists of moving vehicles for seconds


def messages(store: Any, k: int) -> dict[str, tuple[str, Any]]:
    """Return a message of each type that can be read: one object 20 + k m ahead and 3 m left."""
    types, stamp_ns = store.types, BEGIN_NS + k * 100_000_000
    time = types["builtin_interfaces/msg/Time"](stamp_ns // 10**9, stamp_ns % 10**9)
    header_type = types["std_msgs/msg/Header"]
    header = header_type(frame_id="sensor", stamp=time, **({"seq": k} if "seq" in header_type.__annotations__ else {}))
    point, vector = types["geometry_msgs/msg/Point"], types["geometry_msgs/msg/Vector3"]
    zero, nothing = vector(0.0, 0.0, 0.0), np.zeros(6, np.float32)
    uuid = types["unique_identifier_msgs/msg/UUID"](np.arange(16, dtype=np.uint8))
    place = point(20.0 + k, 3.0, 0.0)
    track = types["radar_msgs/msg/RadarTrack"](
        uuid, place, vector(10.0, 0.0, 0.0), zero, vector(4.5, 1.8, 1.5), 2, nothing, nothing, nothing, nothing
    )
    pose = types["geometry_msgs/msg/Pose"](place, types["geometry_msgs/msg/Quaternion"](0.0, 0.0, 0.0, 1.0))
    sure = types["geometry_msgs/msg/PoseWithCovariance"](pose, np.zeros(36))
    hypothesis = types["vision_msgs/msg/ObjectHypothesis"]("bus", 0.75)
    result = types["vision_msgs/msg/ObjectHypothesisWithPose"](hypothesis, sure)
    box = types["vision_msgs/msg/BoundingBox3D"](pose, vector(12.0, 2.5, 3.0))
    detection = types["vision_msgs/msg/Detection3D"](header, [result], box, "42")
    echo = types["radar_msgs/msg/RadarReturn"](math.hypot(20 + k, 3), math.atan2(3, 20 + k), 0.0, -4.0, 9.0)
    layout = np.array([(20.0 + k, 3.0, 0.0, -4.0)], np.dtype("<f4,<f4,<f4,<f4"))
    fields = [types["sensor_msgs/msg/PointField"](n, 4 * i, 7, 1) for i, n in enumerate(("x", "y", "z", "doppler"))]
    raw = np.frombuffer(layout.tobytes(), np.uint8)
    cloud = types["sensor_msgs/msg/PointCloud2"](header, 1, 1, fields, False, 16, 16, raw, True)
    fix = types["sensor_msgs/msg/NavSatFix"](
        header, types["sensor_msgs/msg/NavSatStatus"](0, 1), *PLACE, 12.0, np.diag([4.0, 4.0, 9.0]).ravel(), 2
    )
    return {
        "/tracks": ("radar_msgs/msg/RadarTracks", types["radar_msgs/msg/RadarTracks"](header, [track])),
        "/boxes": ("vision_msgs/msg/Detection3DArray", types["vision_msgs/msg/Detection3DArray"](header, [detection])),
        "/scan": ("radar_msgs/msg/RadarScan", types["radar_msgs/msg/RadarScan"](header, [echo])),
        "/cloud": ("sensor_msgs/msg/PointCloud2", cloud),
        "/fix": ("sensor_msgs/msg/NavSatFix", fix),
    }


def write_bag(path: Path, version: int) -> Path:
    store = ros.typestore()
    if version == 1:  # the same definitions, with the header that ROS 1 has
        old = get_typestore(Stores.ROS1_NOETIC)
        store.fielddefs["std_msgs/msg/Header"] = old.fielddefs["std_msgs/msg/Header"]
        store = get_typestore(Stores.EMPTY)
        store.register({**ros.typestore().fielddefs, "std_msgs/msg/Header": old.fielddefs["std_msgs/msg/Header"]})
    with rosbag1.Writer(path) if version == 1 else rosbag2.Writer(path, version=8) as bag:
        connections = {}
        for k in range(5):
            for topic, (kind, message) in messages(store, k).items():
                if topic not in connections:
                    connections[topic] = bag.add_connection(topic, kind, typestore=store)
                encode = store.serialize_ros1 if version == 1 else store.serialize_cdr
                bag.write(connections[topic], BEGIN_NS + k * 100_000_000 + 30_000_000, encode(message, kind))
    return path


BAG = """
streams:
  - {device: camera-east, topic: OBJECTS, frame: sensor, fields: {class: {field: x, map: {bus: bus, 2: car}}}}
  - {device: radar-north, topic: POINTS, frame: sensor}
  - {device: gnss, topic: /fix}
"""


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
    assert seen[4].position.tolist() == [[24.0, 3.0]]
    expected = {"/tracks": (1, [10.0, 0.0]), "/boxes": (3, [math.nan, math.nan])}[objects]
    assert seen[4].kind[0] == expected[0] and seen[4].velocity[0] == pytest.approx(expected[1], nan_ok=True)
    assert clouds[4].points[0] == pytest.approx([24.0, 3.0, 0.0], abs=1e-5) and clouds[4].doppler[0] == -4.0
    assert (fixes[0].latitude, fixes[0].longitude) == pytest.approx(PLACE, abs=1e-7)


def packed(path: Path, way: str) -> Path:
    """Return a bag as people send it."""
    file = path if path.is_file() else next(path.glob("*.db3"))
    octets = file.read_bytes()
    made = {
        "gz": (f"x{file.suffix}.gz", gzip.compress(octets)),
        "zstd": (f"x{file.suffix}.zstd", zstandard.compress(octets)),
        "upper": (f"X{file.suffix.upper()}", octets),
        "bare": (f"x{file.suffix}", octets),
    }
    if way == "folder":
        (path / "metadata.yaml").unlink()
        return path
    name, content = made[way]
    (path.parent / name).write_bytes(content)
    return path.parent / name


@pytest.mark.parametrize(
    ("version", "way"),
    [(1, "gz"), (1, "zstd"), (1, "upper"), (2, "gz"), (2, "zstd"), (2, "upper"), (2, "bare"), (2, "folder")],
)
def test_bags_as_people_send_them(imported: Import, tmp_path: Path, version: int, way: str) -> None:
    path = packed(write_bag(tmp_path / ("a.bag" if version == 1 else "a"), version), way)
    summary = imported(path, BAG.replace("OBJECTS", "/tracks").replace("POINTS", "/scan"))
    assert summary["frames"] == {"camera-east": 5, "radar-north": 5, "gnss": 5}


def test_a_compressed_bag_that_is_damaged_is_refused(imported: Import, tmp_path: Path) -> None:
    (tmp_path / "a.bag.gz").write_bytes(gzip.compress(b"no bag" * 99)[:-20] + bytes(20))
    said = imported(tmp_path / "a.bag.gz", BAG.replace("OBJECTS", "/a").replace("POINTS", "/b"), Exit.DAMAGED)["said"]
    assert "a.bag.gz" in said


def test_a_bag_without_the_topic_says_what_it_has(imported: Import, tmp_path: Path) -> None:
    (path,) = write_bag(tmp_path / "a", 2).glob("*.db3")  # the file alone will do
    said = imported(path, "streams: [{device: gnss, topic: /gps}]", Exit.DAMAGED)["said"]
    assert "no topic /gps" in said and "/fix" in said


def read(kind: str, message: Any, **stream: Any) -> Any:
    """Return what becomes of one message of a bag."""
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
    rows = [(1.0, 2.0, 3.0, 4.0), (math.nan,) * 4, (5.0, 6.0, 7.0, -8.0), (1.0, 1.0, 1.0, 0.0)]
    kind, message = cloud(rows, "x y z v_r", 2, 12)
    found = read(kind, message, fields={"doppler": {"field": "v_r", "scale": -1}})
    assert found.points.tolist() == [[1, 2, 3], [5, 6, 7], [1, 1, 1]] and found.doppler.tolist() == [-4, 8, 0]


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
        assert frame.points.shape == (0, 3) and frame.doppler.shape == (0,)


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
    assert read(kind, message).latitude == PLACE[0]
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


@pytest.mark.parametrize("version", [1, 2])
def test_a_bag_that_was_cut_is_refused_or_read(imported: Import, tmp_path: Path, version: int) -> None:
    path = write_bag(tmp_path / ("a.bag" if version == 1 else "a"), version)
    file = path if version == 1 else next(path.glob("*.db3"))
    data = file.read_bytes()
    for share in (0.1, 0.5, 0.9):
        file.write_bytes(data[: round(len(data) * share)])
        assert "a" in imported(path, BAG.replace("OBJECTS", "/boxes").replace("POINTS", "/cloud"), Exit.DAMAGED)["said"]


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text("aft0123456789.-e", max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ftxyn"), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(values, max_size=4).map(json.dumps) | st.text('tfxyn,0123456789\n"[]{}:.', max_size=60) | st.text())
def test_any_text_is_read_or_refused_with_its_place(content: str) -> None:
    stream = StreamSettings.model_validate(
        {
            "device": "d",
            "objects": "f",
            "time": {"field": "t"},
            "frame": "sensor",
            "fields": dict(zip("xy", "xy", strict=True)),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.json", "a.csv"):
            path = Path(folder) / name
            path.write_text(content, encoding="utf-8")
            with contextlib.suppress(ForeignError):
                for frame in text.frames(path, stream, SensorView(Reference(0.0, 0.0), None), Findings()):
                    assert frame.stamp_ns >= 0 and frame.place


@given(st.lists(st.tuples(st.integers(0, 40), st.sets(st.integers(0, 5), max_size=3)), max_size=40))
def test_findings_count_what_is_there(frames: list[tuple[int, set[int]]]) -> None:
    findings = Findings()
    check = SourceCheck("radar", findings)
    for number, (tenths, ids) in enumerate(frames):
        content = tuple(sorted(ids))
        check.frame(str(number), BEGIN_NS + tenths * 10**8, BEGIN_NS + number * 10**8, ids, content)
    counts = {finding.kind: finding.count for finding in findings.list()}
    stamps = [tenths for tenths, _ in frames]
    filled = [tuple(sorted(ids)) for _, ids in frames if ids]
    assert counts.get("out-of-order", 0) == sum(b < a for a, b in pairwise(stamps))
    assert counts.get("duplicate", 0) == len(filled) - len(set(filled))
    assert all(int(finding.first) <= int(finding.last) for finding in findings.list())


def test_a_clock_that_stands_and_two_sets_are_found() -> None:
    findings = Findings()
    check = SourceCheck("radar", findings)
    for k in range(10):
        ids = {1, 2} if k % 2 else {8, 9}
        check.frame(f"frame {k}", BEGIN_NS, BEGIN_NS + k * 10**8, ids, k + 1)
    found = {finding.kind: (finding.count, finding.first) for finding in findings.list()}
    assert found == {"stuck-clock": (5, "frame 5"), "two-sets": (8, "frame 2")}


@pytest.mark.parametrize(
    ("time", "zone", "utc"),
    [
        ("2025-11-29 16:00:00.5+0800", "", "2025-11-29T08:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5", "+08:00", "2025-11-29T08:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5", "UTC", "2025-11-29T16:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5-0330", "Asia/Shanghai", "2025-11-29T19:30:00.5+00:00"),  # its own goes before
        ("2025-11-29 16:00:00.5", "", None),
    ],
)
@pytest.mark.parametrize("style", ["iso", "%Y-%m-%d %H:%M:%S.%f"])
def test_times_have_an_offset_of_their_own_or_of_the_mapping(
    tmp_path: Path, style: str, time: str, zone: str, utc: str | None
) -> None:
    own = "%z" if style != "iso" and len(time) > 21 else ""
    said = {"field": "t", "format": style + own} | ({"zone": zone} if zone else {})
    fields = {"x": "pos.x", "y": "pos.y"}
    stream = StreamSettings.model_validate({"device": "d", "time": said, "frame": "sensor", "fields": fields})
    (tmp_path / "A.CSV").write_text(f"\ufefft;pos.x;pos.y\r\n{time};2,5;-1\r\n{time};3", encoding="utf-8")
    findings = Findings()
    found = text.frames(tmp_path / "A.CSV", stream, SensorView(Reference(0.0, 0.0), None), findings)
    if utc is None:
        with pytest.raises(ForeignError, match=r"line 2: t: .* has no offset; say `zone`"):
            list(found)
        return
    frames = [*found]
    assert [one.stamp_ns for one in frames] == [round(datetime.fromisoformat(utc).timestamp() * 10) * 10**8]
    assert frames[0].seen[0].position == (2.5, -1.0)
    assert [(each.kind, each.first) for each in findings.list()] == [("cut", "line 3")]


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    stream = StreamSettings.model_validate(
        {"device": "d", "time": {"field": "t"}, "frame": "sensor", "fields": {"x": "x", "y": "y"}}
    )
    (tmp_path / "a.csv").write_text("t,x,north\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ForeignError, match="line 2: no column y, but t, x, north"):
        list(text.frames(tmp_path / "a.csv", stream, SensorView(Reference(0.0, 0.0), None), Findings()))
    (tmp_path / "a.jsonl").write_text('{"t": 1, "x": 2, "y": 3}\n{"t": 2, "x": 4, "y"', encoding="utf-8")
    assert len([*text.frames(tmp_path / "a.jsonl", stream, SensorView(Reference(0.0, 0.0), None), Findings())]) == 1
