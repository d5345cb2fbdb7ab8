"""ONVIF cameras: the dialogue, packets and documents by hand, damage, the emulated camera, and a real socket."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.intake import Intake
from hw.onvif.camera import OnvifCamera, OnvifSettings
from hw.onvif.metadata import MetadataStream, frames
from perception.camera import locate
from perception.objects import Detections, RoadUser
from perception.sensor import Intrinsics, Mount
from sim.bench import LinkedSpec
from sim.onvif import FOCAL_PX, IMAGE_PX, PASSWORD, USER, EmulatedOnvifCamera
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, NS, Fed
from tests.sim.emul_scene import User, bench, frame
from tests.sim.rig import Rig
from tests.sim.test_emul_signal import free_ports

DOCUMENT = """<?xml version="1.0"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:VideoAnalytics>
<tt:Frame UtcTime="2026-07-08T00:32:39.591Z"><tt:Transformation><tt:Translate x="-1.0" y="1.0"/>
<tt:Scale x="0.0015625" y="-0.0027777777"/></tt:Transformation>{}</tt:Frame></tt:VideoAnalytics></tt:MetadataStream>"""
OBJECT = """<tt:Object ObjectId="62"><tt:Appearance><tt:Shape><tt:BoundingBox left="100.0" top="200.0" right="300.0"
bottom="500.0"/></tt:Shape><tt:Class>{}</tt:Class></tt:Appearance></tt:Object>"""
CAR = OBJECT.format('<tt:Type Likelihood="0.91">Vehicle</tt:Type>')
MOUNT = {"east_m": 0.0, "north_m": 0.0, "height_m": 6.0, "yaw_deg": 0.0}
USERS = [
    User(1, RoadUser.CAR, (2.0, 30.0), (0.0, 8.0)),
    User(2, RoadUser.PEDESTRIAN, (-4.0, 25.0), (1.0, 0.0), (0.5, 0.6, 1.7)),
]


def one(objects: str, least: float = 0.3) -> Any:
    [found] = frames(DOCUMENT.format(objects).encode(), IMAGE_PX, least)
    return found


def test_a_document_by_hand() -> None:
    found = one(CAR)
    assert found.utc_ns == 1_783_470_759_591_000_000 and found.dropped == 0
    [track] = found.users
    assert (track.id, track.kind, track.confidence) == (62, RoadUser.CAR, 0.91)
    assert track.box_px == pytest.approx((100.0, 200.0, 300.0, 500.0), abs=0.01)


def test_boxes_without_a_transformation_are_shares_of_the_picture() -> None:
    text = DOCUMENT[: DOCUMENT.index("<tt:Transf")] + DOCUMENT[DOCUMENT.index("{}") :]
    box = CAR.replace("100.0", "-0.5").replace("300.0", "0.5").replace("200.0", "0.5").replace("500.0", "-0.5")
    [found] = frames(text.format(box).encode(), IMAGE_PX, 0.3)
    assert found.users[0].box_px == pytest.approx((320.0, 180.0, 960.0, 540.0))


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ('<tt:Type Likelihood="0.4">Human</tt:Type><tt:Type Likelihood="0.5">Bicycle</tt:Type>', RoadUser.BICYCLE),
        ("<tt:Type>Truck</tt:Type>", RoadUser.TRUCK),
        ("", RoadUser.UNKNOWN),
        ("<tt:Type>Trailer</tt:Type>", RoadUser.UNKNOWN),
        ('<tt:Type Likelihood="0.9">Animal</tt:Type>', None),
        ('<tt:Type Likelihood="0.2">Human</tt:Type>', None),
    ],
)
def test_the_likeliest_class_counts(types: str, kind: RoadUser | None) -> None:
    found = one(OBJECT.format(types))
    assert [track.kind for track in found.users] == ([] if kind is None else [kind])
    assert found.dropped == (kind is None)


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "no xml",
        '<?xml version="1.0" encoding="UTF-0"?><a/>',
        '<!DOCTYPE x [<!ENTITY a "b">]><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"/>',
        DOCUMENT.format("<tt:Object>"),
    ],
)
def test_what_is_no_metadata_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        frames(text.encode(), IMAGE_PX, 0.3)


def packet(number: int, piece: bytes, last: bool, head: bytes = b"\x80", extra: bytes = b"") -> bytes:
    return head + bytes([0x80 * last | 107]) + number.to_bytes(2, "big") + bytes(8) + extra + piece


def test_packets_become_documents_and_a_missing_one_costs_its_own() -> None:
    counters = Intake()
    stream = MetadataStream(counters)
    sent = [(1, b"ab", False), (2, b"cd", True), (3, b"x", False), (5, b"y", True), (6, b"z", True)]
    assert [stream.feed(packet(*each)) for each in sent] == [None, b"abcd", None, None, b"z"]
    abac = packet(7, b"q", True, b"\x90", bytes.fromhex("abac0003") + bytes(12))
    assert stream.feed(abac) == b"q" and counters == {"torn": 1}
    assert stream.feed(b"\x80") is None and counters["packet"] == 1


def settings(tmp_path: Path, **more: object) -> dict[str, object]:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return {**replay.SETTINGS["camera-onvif"], "user": USER, "password_file": tmp_path / "password", **more}


def emulator() -> EmulatedOnvifCamera:
    values = {"kind": "camera-onvif", "tcp": "127.0.0.1:1", "latency_ms": 60, "phase_ms": 0, "range_m": 90}
    spec = LinkedSpec.model_validate({**values, "width_deg": 60, "mount": MOUNT})
    return EmulatedOnvifCamera("north", spec, bench())


def talk(camera: EmulatedOnvifCamera, fed: Fed, seconds: float) -> list[Detections]:
    found = []
    for _ in range(round(seconds * 10)):
        stamp_ns = fed.now_ns + 100 * MS
        for data in fed.sent():
            for write in camera.received("link", data, fed.now_ns):
                found += fed.hear(write.data, "link", 0)
        if stamp_ns % camera.period_ns == 0:
            for write in camera.capture(stamp_ns // camera.period_ns, frame(USERS, stamp_ns, BEGIN_NS)):
                found += fed.hear(write.data, "link", stamp_ns + write.delay_ns - fed.now_ns)
        fed.now_ns = stamp_ns
        fed.device.tick(stamp_ns)
    return [each for each in found if isinstance(each, Detections)]


def test_the_emulated_camera_is_played_with_its_login_and_its_boxes_stand_on_the_road(tmp_path: Path) -> None:
    fed = Fed("camera-onvif", settings(tmp_path))
    fed.device.tick(fed.now_ns)
    found = talk(emulator(), fed, 6)
    assert len(found) > 25 and fed.health().state == "ok" and fed.health().error is None, fed.health()
    last = found[-1]
    assert abs(last.receipt_ns - last.stamp_ns - 60 * MS) < 2 * MS
    assert sorted(last.kind.tolist()) == [RoadUser.CAR, RoadUser.PEDESTRIAN]
    model = Intrinsics(fx=FOCAL_PX, fy=FOCAL_PX, cx=IMAGE_PX[0] / 2, cy=IMAGE_PX[1] / 2)
    places, _ = locate(last.box_px, np.array([4.5, 0.5]), model, Mount.model_validate(MOUNT | {"pitch_deg": 0.0}))
    seconds = (last.stamp_ns - BEGIN_NS) / 1e9
    car = places[last.kind.tolist().index(RoadUser.CAR)]
    assert car == pytest.approx([30.0 + 8.0 * seconds, -2.0], rel=0.1)


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ("no-metadata", "lost", "no track of metadata"),
        ("other-password", "lost", "refuses user and password"),
        ("torn", None, None),
        ("garbage", None, None),
        ("duplicate", None, None),
    ],
)
def test_faults_are_named(tmp_path: Path, fault: str, state: str | None, words: str | None) -> None:
    camera, fed = emulator(), Fed("camera-onvif", settings(tmp_path))
    camera.fault = fault
    fed.device.tick(fed.now_ns)
    talk(camera, fed, 6)
    assert words is None or words in str(fed.health().error), fed.health()
    camera.fault = None
    fed.device.tick(fed.now_ns)
    driver = OnvifCamera("x", OnvifSettings.model_validate(settings(tmp_path)))
    assert driver.due(BEGIN_NS)[0][1].startswith(b"DESCRIBE rtsp://127.0.0.1:1/meta RTSP/1.0\r\nCSeq: 1\r\n")


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    driver = OnvifCamera("x", OnvifSettings.model_validate(replay.SETTINGS["camera-onvif"]))
    for turn, piece in enumerate(pieces):
        driver.due(BEGIN_NS + turn * NS)
        whole = packet(turn, piece, True)
        driver.received("link", b"RTSP/1.0 200 OK\r\n\r\n$\0" + len(whole).to_bytes(2, "big") + whole, BEGIN_NS)
        driver.received("link", piece, BEGIN_NS)


@pytest.mark.parametrize("path", replay.logs("camera-onvif"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


def test_a_camera_on_a_real_socket(tmp_path: Path) -> None:
    [address] = free_ports(1)
    spec: dict[str, object] = {
        "kind": "camera-onvif", "tcp": address, "latency_ms": 60, "phase_ms": 0, "range_m": 90, "width_deg": 60,
        "mount": MOUNT,
    }  # fmt: skip
    with Rig(tmp_path, "north", spec, "camera-onvif", settings(tmp_path, link={"tcp": address})) as rig:
        found = rig.until(lambda found: len(found) >= 5, within_s=15)
        assert rig.health() == "ok"
    assert all(isinstance(each, Detections) for each in found) and abs(found[-1].stamp_ns - time.time_ns()) < 2 * NS
