"""Records of boxes: kept once, answered when they are durable, refused with a reason; states to Parquet and back."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("duckdb", reason="the extra `city` is not installed")

from rsu.city.archive import TrackArchive
from rsu.city.embedded.city import EmbeddedLog
from rsu.city.embedded.tables import SqliteTables
from rsu.city.ingest import CityAnswer, Ingest, InMessage, joined
from rsu.city.live import SILENT_MS, LiveView
from rsu.city.records import STATE
from rsu.city.store import DAY_MS
from rsu.recording.reader import ticks

GOLDEN = Path(__file__).parents[1] / "recording" / "golden" / "wrong-way.mcap"
NOW_MS = 1_795_000_100_000
BOX = "RSCU-DEMO-1"


def recorded(kind: str) -> list[dict[str, Any]]:
    items = (item for tape in ticks(GOLDEN) for item in tape.outcome.items if item.kind == kind)
    return [json.loads(item.data) for item in items]


def message(kind: str, body: dict[str, Any], seq: int | None = 1, **more: Any) -> InMessage:
    numbers = {} if seq is None else {"bootId": "a", "seqNum": seq, "ack": True}
    return InMessage(f"rscu/{BOX}/{kind}/up", json.dumps(body | numbers | more).encode())


def said(answers: list[CityAnswer]) -> dict[str, list[dict[str, Any]]]:
    return {answer.topic: json.loads(answer.body)["ackList"] for answer in answers}


class Setup:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "city.db"
        self.again()

    def again(self) -> None:
        """Begin again, as after a kill."""
        self.store, self.live = SqliteTables(self.path), LiveView()
        self.ingest = Ingest(EmbeddedLog(self.store, self.live))


@pytest.fixture
def city(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def test_every_kind_of_a_recording_is_taken_and_answered_by_ranges(city: Setup) -> None:
    kinds = ("basic-status", "run-status", "lamp", "participant", "traffic", "event")
    batch, seq = [], 0
    for kind in kinds:
        for body in recorded(kind)[:4]:
            seq += 1
            batch.append(message(kind, body, seq))
    answers = said(city.ingest.take(batch, NOW_MS))
    assert sum(entry["last"] - entry["first"] + 1 for rows in answers.values() for entry in rows) == seq
    assert set(answers) == {f"rscu/{BOX}/{kind}/up/ack" for kind in kinds} and not city.ingest.refused
    assert city.store.gaps(BOX) == 0
    (box,) = city.live.boxes(NOW_MS)
    assert box["state"] == "online" and box["place"] == (114.0579, 22.5431) and box["users"] > 0
    assert city.live.lamps(BOX)
    assert city.store.rows("SELECT DISTINCT code FROM event") == [{"code": 904}]


def test_a_record_that_comes_twice_counts_once_also_after_a_kill(city: Setup) -> None:
    one = message("participant", recorded("participant")[-1], 7)
    for _ in range(2):
        assert said(city.ingest.take([one, one], NOW_MS)) == {
            f"rscu/{BOX}/participant/up/ack": [{"bootId": "a", "first": 7, "last": 7}]
        }
        city.again()
    assert len(list(city.store.blocks(BOX, 0, 1 << 50))) == 1
    assert [box["box"] for box in city.live.boxes(NOW_MS)] == [BOX]


def test_parts_are_answered_when_all_of_them_are_there(city: Setup) -> None:
    body = recorded("participant")[-1]
    first, second = (message("participant", body, 3, partNum=part, partSum=2) for part in (1, 2))
    assert city.ingest.take([first], NOW_MS) == []
    city.again()
    assert said(city.ingest.take([second], NOW_MS)) != {}


def test_numbers_that_were_kept_are_no_gap_after_they_went_to_the_archive(city: Setup) -> None:
    lamp = recorded("lamp")[0]
    day = NOW_MS // DAY_MS
    city.ingest.take([message("lamp", lamp, seq) for seq in (1, 2, 4)], NOW_MS - DAY_MS)
    city.store.forget(BOX, day)
    assert city.ingest.take([message("lamp", lamp, 5)], NOW_MS) and city.store.gaps(BOX) == 0
    city.ingest.take([message("lamp", lamp, 8)], NOW_MS)
    city.store.forget(BOX, day)
    assert city.store.gaps(BOX) == 2


@pytest.mark.parametrize("name", ["..", ".", "../a", "a/b", "", "a\n"])
def test_a_box_that_could_name_another_folder_is_refused(city: Setup, name: str) -> None:
    body = json.dumps(recorded("lamp")[0] | {"rscuSn": name, "bootId": "a", "seqNum": 1})
    city.ingest.take([InMessage(f"rscu/{name}/lamp/up", body.encode())], NOW_MS)
    assert city.ingest.refused.total() == 1 and list(city.live.boxes(NOW_MS)) == []


def test_reasons_are_bounded(city: Setup) -> None:
    for number in range(50):
        city.ingest.take([InMessage(f"rscu/{BOX}/kind-{number}/up", b"{}")], NOW_MS)
    assert city.ingest.refused == {"other": 50} and len(city.ingest.reasons) == 20


def test_numbers_that_will_never_come_are_no_gap(city: Setup) -> None:
    body = {"rscuSn": BOX, "timeStamp": NOW_MS}
    lamp = recorded("lamp")[0]
    city.ingest.take([message("lamp", lamp, 1), message("lamp", lamp, 6)], NOW_MS)
    assert city.store.gaps(BOX) == 4
    city.ingest.take([message("run-status", body, 5, firstSeqNum=2)], NOW_MS)
    assert city.store.gaps(BOX) == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"longitude": "114"}, "longitude"),
        ({"ptcId": 0}, "ptcId"),
        ({"speed": -1}, "speed"),
        ({"timestamp": 1.5}, "timestamp"),
        ({"heading": 400}, "heading"),
    ],
)
def test_a_wrong_participant_is_refused_with_its_place(city: Setup, change: dict[str, Any], place: str) -> None:
    body = recorded("participant")[-1]
    body["ptcList"][0] |= change
    ((entry,),) = said(city.ingest.take([message("participant", body)], NOW_MS)).values()
    assert entry["errorCode"] == 1 and place in entry["errorDesc"]
    assert list(city.store.blocks(BOX, 0, 1 << 50)) == []


def test_a_box_speaks_for_itself_alone(city: Setup) -> None:
    body = recorded("lamp")[0] | {"rscuSn": "ANOTHER"}
    assert city.ingest.take([message("lamp", body)], NOW_MS) == []
    assert list(city.live.boxes(NOW_MS)) == [] and city.ingest.refused.total() == 1


@given(st.binary(max_size=200), st.sampled_from(["participant", "event", "traffic", "lamp", "run-status", "x", "a/b"]))
def test_no_octets_end_it(body: bytes, kind: str) -> None:
    ingest = Ingest(EmbeddedLog(SqliteTables(Path(":memory:")), LiveView()))
    ingest.take([InMessage(f"rscu/{BOX}/{kind}/up", body), InMessage(kind, body)], NOW_MS)


def test_a_box_is_silent_then_off_line(city: Setup) -> None:
    city.ingest.take([message("basic-status", recorded("basic-status")[0])], NOW_MS)
    states = [next(city.live.boxes(NOW_MS + later))["state"] for later in (0, SILENT_MS + 1)]
    will = {"timeStamp": NOW_MS, "rscuSn": BOX, "active": 1}
    assert city.ingest.take([message("basic-status", will, None)], NOW_MS) == []
    (box,) = city.live.boxes(NOW_MS)
    assert [*states, box["state"]] == ["online", "silent", "offline"] and box["place"] is not None


def test_states_of_days_that_are_over_go_to_parquet_once(city: Setup, tmp_path: Path) -> None:
    bodies = [body for body in recorded("participant") if body["ptcList"]]
    city.ingest.take([message("participant", body, seq) for seq, body in enumerate(bodies, 1)], NOW_MS)
    before = np.sort(np.concatenate(list(city.store.blocks(BOX, 0, 1 << 50))))
    archive, day = TrackArchive(tmp_path), bodies[0]["timeStamp"] // DAY_MS
    assert archive.move(city.store, day) == (0, 0)
    assert archive.move(city.store, day + 1)[0] == len(np.unique(before))
    assert list(city.store.blocks(BOX, 0, 1 << 50)) == []
    late = bodies[0] | {"ptcList": [bodies[0]["ptcList"][0] | {"ptcId": 999}]}
    city.ingest.take([message("participant", late, 9000)], NOW_MS)
    archive.move(city.store, day + 1)
    rows = archive.states(BOX, 0, 1 << 50)
    found = np.array([tuple(row[name] for name in STATE.names or ()) for row in rows], STATE)
    assert len(found) == len(np.unique(before)) + 1 and 999 in found["id"]
    assert np.isin(before, found).all()


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 5)), max_size=30))
def test_joined_spans_cover_the_same_numbers(rows: list[tuple[int, int]]) -> None:
    spans = [(first, first + more) for first, more in rows]
    numbers = {number for first, last in spans for number in range(first, last + 1)}
    found = joined(spans)
    assert [number for first, last in found for number in range(first, last + 1)] == sorted(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))
