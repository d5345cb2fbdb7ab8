"""Devices that tell nothing: no row says fine without a measurement."""

from __future__ import annotations

import pytest

from hw import video
from hw.modality import CAMERA, RADAR, V2X, Modality
from hw.radio.rsu41 import Rsu41Settings
from rsu.bus.snapshot import DeviceView, Snapshot
from rsu.bus.troubles import Newest
from rsu.lab.doctor.facts import SiteFacts
from rsu.site.config import Config, load
from tests.rsu.lab.doctor.patients import BOX, CLOCK, examined
from tests.rsu.recording.virtual import CONFIGS

DEMO = load(CONFIGS / "demo.yaml")
PICTURE = ("camera-exposure", "camera-shape", "camera-view", "camera-freeze")


def verdicts(
    name: str, state: str, error: str | None, modality: Modality = CAMERA, config: Config = DEMO, **counters: int
) -> dict[str, str]:
    """Return the verdict of every probe about a site with one device that tells its state."""
    shown = DeviceView(name, "", state, 0.0, 0, counters, error, modality=modality)
    snapshot = Snapshot(0, "", [], [], [], [], [shown], 1.0, 0.2)
    found = examined(SiteFacts(0, BOX, CLOCK, [], Newest(snapshot=snapshot), config))
    return {probe: each.judgement.code for probe, each in found.items()}


def test_of_a_lost_camera_no_picture_is_told() -> None:
    found = verdicts("video-north", "lost", None)
    assert [found[name] for name in PICTURE] == ["none"] * 4


def test_a_camera_that_sends_objects_tells_nothing_of_its_picture() -> None:
    found = verdicts("camera-east", "ok", None)
    assert [found[name] for name in PICTURE] == ["none", "none", "none", "fine"]


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        (video.TOO_DARK, {"camera-exposure"}),
        (video.FROZEN, {"camera-exposure", "camera-freeze"}),
        (video.NO_PICTURE, set()),
        (video.OTHER_SHAPE, {"camera-exposure", "camera-shape"}),
        (video.VIEW_MOVED, {"camera-exposure", "camera-view"}),
    ],
)
def test_a_state_of_the_picture_is_told_by_its_row(state: int, wrong: set[str]) -> None:
    found = verdicts("video-north", "blind", video.STATES[state].en)
    assert {name for name in PICTURE if found[name] == "bad"} == wrong


def test_of_a_lost_radar_no_change_is_told() -> None:
    assert verdicts("radar-north", "lost", None, RADAR)["radar-freeze"] == "none"


def test_only_an_agent_that_was_heard_has_a_version() -> None:
    row = "agent-version"
    assert verdicts("radio", "ok", None, V2X)[row] == "fine"
    assert verdicts("radio", "lost", None, V2X)[row] == "none"
    assert verdicts("radio", "not-understood", None, V2X, version=3)[row] == "bad"
    other = Rsu41Settings.model_validate({"link": {"udp": {"listen": "127.0.0.1:1", "peer": "127.0.0.1:2"}}})
    with_other = DEMO._replace(drivers={**DEMO.drivers, "radio": other})
    assert verdicts("radio", "ok", None, V2X, with_other)[row] == "none"
