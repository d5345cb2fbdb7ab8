"""The means by which a road user was seen comes out right on air, in the cloud and on the page, for any driver."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import v2x
from hw import registry
from hw.detail import chinese
from hw.device import DeviceHealth
from hw.modality import ROWS
from perception.objects import Detections, Fix, RoadUser
from rsu.bus import troubles
from rsu.messages.rsm import SOURCES
from rsu.site import box, config
from rsu.site.config import Config
from rsu.station.reporting import Draft
from rsu.station.station import Output, Station
from tests.rsu.recording.virtual import CONFIGS
from v2x import dsmp

BEGIN_NS, TICK_NS = 1_795_392_000_000_000_000, 100_000_000
THEIRS = """
from hw.driver import DeviceSettings
from hw.detail import Detail
from hw.modality import LIDAR, Gives, Modality

class NoPorts(DeviceSettings):
    def ports(self):
        return {}

class Lidar:
    Settings = NoPorts
    modality = LIDAR

class Microwave:
    Settings = NoPorts
    details = (Detail("its horn is iced: {} dB lost", "天线结冰：衰减 {} dB"),)
    modality = Modality(
        name="microwave", en="microwave detector", zh="微波检测器", mark="M", gives=Gives.ROAD_USERS,
        source="microwaveRadar", source_type=6, device_type=3,
    )
"""
LIDAR = """
  lidar-north:
    kind: their-lidar
    driver: {}
  microwave-north:
    kind: their-microwave
    driver: {}
"""
STANDS = """
  - device: lidar-north
    mount: {east_m: 4.0, north_m: -24.0, height_m: 7.0, yaw_deg: 0.0}
    field_of_view: {range_m: 95.0, width_deg: 86.0}
  - device: microwave-north
    mount: {east_m: 4.0, north_m: -24.0, height_m: 7.0, yaw_deg: 0.0}
    field_of_view: {range_m: 95.0, width_deg: 86.0}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """Return the demo site with a lidar whose driver another package installed."""
    (tmp_path / "their_lidar.py").write_text(THEIRS)
    information = tmp_path / "their_lidar-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: their-lidar\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[rsu.drivers]\ntheir-lidar = their_lidar:Lidar\ntheir-microwave = their_lidar:Microwave\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).symlink_to(CONFIGS / name)
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    text = text.replace("\ndevices:\n", "\ndevices:" + LIDAR).replace("\nsensors:\n", "\nsensors:" + STANDS)
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    yield config.load(tmp_path / "site.yaml")
    sys.modules.pop("their_lidar", None)


def seen(device: str, kind: RoadUser, stamp_ns: int) -> Detections:
    """Return a road user that drives north, 30 m ahead of the sensor at first."""
    along = 30.0 + 8.0 * (stamp_ns - BEGIN_NS) / 1e9
    return Detections(
        device=device,
        stamp_ns=stamp_ns,
        receipt_ns=stamp_ns + 60_000_000,
        position_m=np.array([[along, 0.0]]),
        covariance_m2=np.array([np.eye(2) * 0.1]),
        velocity_mps=np.full((1, 2), np.nan),
        velocity_variance_m2ps2=np.full(1, np.nan),
        box_px=np.full((1, 4), np.nan),
        size_m=np.full((1, 3), np.nan),
        kind=np.array([kind], dtype=np.int64),
        confidence=np.array([0.9]),
        source_id=np.array([-1]),
    )


def fix(now_ns: int) -> Fix:
    return Fix(
        device="gnss", stamp_ns=now_ns - 15_000_000, receipt_ns=now_ns, valid=True, kind="3d", latitude_deg=22.5431,
        longitude_deg=114.0579, height_m=12.0, satellites=12, horizontal_accuracy_m=1.0, time_accuracy_ns=30,
    )  # fmt: skip


def run(site: Config, device: str, kind: RoadUser) -> tuple[Station, list[Output]]:
    """Return the station, and its outputs, after 3 s in which one device saw a road user."""
    station, outputs = Station(site, bytes(16)), []
    modalities = config.modalities(site.site)
    for number in range(30):
        now_ns = BEGIN_NS + number * TICK_NS
        station.ingest(fix(now_ns))
        station.ingest(seen(device, kind, now_ns - 70_000_000))
        health = [
            DeviceHealth(
                name=name, kind=each.kind, state="ok", last_receipt_ns=now_ns, rate_hz=10.0, counters={}, error=None,
                modality=modalities[name],
            )
            for name, each in site.site.devices.items()
        ]  # fmt: skip
        outputs.append(station.advance(now_ns, health))
    return station, outputs


@pytest.mark.parametrize(
    ("device", "kind", "on_air", "in_cloud"),
    [
        ("camera-north", RoadUser.CAR, ("video", "motor", 10), (3, 1, 1)),
        ("video-north", RoadUser.TRUCK, ("video", "motor", 25), (3, 1, 2)),
        ("video-north", RoadUser.PEDESTRIAN, ("video", "pedestrian", 82), (3, 3, None)),
        ("radar-north", RoadUser.CAR, ("microwaveRadar", "motor", 10), (5, 1, 1)),
        ("lidar-north", RoadUser.BUS, ("lidar", "motor", 50), (4, 1, 4)),
        ("microwave-north", RoadUser.CAR, ("microwaveRadar", "motor", 10), (6, 1, 1)),
    ],
)
def test_who_one_device_sees_carries_its_source_and_class(
    site: Config, device: str, kind: RoadUser, on_air: tuple[str, str, int], in_cloud: tuple[int, int, int | None]
) -> None:
    station, outputs = run(site, device, kind)
    message = v2x.decode(dsmp.parse(next(f.frame for f in outputs[-1].frames if f.kind == "rsm")).payload)
    (user,) = [participant for participant in message.participants if participant.ptc_id]
    assert (user.source, user.ptc_type) == on_air[:2]
    assert user.vehicle_class is not None and user.vehicle_class.classification == on_air[2]
    drafts: list[Draft] = list(itertools.chain.from_iterable(output.drafts for output in outputs))
    dialect = box.make("tits0180", box.box(site))
    bodies = [(draft.kind, json.loads(dialect.body(*draft[:3]))) for draft in drafts]
    (told,) = next(body for kind, body in reversed(bodies) if kind == "participant")["ptcList"]
    assert (told["sourceType"], told["ptcType"], told.get("vehicleClass")) == in_cloud
    listed = next(body for kind, body in bodies if kind == "basic-status")["sensorlist"]
    assert {each["sensorSn"]: each["deviceType"] for each in listed}[device] == {3: 2, 5: 3, 4: 4, 6: 3}[in_cloud[0]]
    views = {view.name: view.modality.mark for view in station.snapshot(BEGIN_NS + 3 * 10**9).devices}
    assert views[device] == device[0].upper().replace("V", "C")


@pytest.mark.parametrize(("device", "said"), [("lidar-north", "a lidar"), ("microwave-north", "a microwave detector")])
def test_an_alarm_tells_of_the_device_that_is_lost(site: Config, device: str, said: str) -> None:
    station, now_ns = Station(site, bytes(16)), BEGIN_NS + TICK_NS
    modalities = config.modalities(site.site)
    health = [
        DeviceHealth(
            name=name, kind=each.kind, state="lost" if name == device else "ok", last_receipt_ns=now_ns,
            rate_hz=10.0, counters={}, error=None, modality=modalities[name],
        )
        for name, each in site.site.devices.items()
    ]  # fmt: skip
    station.ingest(fix(now_ns))
    station.advance(now_ns, health)
    found = troubles.of(troubles.Newest(snapshot=station.snapshot(now_ns)))
    (lost,) = [each for each in found if each.about == device]
    assert (lost.reason, lost.silences) == ("device-lost", ["RSM degraded"])
    assert f"{device}: {said} is lost" in troubles.sentence(lost)
    assert "sensor-lost" not in {each.reason for each in found}, "the device explains it"


def test_what_a_site_uses_it_for_follows_from_its_modality(site: Config) -> None:
    path = site.path
    assert [each for each in config.check(path) if "lidar" in each.text] == []
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(STANDS, "\n"), encoding="utf-8")
    idle = [each.text for each in config.check(path) if "-north" in each.text]
    assert len(idle) == 2 and all("is read and never used" in each for each in idle)
    path.write_text(text.replace("device: signal\n", "device: lidar-north\n"), encoding="utf-8")
    assert any("gives road users" in each.text for each in config.check(path))


def test_a_site_numbers_the_faults_of_any_modality_and_of_nothing_else(site: Config) -> None:
    text = site.path.read_text(encoding="utf-8")
    numbers = "uplink:\n  standard: {fault_types: {microwave: 7, thermometer: 1}}\n"
    site.path.write_text(text.replace("uplink:\n", numbers), encoding="utf-8")
    (wrong,) = [each for each in config.check(site.path) if "fault_types" in str(each)]
    assert "got thermometer" in wrong.text and "microwave" in wrong.text


def test_what_it_says_is_found_in_chinese_by_its_own_rows(site: Config) -> None:
    rows = registry.details(site.site.devices["microwave-north"].kind)
    assert chinese("its horn is iced: 12 dB lost", rows) == "天线结冰：衰减 12 dB"
    assert registry.details("their-lidar") == ()


def test_each_row_has_words_of_the_standard() -> None:
    assert {row.source for row in ROWS} <= set(SOURCES)
    assert len({row.mark for row in ROWS}) == len({row.name for row in ROWS}) == len(ROWS)
