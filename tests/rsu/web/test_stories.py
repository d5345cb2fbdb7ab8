"""The page's stories: of the records of the last minute, as a golden recording gives them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rsu.bus.records import SensorSights, Sent
from rsu.bus.snapshot import ClockView
from rsu.explain.look import RsmReading
from rsu.recording import reader, site_files
from rsu.replay.player import Player
from rsu.station import views
from rsu.web import last_minute, stories
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.last_minute import LastMinute
from rsu.web.outlook import outlook
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.serving import access, free_port, hosting
from tests.rsu.web.test_web_app import Client

GOLDEN = Path(__file__).parents[1] / "recording" / "golden" / "wrong-way.mcap"
_encode = msgspec.msgpack.Encoder().encode


def test_the_past_is_a_minute_long_and_goes_on_after_a_number() -> None:
    kept = LastMinute()
    for second in range(100):
        kept.put("sent", b"x", second * 1_000_000_000)
    assert [each.number for each in kept.after(0)] == [*range(40, 101)]
    assert [each.number for each in kept.after(98)] == [99, 100]
    assert kept.after(100) == [] and next(kept.newest("sent")).number == 100
    assert LastMinute().after(0) == []


def test_the_past_is_bounded_in_octets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_minute, "_MOST_OCTETS", 1000)
    kept = LastMinute()
    for _ in range(20):
        kept.put("snapshot", bytes(100), 0)
    assert len(kept.after(0)) == 10


def test_the_outlook_compares_snapshots_ten_seconds_apart() -> None:
    kept, crossing = LastMinute(), Crossing(3)
    for second in (0, 5, 11):
        clock = ClockView(0.0, None, 200.0 + second, 0, None, None, [])
        snapshot = msgspec.structs.replace(crossing.snapshot(second * 10**9), clock=clock)
        kept.put("snapshot", _encode(snapshot), second * 10**9)
        told = outlook(kept, 300.0)
        assert set(told) == ({"no-position"} if second == 11 else set())
    assert "RSM" in str(told["no-position"]) and "90 s" in str(told["no-position"])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Serve the stories of a recording whose last 3 s are the past."""
    site = site_files.load(*reader.start(GOLDEN), tmp_path_factory.mktemp("site"))
    player, kept = Player(site, b"x" * 16), LastMinute()
    for tape in reader.ticks(GOLDEN):
        outcome = player.play(tape)
        for frame in outcome.frames:
            sent = Sent(frame.kind, outcome.now_ns, frame.newest_receipt_ns, frame.frame)
            kept.put("sent", _encode(sent), outcome.now_ns)
        sights = SensorSights(outcome.now_ns, [views.sight(each, 0) for each in player.seen])
        kept.put("seen", _encode(sights), outcome.now_ns)
        kept.put("snapshot", _encode(player.station.snapshot(outcome.now_ns)), outcome.now_ns)
    air = RsmReading.of(site.site)
    board, port = Board("x", lane_map()), free_port()
    with hosting(
        application(board, GOLDEN.parent, access(GOLDEN.parent), stories.routes(kept, air, site.site.sensors)), port
    ):
        yield Client(port)


def test_a_road_user_on_air_has_sensors_errors_messages_and_latency(client: Client) -> None:
    sights = client.get("/api/seen").json()["sights"]
    number = next(track for each in sights for _, _, track in each["places_m"] if track)
    story = client.get(f"/api/user/{number}").json()
    assert story["why"]["on_air"] and "RSM carried it" in story["why"]["lines"][0]["text"]
    assert "次" in story["why"]["lines"][0]["text_zh"]
    assert any(part["places"] > 5 and part["rms_m"] < 3.0 and part["spans_ns"] for part in story["sensors"].values())
    median_ms, most_ms = story["on_air"]["latency_ms"]
    assert 0.0 <= median_ms <= most_ms < 200.0
    assert client.get(f"/api/user/{number}").json() == story  # nothing new came


def test_the_fields_of_view_of_all_sensors_are_told(client: Client) -> None:
    fields = {each["device"]: each for each in client.get("/api/sensors").json()}
    assert "radar-north" in fields and fields["radar-north"]["range_m"] > 10.0 and "yaw_deg" in fields["radar-north"]


def test_a_number_without_a_track_says_so(client: Client) -> None:
    story = client.get("/api/user/60000").json()
    assert story["first_ns"] is None and "no track has the number 60000" in story["why"]["lines"][0]["text"]


def test_the_newest_message_is_told_bit_by_bit(client: Client) -> None:
    told = client.get("/api/message/spat").json()
    newest = told["newest"]
    assert told["why"]["on_air"] and newest["type"] == "spatFrame" and newest["odd"] == []
    assert newest["octets"] == (len(newest["head"]) + len(newest["hex"])) // 2
    assert [field["name"] for field in newest["fields"][:3]] == ["MessageFrame", "spatFrame", "msgCnt"]
    assert all(field["bit"] + field["bits"] <= 4 * len(newest["hex"]) for field in newest["fields"])
    silent = client.get("/api/message/bsm").json()
    assert not silent["why"]["on_air"] and silent["newest"] is None and "关闭" in silent["why"]["lines"][1]["text_zh"]


@pytest.mark.parametrize("path", ["/api/message/tim", "/api/user/x"])
def test_what_does_not_exist_has_no_story(client: Client, path: str) -> None:
    assert client.get(path).status in (404, 503)
