"""An imported file replays like any other recording, and the faults that it had on the road are told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from rsu.cli.main import app
from rsu.core.exits import Exit
from rsu.recording import reader
from tests.rsu.lab.importing import faulty
from tests.rsu.lab.importing.samples import PLACE, Import
from tests.rsu.recording.virtual import CONFIGS


def test_an_import_replays_to_its_own_bytes_and_goes_on_air(imported: Import, tmp_path: Path) -> None:
    frames = [
        {"when": f"2025-10-09T08:53:{20 + k // 10}.{k % 10}00+00:00", "list": [{"la": PLACE[0], "lo": PLACE[1] + 3e-4}]}
        for k in range(12)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, frames)), encoding="utf-8")
    imported(
        tmp_path / "a.jsonl",
        "streams: [{device: camera-east, objects: list, time: {field: when, format: iso}, "
        "fields: {latitude: la, longitude: lo}}]",
    )
    result = CliRunner().invoke(app, ["replay", str(tmp_path / "o.mcap"), "--verify", "--json"])
    assert result.exit_code == Exit.FINE and json.loads(result.stdout)["verified"]
    sent = {frame.kind for tape in reader.ticks(tmp_path / "o.mcap") for frame in tape.outcome.frames}
    assert {"rsm", "map"} <= sent


@pytest.mark.parametrize(("made", "mapping", "place", "kinds", "repeated"), [
    (faulty.two_radars_under_one_name, "radar-targets", (39.0, 116.0), {"two-sets", "duplicate", "out-of-order"}, 0),
    (faulty.a_clock_never_set, "radar-targets", (21.0, 11.0), {"wrong-clock", "out-of-order", "duplicate"}, 9),
    (faulty.participants_with_a_gap, "rsm-participants", (31.9, 118.8), {"gap"}, 0),
])  # fmt: skip
def test_faults_of_recordings_do_no_harm_and_are_told(
    imported: Import,
    site: Path,
    tmp_path: Path,
    made: Callable[[tuple[float, float]], list[dict[str, Any]]],
    mapping: str,
    place: tuple[float, float],
    kinds: set[str],
    repeated: int,
) -> None:
    """`repeated`: of 25 scans of the same moving vehicles, those after 1.5 s, which the driver does not use."""
    data = YAML().load(site)
    data["site"]["reference"] |= {"latitude_deg": place[0], "longitude_deg": place[1]}
    where = site.with_name(f"{made.__name__}.yaml")
    YAML().dump(data, where)
    said = (CONFIGS / "import" / f"{mapping}.yaml").read_text(encoding="utf-8")
    said = said.replace("device: radar", "device: camera-east").replace("device: camera\n", "device: camera-east\n")
    if made is faulty.a_clock_never_set:
        said = said.replace("unit: ms}", 'format: "%Y-%m-%d %H:%M:%S", zone: UTC}')
    frames = made(place)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps(frames).encode()))
    summary = imported(tmp_path / "a.json.gz", said, where=where)
    assert summary["frames"]["camera-east"] >= faulty.FRAMES
    assert {finding["kind"] for finding in summary["findings"]} == kinds
    result = CliRunner().invoke(app, ["rec", "report", str(tmp_path / "o.mcap"), "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == Exit.FOUND and answer["imported"] == summary["findings"]
    told = {finding["kind"]: finding["count"] for finding in answer["findings"]}
    assert told.get("driver-frozen", 0) == repeated
    assert answer["measurements"]["camera-east"] + repeated == summary["frames"]["camera-east"]
