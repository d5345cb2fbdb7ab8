"""The manual's dialect: a site names it, every kind of record comes out as it says, and its answers free records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import GivenUp, Participants, Told
from rsu.site import box, config, dialects
from rsu.uplink.errors import TooLargeError
from rsu.uplink.example import TOPICS, Acme
from rsu.uplink.ledger import Ledger
from rsu.uplink.record import Range, SpooledRecord
from tests.rsu.uplink import said

CONFIGS = Path(__file__).parents[3] / "configs"
KINDS = [kind for kind in RANK if kind != SKIPPED]


def spooled(dialect: Acme, kind: str, told: Told) -> SpooledRecord:
    report = Report(kind, said.NOW_NS, "b1", 7, told)
    return SpooledRecord("b1", 7, 7, kind, RANK[kind], said.NOW_NS, dialect.payload(report))


def test_one_row_lets_a_site_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dialects.DIALECTS, "acme", dialects.DialectRow("rsu.uplink.example:Acme", status_s=15.0))
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).symlink_to(CONFIGS / name)
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8").replace("port: 27041}", "port: 27041, dialect: acme}")
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    (rare,) = [each.text for each in config.check(path) if "run_status_s" in each.text]
    assert "below 15" in rare, "the row's status_s"
    site = config.load(path)
    assert site.site.uplink.platform is not None
    assert isinstance(box.make(site.site.uplink.platform.dialect, box.box(site)), Acme)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_each_kind_has_its_topic_or_is_not_sent(kind: str) -> None:
    dialect = Acme(said.box())
    record = spooled(dialect, kind, said.told(kind))
    messages = dialect.publications(record, None)
    assert [message.topic for message in messages] == [
        f"boxes/{said.RSCU}/{name}" for each, name in TOPICS.items() if each == kind
    ]
    for message in messages:
        told = json.loads(message.body)
        assert (told["boot"], told["seq"], told["time_ms"]) == ("b1", 7, said.NOW_NS // 1_000_000)
        with pytest.raises(TooLargeError):
            dialect.publications(record, len(message.topic) + len(message.body) - 1)


def test_a_road_user_is_told_in_the_platforms_units() -> None:
    dialect = Acme(said.box())
    (user,) = json.loads(dialect.body("participant", said.NOW_NS, Participants([said.user(3)])))["content"]
    assert (user["id"], user["class"], user["speed_kmh"], user["seen_by"]) == (3, "car", 18.0, ["camera"])
    assert user["latitude_deg"] == pytest.approx(22.5429, abs=1e-4)


def test_records_that_were_given_up_are_not_told() -> None:
    assert Acme(said.box()).payload(Report(SKIPPED, said.NOW_NS, "b1", 7, GivenUp(1, {"lamp": 7}))) == b""


def test_its_answer_frees_the_record_that_it_names() -> None:
    dialect, ledger = Acme(said.box()), Ledger()
    record = spooled(dialect, "event", said.told("event"))
    ledger.sent(dialect.way(record.kind), record)
    kind = dialect.answers[f"boxes/{said.RSCU}/events/held"]
    assert ledger.sum(dialect.read(kind, b'{"boot": "b1", "seq": 7}')).held == [Range("b1", 7, 7)]
    for unreadable in (b"", b"{}", b'{"boot": 1, "seq": 7}', b'{"x": ' + b"[" * 100_000):
        with pytest.raises(ValueError):
            dialect.read(kind, unreadable)


def test_it_says_when_it_comes_and_goes() -> None:
    dialect = Acme(said.box())
    told = [dialect.presence(said.NOW_NS, online) for online in (True, False)]
    assert [json.loads(each.body)["online"] for each in told if each is not None] == [True, False]
