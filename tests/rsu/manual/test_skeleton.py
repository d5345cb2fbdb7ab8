"""The manual's driver skeleton, installed as by a third party, on a real pty: octets to air, cloud, alarm and page."""

from __future__ import annotations

import json
import os
import shutil
import struct
import sys
import tempfile
import time
import tty
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import v2x
from hw.device import Device, DeviceHealth, build
from hw.rounds import poll
from perception.objects import Detections, Fix
from rsu.bus import troubles
from rsu.manual import skeleton
from rsu.site import box, config
from rsu.site.config import Config
from rsu.station.station import Output, Station
from rsu.web import stories
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.last_minute import LastMinute
from rsu.web.shown_site import ShownSite
from tests.rsu.web.browser import CHROMIUM, Browser
from tests.rsu.web.serving import access, free_port, hosting
from v2x import dsmp

CONFIGS = Path(__file__).parents[3] / "configs"
BEGIN_NS, SCAN_NS = 1_795_392_000_000_000_000, 100_000_000
DAMAGED = 20  # number of the scan whose checksum is wrong
DEVICE = """
  lidar-north:
    kind: acme-lidar
    driver: {link: {serial: {path: %s, baud: 115200}}, rate_hz: 10, silence_ms: 60000}
"""
SENSOR = """
  - device: lidar-north
    mount: {east_m: 4.0, north_m: -24.0, height_m: 7.0, yaw_deg: 0.0}
    field_of_view: {range_m: 95.0, width_deg: 86.0}
"""


class Pty:
    """The serial line of the lidar, and the clock that is read when octets come."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.now_ns = BEGIN_NS

    def clock(self) -> int:
        return self.now_ns

    def write(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def line() -> Iterator[Pty]:
    pty = Pty()
    yield pty
    pty.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: Pty) -> Iterator[Config]:
    """Return the demo site with the lidar, whose driver is installed as the manual says."""
    shutil.copy(skeleton.__file__, tmp_path / "acme_lidar.py")
    information = tmp_path / "acme_lidar-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-lidar\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[rsu.drivers]\nacme-lidar = acme_lidar:Lidar\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).symlink_to(CONFIGS / name)
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    text = text.replace("\ndevices:\n", "\ndevices:" + DEVICE % line.path).replace(
        "\nsensors:\n", "\nsensors:" + SENSOR
    )
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    yield config.load(tmp_path / "site.yaml")
    sys.modules.pop("acme_lidar", None)


def frame(number: int, now_ns: int) -> bytes:
    """Return a scan: a car that drives north at 8 m/s, 30 m ahead of the lidar at first."""
    car = np.zeros(1, skeleton.OBJECT)
    along = 30.0 + 8.0 * number * SCAN_NS / 1e9
    car[0] = (7, 1, 90, (along + 0.01 * (number % 3), 0.0), (8.0, 0.0), (4.5, 1.8, 1.5))
    data = struct.pack("<4sIQH", b"LDR1", number, now_ns - 50_000_000, len(car)) + car.tobytes()
    return data + struct.pack("<I", zlib.crc32(data))


def read(device: Device, line: Pty, patience_s: float) -> list[Detections]:
    """Return the measurements from the octets on the line, as soon as something does."""
    found: list[Detections] = []
    end = time.monotonic() + patience_s
    while not found and time.monotonic() < end:
        found += [each for each in poll([device], 0.01, line.clock) if isinstance(each, Detections)]
    return found


def fix(now_ns: int) -> Fix:
    return Fix(
        device="gnss", stamp_ns=now_ns - 15_000_000, receipt_ns=now_ns, valid=True, kind="3d", latitude_deg=22.5431,
        longitude_deg=114.0579, height_m=12.0, satellites=12, horizontal_accuracy_m=1.0, time_accuracy_ns=30,
    )  # fmt: skip


def run(site: Config, device: Device, line: Pty) -> tuple[Station, list[Output], list[Detections]]:
    """Return the station, its outputs and the driver's measurements of 40 scans, each cut in two and one damaged."""
    station, outputs, scans = Station(site, bytes(16)), [], []
    poll([device], 0.01, line.clock)  # opens the line
    for number in range(40):
        line.now_ns = BEGIN_NS + number * SCAN_NS
        data = frame(number, line.now_ns)
        if number == DAMAGED:
            data = data[:-1] + bytes([data[-1] ^ 1])
        line.write(data[: 5 + number])
        poll([device], 0.0, line.clock)
        line.write(data[5 + number :])
        station.ingest(fix(line.now_ns))
        for scan in read(device, line, 0.1 if number == DAMAGED else 2.0):
            station.ingest(scan)
            scans.append(scan)
        outputs.append(station.advance(line.now_ns, [device.health(line.now_ns)]))
    return station, outputs, scans


Ran = tuple[Station, list[Output], list[Detections]]


@pytest.fixture
def ran(site: Config, line: Pty, tmp_path: Path) -> Iterator[Ran]:
    device = build("lidar-north", "acme-lidar", site.drivers["lidar-north"], tmp_path, line.clock)
    yield run(site, device, line)
    device.close()


def test_its_octets_come_out_right_on_air_in_the_cloud_and_in_status(site: Config, line: Pty, ran: Ran) -> None:
    station, outputs, scans = ran
    assert len(scans) == 39
    assert scans[0].position_m.tolist() == [[30.0, 0.0]] and scans[0].stamp_ns == BEGIN_NS - 50_000_000
    message = v2x.decode(dsmp.parse(next(f.frame for f in outputs[-1].frames if f.kind == "rsm")).payload)
    (car,) = [participant for participant in message.participants if participant.ptc_id]
    assert (car.source, car.ptc_type, car.size.length_m) == ("lidar", "motor", 4.5)
    dialect = box.make("tits0180", box.box(site))
    bodies = [(d.kind, json.loads(dialect.body(*d[:3]))) for output in outputs for d in output.drafts]
    told = next(body for kind, body in reversed(bodies) if kind == "participant")["ptcList"]
    assert [each["sourceType"] for each in told] == [4]
    listed = next(body for kind, body in bodies if kind == "basic-status")["sensorlist"]
    assert {each["sensorSn"]: each["deviceType"] for each in listed}["lidar-north"] == 4
    (view,) = [view for view in station.snapshot(line.now_ns).devices if view.name == "lidar-north"]
    assert (view.state, view.counters) == ("ok", {"checksum": 1, "noise": 55})
    assert view.refused[-1].cause == "frames whose checksum is wrong: octets are lost or changed on the way"


def test_its_loss_is_an_alarm_with_all_that_it_degrades(site: Config, line: Pty, ran: Ran) -> None:
    station, now_ns = ran[0], line.now_ns + SCAN_NS
    station.ingest(fix(now_ns))
    health = DeviceHealth(
        name="lidar-north", kind="acme-lidar", state="lost", last_receipt_ns=line.now_ns, rate_hz=0.0, counters={},
        error="link: no answer", modality=config.modalities(site.site)["lidar-north"],
    )  # fmt: skip
    output = station.advance(now_ns, [health])
    (status,) = [draft for draft in output.drafts if draft.kind == "run-status"]
    told = json.loads(box.make("tits0180", box.box(site)).body(*status[:3]))["faultList"]
    assert [(each["deviceSn"], each["deviceType"], each["faultType"]) for each in told] == [("lidar-north", 4, 3)]
    found = troubles.of(troubles.Newest(snapshot=station.snapshot(now_ns)))
    (lost,) = [each for each in found if each.about == "lidar-north"]
    assert "RSM degraded" in lost.silences and "sensor-lost" not in {each.reason for each in found}
    assert "lidar-north: a lidar is lost (link: no answer)" in troubles.sentence(lost)
    assert "lidar-north: 激光雷达失联" in troubles.sentence(lost, "zh")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
def test_the_page_shows_it_with_its_letter(site: Config, line: Pty, tmp_path: Path, ran: Ran) -> None:
    board, port = Board("Test crossing", site.lane_map.model_dump(mode="json")), free_port()
    board.put("snapshot", ran[0].snapshot(line.now_ns), time.monotonic_ns())
    devices = board.newest.document["devices"]
    shown = ShownSite.of(site, tmp_path)
    further = stories.routes(LastMinute(), shown.air, shown.sensors)
    with (
        hosting(application(board, tmp_path, access(tmp_path), further), port),
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        Browser(Path(profile)) as browser,
    ):
        browser.open(f"http://127.0.0.1:{port}/")
        browser.wait("document.querySelector('#devices')?.textContent.includes('lidar-north')")
        assert "L lidar" in browser.evaluate("document.querySelector('#marks').textContent")
        mark = f"import('./words.js').then(({{sourceMark}}) => sourceMark('lidar-north', {json.dumps(devices)}))"
        assert browser.evaluate(mark) == "L"
        assert browser.errors == []
        browser.open("about:blank")
