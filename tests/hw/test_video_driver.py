"""The datagrams of a video camera's process: objects that were sent arrive, impossible ones do not, nothing raises."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw import device
from hw.rounds import poll
from hw.video import BADLY, MAX_OBJECTS, STATES, Video, VideoInboxSettings, VideoView, encode
from perception.objects import Detections

STAMP_NS = 1_795_000_000_000_000_000


def view(count: int = 2, **changes: object) -> VideoView:
    rng = np.random.default_rng(1)
    values: dict[str, object] = {
        "stamp_ns": STAMP_NS,
        "sequence": 7,
        "kind": np.arange(count) % 7,
        "confidence": rng.random(count),
        "position_m": rng.normal(30, 5, (count, 2)),
        "covariance_m2": np.tile([[0.5, 0.1], [0.1, 0.3]], (count, 1, 1)),
        "size_m": np.tile([4.6, 1.8, 1.5], (count, 1)),
        "box_px": np.tile([10.0, 20.0, 50.0, 60.0], (count, 1)),
        "number": np.arange(count) * 3,
    }
    return VideoView(**(values | changes))  # type: ignore[arg-type]  # fields by name


def driver() -> Video:
    return Video("north", VideoInboxSettings.model_validate({}, context={"device": "north"}))


def test_what_was_seen_arrives() -> None:
    sent = view()
    (found,) = driver().received("pictures", encode(sent), STAMP_NS + 5)
    assert isinstance(found, Detections)
    assert (found.device, found.stamp_ns, found.receipt_ns) == ("north", STAMP_NS, STAMP_NS + 5)
    for name in ("kind", "confidence", "position_m", "covariance_m2", "size_m", "box_px"):
        np.testing.assert_allclose(getattr(found, name), getattr(sent, name), rtol=1e-6)
    assert np.isnan(found.velocity_mps).all() and found.source_id.tolist() == [-1, 2] and found.numbered


def test_nobody_seen_is_a_measurement_too() -> None:
    (found,) = driver().received("pictures", encode(view(0)), STAMP_NS)
    assert isinstance(found, Detections) and len(found.position_m) == 0


@pytest.mark.parametrize("doubtful", [False, True])
def test_what_a_camera_finds_while_it_learns_is_doubtful(doubtful: bool) -> None:
    data = encode(view(doubtful=doubtful))
    assert data[5] == (0x80 if doubtful else 0)
    (found,) = driver().received("pictures", data, STAMP_NS)
    assert isinstance(found, Detections) and len(found.kind) == 2 and found.doubtful is doubtful


@pytest.mark.parametrize("state", range(1, len(STATES)))
def test_a_camera_that_sees_nothing_says_why_and_measures_nothing(state: int) -> None:
    made = driver()
    assert made.received("pictures", encode(view(0, state=state)), STAMP_NS) == []
    assert made.error == STATES[state].en
    assert made.received("pictures", encode(view(0, sequence=8)), STAMP_NS) and made.error is None


@pytest.mark.parametrize("state", range(1, len(STATES)))
def test_those_that_a_network_finds_though_the_camera_sees_badly_are_a_partial_measurement(state: int) -> None:
    made = driver()
    found = made.received("pictures", encode(view(state=state)), STAMP_NS)
    assert [isinstance(each, Detections) and each.partial for each in found] == [True] * (state in BADLY)
    assert made.error == STATES[state].en and made.counters[STATES[state].en.replace(" ", "-")] == 1


def test_objects_that_cannot_be_cost_only_themselves() -> None:
    wrong = view(4)
    wrong.position_m[0, 0] = np.nan
    wrong.covariance_m2[1] = [[0.1, 0.5], [0.5, 0.1]]
    wrong.box_px[2] = [50, 20, 10, 60]
    made = driver()
    (found,) = made.received("pictures", encode(wrong), STAMP_NS)
    assert isinstance(found, Detections) and len(found.position_m) == 1
    assert made.counters["object"] == 3


def test_duplicates_gaps_and_pictures_passed_over_are_counted() -> None:
    made = driver()
    for sequence, passed_over in ((1, 0), (1, 0), (4, 3)):
        made.received("pictures", encode(view(1, sequence=sequence, passed_over=passed_over)), STAMP_NS)
    assert made.counters == {"duplicate": 1, "gap": 2, "passed-over": 3}


def test_too_many_objects_still_fit_a_datagram() -> None:
    data = encode(view(MAX_OBJECTS + 10))
    (found,) = driver().received("pictures", data, STAMP_NS)
    assert isinstance(found, Detections) and len(found.position_m) == MAX_OBJECTS and len(data) < 32_768


@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_datagram_raises(noise: bytes, at: int) -> None:
    made, good = driver(), encode(view(3))
    for data in (noise, good[:at], good[:at] + noise, good[: at // 2] + noise + good[at // 2 + len(noise) :]):
        for found in made.received("pictures", data, STAMP_NS):
            assert isinstance(found, Detections)
            assert np.isfinite(found.position_m).all() and np.isfinite(found.covariance_m2).all()


def test_through_the_local_socket(tmp_path: Path) -> None:
    """The station opens the socket, and opens it again when it is gone; a sender that comes later is heard."""
    settings = VideoInboxSettings.model_validate({}, context={"device": "north"})
    built = device.build("north", "video", settings, tmp_path, time.time_ns)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.closing(built):
        poll([built], 0.01, time.time_ns)
        sender.sendto(encode(view()), str(tmp_path / "north.video"))
        assert len(poll([built], 0.1, time.time_ns)) == 1
        assert built.health(time.time_ns()).state == "ok"
        (tmp_path / "north.video").unlink()
        deadline = time.monotonic() + 5
        while not (tmp_path / "north.video").exists() and time.monotonic() < deadline:
            poll([built], 0.02, time.time_ns)
        sender.sendto(encode(view(sequence=8)), str(tmp_path / "north.video"))
        assert len(poll([built], 0.1, time.time_ns)) == 1
