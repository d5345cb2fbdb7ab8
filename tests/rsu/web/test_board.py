from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from rsu.bus.records import Committed
from rsu.bus.snapshot import ClaimView, Snapshot
from rsu.web.board import EMPTY, Board, document
from rsu.web.patch import Json, merge
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes, uplink


def members(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from value.values()
        for inner in value.values():
            yield from members(inner)


def test_what_is_unknown_is_absent() -> None:
    snapshot = msgspec.structs.replace(Crossing(30).snapshot(1), utc_uncertainty_ms=None, position_error_m=math.nan)
    made: dict[str, Any] = document(snapshot)
    assert None not in members(made)
    assert made["station"] == {"stamp_ns": 1, "boot": "c0ffee", "counters": {}, "weather": {}}
    assert made["claims"] == {}


def test_counters_have_their_names_in_chinese() -> None:
    made: dict[str, Any] = document(msgspec.structs.replace(Crossing(3).snapshot(1), counters={"fusion: late": 2}))
    assert made["station"]["counters_zh"] == {"fusion: late": "融合：到达过迟"}


def test_rows_are_found_by_their_names() -> None:
    made: dict[str, Any] = document(Crossing(3).snapshot(1))
    assert {name: sorted(rows) for name, rows in made.items() if name in ("tracks", "messages")} == {
        "tracks": ["1", "2", "3"],
        "messages": ["bsm", "map", "rsi", "rsm", "spat"],
    }
    assert made["devices"]["camera-west"]["error"] == "Connection refused"


def test_floats_are_rounded_to_what_a_screen_shows() -> None:
    track = msgspec.structs.replace(Crossing(1).snapshot(1).tracks[0], east_m=1.23456, ellipse=(0.555555, 0.1, 90.0))
    made: dict[str, Any] = document(msgspec.structs.replace(Crossing(1).snapshot(1), tracks=[track]))
    assert made["tracks"][str(track.id)]["east_m"] == 1.23
    assert made["tracks"][str(track.id)]["ellipse"] == [0.56, 0.1, 90.0]


def test_a_record_of_no_place_is_refused() -> None:
    with pytest.raises(TypeError, match="Committed"):
        document(Committed("boot", 1))


def test_patches_lead_a_viewer_from_any_version_to_the_newest() -> None:
    board, crossing, held = Board("x", lane_map()), Crossing(20), EMPTY.document
    version = EMPTY
    for step in range(40):
        crossing.step()
        board.put("snapshot", crossing.snapshot(step), step)
        if step % 7 == 0:
            board.put("uplink", uplink(step, step), step)
            board.put("processes", processes(step, step), step)
        if step % 3 == 0:
            held, version = merge(held, json.loads(board.patch(version))), board.newest
            assert held == json.loads(msgspec.json.encode(board.newest.document))


def test_viewers_at_the_same_version_share_one_patch() -> None:
    board, crossing = Board("x", lane_map()), Crossing(5)
    board.put("snapshot", crossing.snapshot(1), 1)
    version = board.newest
    board.put("snapshot", crossing.snapshot(2), 2)
    assert board.patch(version) is board.patch(version)


def test_state_tells_how_old_each_record_is() -> None:
    board = Board("x", lane_map())
    board.put("snapshot", Crossing(1).snapshot(1), 5_000_000_000)
    state: dict[str, Any] = board.state(7_500_000_000)
    assert state["age_ms"] == {"snapshot": 2500}
    assert state["uplink"] is None
    assert state["snapshot"]["boot"] == "c0ffee"


def test_waiting_ends_with_a_change_or_the_heartbeat() -> None:
    async def wait() -> tuple[float, float]:
        board, loop = Board("x", lane_map()), asyncio.get_running_loop()
        start = loop.time()
        await board.change(board.newest, 0.1)
        quiet = loop.time() - start
        loop.call_later(0.02, board.put, "uplink", uplink(1, 1), 1)
        await board.change(board.newest, 5)
        return quiet, loop.time() - start - quiet

    quiet, changed = asyncio.run(wait())
    assert quiet >= 0.09
    assert changed < 1


def test_another_map_has_another_digest() -> None:
    assert Board("x", {}).newest.document["map"] != Board("x", lane_map()).newest.document["map"]


def test_claims_are_a_list_of_their_own_beside_the_road_users() -> None:
    claim = ClaimView(
        vehicle_id="00ff", kind="car", east_m=1.0, north_m=2.0, speed_mps=3.0, heading_deg=None, length_m=None,
        width_m=None, emergency=True, age_ms=40, doubt="not-there",
    )  # fmt: skip
    snapshot = Snapshot(0, "b", [], [], [], [], [], None, None, claims=[claim], channel_busy=0.5)
    shown: dict[str, Any] = document(snapshot)
    assert shown["tracks"] == {} and shown["station"]["channel_busy"] == 0.5
    assert shown["claims"]["00ff"]["source"] == "v2x-claimed" and shown["claims"]["00ff"]["doubt"] == "not-there"
