"""A recording in place of the hardware: times shifted to now, bytes on the site's own ptys and sockets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

import v2x
from hw import video
from hw.bytelog import from_lines
from hw.device import Device, build
from hw.endpoint import Endpoint
from hw.radio.protocol import AgentError, parse_received
from hw.rounds import poll
from perception.objects import Measurement
from rsu.replay import live
from rsu.site import config
from sim.ports import open_port
from sim.replay import opening
from sim.restamp import SECOND_NS, restamper
from tests.hw.replay import logs, make_driver, play
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS
from v2x import dsmp

SHIFT_NS = 123_456_789 * SECOND_NS


def rows(measurements: list[Measurement]) -> list[dict[str, object]]:
    """Return measurements in a form that can be compared."""
    plain = [msgspec.structs.asdict(one) for one in measurements]
    return [{k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in one.items()} for one in plain]


@pytest.mark.parametrize(("kind", "name"), [
    ("camera-json", "positions"), ("gnss", "mixed"), ("gnss", "nmea"), ("gnss", "habits"), ("gat1743", "cycle"),
    ("ti-mmwave", "tracking"),
])  # fmt: skip
def test_drivers_see_the_same_at_another_time(kind: str, name: str) -> None:
    (path,) = (each for each in logs(kind) if each.stem == name)
    with path.open(encoding="utf-8") as lines:
        entries = list(from_lines(lines))
    ports = {port: restamper(kind, SHIFT_NS) for port in {entry.port for entry in entries}}
    later = [
        e._replace(receipt_ns=e.receipt_ns + SHIFT_NS, data=data) for e in entries if (data := ports[e.port](e.data))
    ]
    expected, found = rows(play(make_driver(kind), entries)), rows(play(make_driver(kind), later))
    assert len(expected) == len(found) > 0
    for one in expected:
        one |= {field: one[field] + SHIFT_NS for field in ("stamp_ns", "receipt_ns")}  # type: ignore[operator]
    assert repr(found) == repr(expected)  # NaN is not equal to itself


def test_what_vehicles_say_is_shifted_within_the_minute() -> None:
    (path,) = (each for each in logs("radio-agent") if each.stem == "bsm")
    with path.open(encoding="utf-8") as lines:
        entries = list(from_lines(lines))
    restamp, messages = restamper("radio-agent", 61 * SECOND_NS), 0
    for entry in entries:
        try:
            before, after = parse_received(entry.data), parse_received(restamp(entry.data))
            old, new = (v2x.decode(dsmp.parse(each.payload).payload) for each in (before, after))
        except (AgentError, v2x.CodecError):
            continue
        assert after.time_ns == before.time_ns + 61 * SECOND_NS
        assert old.sec_mark_ms is not None
        assert new == msgspec.structs.replace(old, sec_mark_ms=(old.sec_mark_ms + 1000) % 60_000)
        messages += 1
    assert messages > 10


def test_ports_are_those_of_the_site_and_times_are_those_of_now(tmp_path: Path) -> None:
    """Two devices of kind `replay`, one behind a socket and one behind a pty, as `rsu run` would read them."""
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8").replace("127.0.0.1", f"127.0.{os.getpid() % 250}.9")
    for name, link in (("camera-north", "kind: camera-json"), ("gnss", "kind: gnss")):
        begin = text.index(link, text.index(f"  {name}:"))
        end = text.index("\n", text.index("driver:", begin))
        driver = text[text.index("driver:", begin) : end].removeprefix("driver: ")
        played = f"{{recording: {FOLDER / 'day.mcap'}, loop: true, {link}, driver: {driver}}}"
        text = f"{text[:begin]}kind: replay\n    driver: {played}{text[end:]}"
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    site = config.load(tmp_path / "site.yaml")
    plays = list(live.of_site(site))
    assert [(each.device, each.kind, each.loop) for each in plays] == [
        ("camera-north", "camera-json", True), ("gnss", "gnss", True),
    ]  # fmt: skip
    process = live.player(plays, tmp_path)
    devices = [build(each.device, each.kind, site.drivers[each.device], tmp_path, time.time_ns) for each in plays]
    try:
        found = _until(devices, 2)
    finally:
        process.terminate()
        process.wait()
        for device in devices:
            device.close()
    for one in found:
        assert 0 <= one.receipt_ns - one.stamp_ns < 2 * SECOND_NS
    assert all(not device.health(0).counters.keys() & {"clock-past", "clock-future"} for device in devices)


def test_a_video_camera_is_played_in_place_of_its_process(tmp_path: Path) -> None:
    """The datagrams of a camera's process, out of a recording, through the real local socket into the real driver."""
    settings = video.VideoInboxSettings.model_validate({}, context={"device": "v"})
    ports = {name: port.endpoint.model_dump(mode="json") for name, port in settings.ports().items()}
    device = build("v", "video", settings, tmp_path, time.time_ns)
    poll([device], 0.02, time.time_ns)  # opens its socket
    nothing = np.zeros((0, 2))
    view = video.VideoView(
        stamp_ns=1_700_000_000_000_000_000, sequence=1, kind=np.zeros(0, int), confidence=np.zeros(0),
        position_m=nothing, covariance_m2=np.zeros((0, 2, 2)), size_m=np.zeros((0, 3)), box_px=np.zeros((0, 4)),
        number=np.zeros(0, int),
    )  # fmt: skip
    port, shift_ns = (
        open_port(opening(Endpoint.model_validate(ports["pictures"])), tmp_path),
        time.time_ns() - view.stamp_ns,
    )
    port.write(restamper("video", shift_ns)(video.encode(view)))
    try:
        (found,) = _until([device], 1)
    finally:
        port.close()
        device.close()
    assert found.stamp_ns == view.stamp_ns + shift_ns
    assert restamper("video", SHIFT_NS)(b"of no camera at all, long enough") == b"of no camera at all, long enough"


def _until(devices: list[Device], each: int) -> list[Measurement]:
    """Return measurements once every device gave so many."""
    found: list[Measurement] = []
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found += poll(devices, 0.02, time.time_ns)
        if all(sum(one.device == device.name for one in found) >= each for device in devices):
            return found
    raise AssertionError(f"{[(device.name, device.health(0).error) for device in devices]}, {len(found)} measurements")


@pytest.mark.parametrize("recording", ["/nowhere.mcap", __file__, str(FOLDER / "day.mcap")])
def test_what_cannot_be_played_ends_the_player(recording: str, tmp_path: Path) -> None:
    port = {"serial": {"path": "d", "baud": 9600}}
    plays = [{"recording": recording, "device": "nobody", "kind": "gnss", "ports": {"link": port}, "loop": True}]
    (tmp_path / "plays.json").write_bytes(msgspec.json.encode(plays))
    command = [sys.executable, "-m", "sim.replay", str(tmp_path / "plays.json"), "--run", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 4 and done.stderr.startswith("cannot play: ") and "Traceback" not in done.stderr
