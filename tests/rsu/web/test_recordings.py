"""Recordings on the page: the list, the download, and the road users of a short time."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import pytest

from rsu.recorder.shelf import Shelf
from rsu.recording.schemas import TRACKS
from rsu.recording.window import window
from rsu.site.recording import RecordingSettings
from rsu.web import recordings
from rsu.web.app import application
from rsu.web.board import Board
from tests.rsu.web.crossing import lane_map
from tests.rsu.web.serving import access, free_port, hosting
from tests.rsu.web.shelved import shelve
from tests.rsu.web.test_web_app import Client

BEGIN_NS = 1_790_000_000_000_000_000
S = 1_000_000_000


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelve("wrong-way", tmp_path_factory.mktemp("shelf"), BEGIN_NS, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def client(recording: Path) -> Iterator[Client]:
    further = recordings.routes(Shelf(recording.parent, RecordingSettings()))
    port = free_port()
    with hosting(application(Board("x", lane_map()), recording.parent, access(recording.parent), further), port):
        yield Client(port)


def test_a_window_is_the_same_as_reading_everything(recording: Path) -> None:
    everything = [*window(recording, TRACKS, 0, 3600 * S)]
    assert len(everything) > 20
    begin = everything[0].log_ns
    part = [*window(recording, TRACKS, 2 * S, 4 * S)]
    assert part == [each for each in everything if 2 * S <= each.log_ns - begin <= 4 * S]
    assert 5 < len(part) < len(everything)


def test_the_road_users_of_a_time_are_told(client: Client, recording: Path) -> None:
    frames = client.get(f"/api/recordings/{recording.name}/frames?at={BEGIN_NS + 3 * S}&seconds=2").json()
    assert [b["ns"] - a["ns"] for a, b in pairwise(frames)] == [S // 5] * (len(frames) - 1)
    assert BEGIN_NS + 3 * S <= frames[0]["ns"] <= frames[-1]["ns"] <= BEGIN_NS + 5 * S
    track = frames[0]["tracks"][0]
    assert track["kind"] in ("car", "truck", "bus", "pedestrian", "bicycle", "motorcycle", "unknown")
    assert 0.0 <= track["heading_deg"] < 360.0 and track["length_m"] > 0.2


def test_recordings_are_listed_and_downloaded_whole(client: Client, recording: Path) -> None:
    [row] = client.get("/api/recordings").json()
    assert row["name"] == recording.name and row["begin_ns"] == BEGIN_NS and row["end_ns"] > BEGIN_NS + 4 * S
    connection = HTTPConnection(client.address, timeout=5)
    connection.request("GET", f"/api/recordings/{recording.name}")
    assert connection.getresponse().read() == recording.read_bytes()
    connection.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/recordings/other.mcap", 404),
        ("/api/recordings/..%2f..%2fetc%2fpasswd", 404),
        ("/api/recordings/other.mcap/frames?at=1", 404),
        ("/api/recordings/{}/frames?at=x", 400),
        ("/api/recordings/{}/frames?at=1&seconds=3600", 400),
    ],
)
def test_nothing_else_is_read(client: Client, recording: Path, path: str, status: int) -> None:
    assert client.get(path.format(recording.name)).status == status
