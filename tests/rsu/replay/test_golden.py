"""The station makes the same bytes of the golden recordings as when they were last agreed on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rsu.cli.views import replay
from rsu.recording.reader import ticks
from sim.standard import faults
from tests.rsu.recording.golden_outputs import FOLDER, compare
from tests.rsu.recording.scenes import SCENES


@pytest.mark.parametrize("name", SCENES)
def test_every_output_byte_is_the_agreed_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = compare(name)
    assert result.problems == [] and result.ticks == round(SCENES[name].seconds * 10)
    if result.recorded != result.replayed:
        replay.show(result, verify=True, as_json=False)
        pytest.fail(f"{capsys.readouterr().out}\nif this is meant: make golden-update")


@pytest.mark.parametrize("name", SCENES)
def test_every_record_fits_the_platforms_standard(name: str) -> None:
    items = [item for tape in ticks(FOLDER / f"{name}.mcap") for item in tape.outcome.items]
    found = {f"{item.kind} {fault.reason}" for item in items for fault in faults(item.kind, json.loads(item.data))}
    assert items and found == set()


def test_scenes_show_what_they_are_for() -> None:
    gates = {
        name: {(d.kind, *d.reasons) for t in ticks(FOLDER / f"{name}.mcap") for d in t.outcome.gate} for name in SCENES
    }
    frames = {name: {f.kind for t in ticks(FOLDER / f"{name}.mcap") for f in t.outcome.frames} for name in SCENES}
    assert all({"map", "rsm", "spat", "rsi"} <= kinds for kinds in frames.values())
    assert ("rsm", "sensor-lost") in gates["sensor-loss"]
    assert {("spat", "signal-stale"), ("spat", "signal-unavailable")} <= gates["signal-faults"]
    assert {903} <= events("stopped-vehicle") and {904} <= events("wrong-way")
    assert max(len(users["ptcList"]) for users in records("heavy-traffic", "participant")) > 50


def records(name: str, kind: str) -> list[dict[str, Any]]:
    items = [item for tape in ticks(FOLDER / f"{name}.mcap") for item in tape.outcome.items]
    return [json.loads(item.data) for item in items if item.kind == kind]


def events(name: str) -> set[int]:
    return {event["eventType"] for record in records(name, "event") for event in record["eventList"]}
