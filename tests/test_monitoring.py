"""The files for Prometheus and Grafana ask for metrics that the page serves, with labels and states that exist."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from hw.vitals import VitalAlarm, Vitals
from hw.watch import State
from rsu.web.board import Board
from rsu.web.metrics import exposition
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes, recorder, uplink

FOLDER = Path(__file__).parents[1] / "configs" / "monitoring"
RULES: list[dict[str, Any]] = YAML(typ="safe").load(FOLDER / "rsu-alerts.yaml")["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "rsu-grafana.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
EXPRESSIONS = [*(rule["expr"] for rule in RULES), *QUERIES]
SELECTOR = re.compile(r"\b(rsu_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')


@pytest.fixture(scope="module")
def families() -> dict[str, set[str]]:
    """Return the names of all samples that a board with everything on it gives, each with its labels."""
    board = Board("Test crossing", lane_map())
    full = msgspec.structs.replace(
        uplink(1, 10),
        refused={"event": 1},
        evicted={"event": 1},
        set_aside={"damaged": 1},
        stray_acks={"unknown": 1},
        expires_days={"client": 20.0},
    )
    snapshot = Crossing(8).snapshot(1)
    vitals = Vitals(**dict.fromkeys(Vitals.__struct_fields__, 0.1))
    late = VitalAlarm("device-late", 1, "its data are 700 ms old on arrival")
    devices = [msgspec.structs.replace(each, vitals=vitals, alarms=[late]) for each in snapshot.devices]
    full_snapshot = msgspec.structs.replace(snapshot, counters={"late": 1}, devices=devices)
    records = {"snapshot": full_snapshot, "uplink": full, "recorder": recorder(1), "processes": processes(1, 10)}
    for topic, record in (*records.items(), *records.items()):  # the first alarm takes its time to find its words
        board.put(topic, record, time.monotonic_ns())
    samples = [
        sample for family in text_string_to_metric_families(exposition(board).decode()) for sample in family.samples
    ]
    return {sample.name: set(sample.labels) for sample in samples}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_for_exists(expression: str, families: dict[str, set[str]]) -> None:
    selectors = SELECTOR.findall(expression)
    assert selectors or expression.startswith("up{")
    for name, matchers in selectors:
        assert name in families, name
        for label, _, value in MATCHER.findall(matchers):
            assert label in {*families[name], "instance", "job"}, label
            assert label != "state" or value in get_args(State)
            assert label != "decision" or value in {"send", "degraded", "silent"}


def test_every_metric_of_consequence_is_on_the_dashboard(families: dict[str, set[str]]) -> None:
    asked = {name for query in QUERIES for name, _ in SELECTOR.findall(query)}
    for name in (
        "rsu_message_rate_hertz",
        "rsu_device_state",
        "rsu_uplink_waiting",
        "rsu_process_memory_bytes",
        "rsu_alarm",
    ):
        assert name in asked
    assert {panel["gridPos"]["w"] for panel in DASHBOARD["panels"]} == {12}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_alerts_speak_both_languages(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    for text in rule["annotations"].values():
        assert re.search(r"[\u4e00-\u9fff]", text) and re.search(r"[a-z]{3}", text)
