"""One fault at a time, as sites have them: the doctor names the fault, its subject and its cure, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hw import video
from hw.tape import SystemClock
from perception.geo import gcj02_offset
from perception.sensor import Sensor
from rsu.bus.snapshot import DeviceView, Snapshot
from rsu.bus.troubles import Newest
from rsu.lab.doctor.examination import Examined
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.recent import recent
from rsu.lab.hearing import sensed
from rsu.lab.tune.registering import registrations
from rsu.site.config import Config, load
from rsu.site.model import Site
from rsu.station.checks.clock import UtcClock
from rsu.video.camera import CameraPipeline, lanes_of
from rsu.video.source import Shot
from tests.rsu.lab.doctor.patients import BOX, CLOCK, examined, facts, recorded, site
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.station.gnss import S, fix

SWAPPED = {1: 2, 2: 1, 3: 4, 4: 3}  # north and east, south and west


def wrong(found: dict[str, Examined]) -> dict[str, set[str]]:
    """Return the subjects of every probe that is not fine."""
    return {
        name: {str(one.about) for one in each.measured if one.judgement.code in ("warn", "bad")}
        for name, each in found.items()
        if each.judgement.code in ("warn", "bad")
    }


def of_sensors(config: Config) -> dict[str, set[str]]:
    """Return the wrong rows about the mounts of sensors, by a recording alone."""
    tapes = recorded("wrong-way")[1]
    empty = recent(config, tapes[-1:])
    found = empty._replace(registrations=tuple(registrations(config, sensed(config, tapes))))
    rows = wrong(examined(SiteFacts(0, BOX, CLOCK, [], valid=config, last_minutes=found)))
    return {name: about for name, about in rows.items() if name.startswith(("camera-", "radar-"))}


def mounted(device: str, **change: float) -> Callable[[Site], dict[str, Any]]:
    """Return a change of one sensor's mount by so much."""

    def moved(sensor: Sensor) -> Sensor:
        mount = sensor.mount
        by = {key: getattr(mount, key) + each for key, each in change.items()}
        return sensor.model_copy(update={"mount": mount.model_copy(update=by)}) if sensor.device == device else sensor

    return lambda data: {"sensors": [moved(sensor) for sensor in data.sensors]}


def test_a_camera_turned_by_a_degree() -> None:
    rows = of_sensors(site("wrong-way", mounted("camera-north", yaw_deg=1.0)))
    assert rows == {"camera-turned": {"camera-north"}}


def test_a_radar_shifted_by_a_metre() -> None:
    rows = of_sensors(site("wrong-way", mounted("radar-south", east_m=1.0)))
    assert rows == {"radar-shifted": {"radar-south"}}


def test_a_clock_300_ms_off() -> None:
    config, clock = site("day"), UtcClock(site("day").site.clock)
    clock.correct(0, SystemClock(correction_ns=0))
    for at in range(1, 11):
        clock.update(fix(at * S, off_ns=-S * 3 // 10))
    snapshot = Snapshot(
        0, "", [], [], [], [], [], (clock.uncertainty_ns(10 * S) or 0) / 1e6, 0.2, clock=clock.view(10 * S)
    )
    found = examined(SiteFacts(0, BOX, CLOCK, [], Newest(snapshot=snapshot), config))
    assert wrong(found) == {"clock-offset": {""}, "utc-bound": {""}}
    offset = found["clock-offset"]
    assert offset.measured[0].value.en == "+300.0 ms" and "chrony" in offset.probe.do.en


def in_gcj02(data: Site) -> dict[str, Any]:
    point = data.site.reference
    north, east = gcj02_offset(point.latitude_deg, point.longitude_deg)
    off = {"latitude_deg": point.latitude_deg + north, "longitude_deg": point.longitude_deg + east}
    return {"site": data.site.model_copy(update={"reference": point.model_copy(update=off)})}


def test_a_map_in_gcj_02() -> None:
    found = examined(facts(site("day", in_gcj02), "day", ticks=30, sensed_s=0.5))
    assert {"position", "datum"} <= wrong(found).keys()
    assert "GCJ-02 coordinates" in found["datum"].measured[0].value.en
    assert "survey the reference point in WGS-84" in found["datum"].probe.do.en


def phases(legs: dict[int, int]) -> Callable[[Site], dict[str, Any]]:
    """Return a change that gives the phases of legs the lamps of others: phases of a leg are 4 apart."""

    def apply(data: Site) -> dict[str, Any]:
        assert data.signal is not None
        lamps = {phase.id: phase.lamp for phase in data.signal.phases}
        other = {phase: legs.get((phase - 1) % 4 + 1, (phase - 1) % 4 + 1) + (phase - 1) // 4 * 4 for phase in lamps}
        changed = [phase.model_copy(update={"lamp": lamps[other[phase.id]]}) for phase in data.signal.phases]
        return {"signal": data.signal.model_copy(update={"phases": changed})}

    return apply


def test_two_phases_swapped() -> None:
    found = examined(facts(site("day", phases({1: 2, 2: 1})), "day", ticks=40, sensed_s=0.1))
    row = found["conflicting-greens"]
    assert row.judgement.code == "bad" and "swapped phases look like this" in row.probe.do.en


def test_all_phases_swapped_without_a_conflict() -> None:
    """No two greens conflict, so that only the traffic shows it: it stops on green, and goes on red."""
    found = examined(facts(site("day", phases(SWAPPED)), "day", sensed_s=0.1))
    assert found["conflicting-greens"].judgement.code == "fine"
    assert "phase 7" in wrong(found)["traffic-on-red"]
    assert "signal.phases" in found["traffic-on-red"].probe.do.en


def test_a_4_3_stream_of_a_16_9_camera() -> None:
    config = load(CONFIGS / "demo.yaml")
    device, sensor = (
        config.site.devices["video-north"],
        next(s for s in config.site.sensors if s.device == "video-north"),
    )
    assert device.video is not None
    camera = CameraPipeline(device.video, sensor, lanes_of(config.lane_map, sensor))
    view = camera.view(Shot(S, np.zeros((480, 640, 3), np.uint8)), None)
    settings = config.drivers["video-north"]
    assert isinstance(settings, video.VideoInboxSettings)
    driver = video.Video("video-north", settings)
    driver.received("inbox", camera.datagram(view), S)
    shown = DeviceView("video-north", "video", "blind", 0.0, 0, {}, driver.error, modality=driver.modality)
    snapshot = Snapshot(0, "", [], [], [], [], [shown], 1.0, 0.2)
    found = examined(SiteFacts(0, BOX, CLOCK, [], Newest(snapshot=snapshot), config))
    row = found["camera-shape"]
    assert row.measured[0].about == "video-north" and row.judgement.code == "bad"
    assert "640 x 480" in row.measured[0].value.en and "图像" in row.measured[0].value.zh
    assert "Set the camera to stream that shape" in row.probe.do.en
