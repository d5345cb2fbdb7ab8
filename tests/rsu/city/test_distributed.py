"""A distributed city without its engines: the file that chooses, entries of the log. The rest: its bench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the extra `city` is not installed")

from rsu.city import settings
from rsu.city.distributed.entries import pack, unpack
from rsu.city.numbers import missing
from rsu.city.records import CityRecord, read
from rsu.city.store import CityRefusal
from rsu.core.errors import ConfigError
from rsu.recording.reader import ticks

GOLDEN = Path(__file__).parents[1] / "recording" / "golden" / "wrong-way.mcap"
SHIPPED = Path(__file__).parents[3] / "configs" / "city" / "city.yaml"


@pytest.fixture(scope="module")
def records() -> list[CityRecord]:
    items = [item for tape in ticks(GOLDEN) for item in tape.outcome.items][:200]
    numbers = {"bootId": "a", "ack": True}
    bodies = [json.loads(item.data) | numbers | {"seqNum": seq} for seq, item in enumerate(items, 1)]
    return [
        read(body["rscuSn"], item.kind, json.dumps(body).encode()) for item, body in zip(items, bodies, strict=True)
    ]


def test_records_come_out_of_the_log_as_they_went_in(records: list[CityRecord]) -> None:
    (octets,) = pack(records, [CityRefusal("lamp", "rscu/A/lamp/up: no")], 7)
    entry = unpack(octets)
    assert {record.kind for record in records} > {"participant", "lamp", "traffic", "event"}
    assert (entry.received_ms, entry.refused) == (7, [CityRefusal("lamp", "rscu/A/lamp/up: no")])
    for found, record in zip(entry.records, records, strict=True):
        assert (found.numbers, found.events, found.traffic) == (record.numbers, record.events, record.traffic)
        assert (found.lamps, found.state) == (record.lamps, record.state)
        octets_of = [None if each.states is None else each.states.tobytes() for each in (found, record)]
        assert octets_of[0] == octets_of[1]


def test_a_large_batch_becomes_entries_that_the_log_takes(records: list[CityRecord]) -> None:
    many = records * 20
    found = list(pack(many, [], 1))
    assert len(found) > 1 and max(map(len, found)) < 1 << 20
    assert [record.numbers for octets in found for record in unpack(octets).records] == [r.numbers for r in many]
    assert list(pack([], [], 1)) == []


def test_the_shipped_file_is_valid_and_its_paths_are_those_of_its_folder() -> None:
    file = settings.load(SHIPPED)
    assert file.engine == "distributed" and file.log is not None and file.log.replicas == 3
    assert file.broker is not None and file.broker.password_file == SHIPPED.parent / "broker-password"
    assert file.data == Path("/var/lib/rsu-city")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("engine: distributed\ndata: a\n", "needs broker, log and database"),
        ("data: a\nengine: cluster\n", ":2:9: engine: "),
        ("data: a\nlog: {servers: []}\n", "log.servers"),
        ("data: a\nport: 3\n", ":2:1: port: unknown key"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "city.yaml").write_text(text)
    with pytest.raises(ConfigError, match=place):
        settings.load(tmp_path / "city.yaml")


def test_numbers_between_kept_ones_are_missing() -> None:
    assert missing([("a", 1, 1), ("a", 2, 5), ("a", 7, 7), ("b", 3, 3)]) == 3
    assert missing([]) == 0
