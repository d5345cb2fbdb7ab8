"""`/livez` and `/readyz`: 200 or 503, and why."""

from __future__ import annotations

import time

import msgspec
import pytest

from rsu.bus.records import Trouble
from rsu.reasons.box import BoxReason
from rsu.web import health
from rsu.web.board import Board
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes, recorder, uplink
from tests.rsu.web.test_web_app import Client, board, client, fill, folder, shared

__all__ = ["board", "client", "folder", "shared"]  # fixtures


def test_a_box_without_records_is_neither_live_nor_ready(board: Board, client: Client) -> None:
    assert client.get("/livez").status == 503
    assert client.get("/readyz").status == 503


def test_a_box_that_works(board: Board, client: Client) -> None:
    fill(board, time.monotonic_ns())
    live, ready = client.get("/livez"), client.get("/readyz")
    assert (live.status, live.json()) == (200, {"live": True, "troubles": []})
    assert (ready.status, ready.json()["ready"]) == (200, True)
    (camera,) = [each for each in ready.json()["troubles"] if each["about"] == "camera-west"]
    assert camera["alarm"] is False and camera["do"] and camera["silences"] == ["RSM degraded"]


def test_a_silent_message_is_not_ready_and_says_why(board: Board, client: Client) -> None:
    now_ns = time.monotonic_ns()
    fill(board, now_ns)
    snapshot = Crossing(8).snapshot(1)
    dumb = [
        msgspec.structs.replace(each, decision="silent", reasons=["no-time"]) if each.kind == "spat" else each
        for each in snapshot.messages
    ]
    board.put("snapshot", msgspec.structs.replace(snapshot, messages=dumb), now_ns)
    answer = client.get("/readyz")
    assert answer.status == 503
    assert [each["reason"] for each in answer.json()["troubles"] if each["alarm"]] == ["no-time"]
    assert client.get("/livez").status == 200


def test_a_supervisor_that_is_silent_is_not_live() -> None:
    now_ns = time.monotonic_ns()
    quiet = Board("Test crossing", lane_map())
    quiet.put("processes", processes(1, 10), now_ns - 6_000_000_000)
    quiet.put("snapshot", Crossing(8).snapshot(1), now_ns)
    quiet.put("uplink", uplink(1, 10), now_ns)
    quiet.put("recorder", recorder(1), now_ns)
    told = health.live(quiet.troubles(now_ns))
    assert told["live"] is False and [each["about"] for each in told["troubles"]] == ["supervisor"]


@pytest.mark.parametrize(("about", "live"), [("supervisor", False), ("uplink, supervisor", False), ("uplink", True)])
def test_only_the_supervisor_is_life(about: str, live: bool) -> None:
    assert health.live([Trouble(BoxReason.PROCESS_SILENT, about)])["live"] is live
