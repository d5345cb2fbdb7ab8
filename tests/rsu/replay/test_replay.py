"""Replay: the same bytes at any speed and in any process; differences are explained down to the field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from rsu.bus.tape import Tape
from rsu.cli.main import app
from rsu.core.exits import Exit
from rsu.recording import site_files
from rsu.recording.reader import start, ticks
from rsu.recording.writer import RecordingWriter
from rsu.site import config, content
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, S

SOURCE = FOLDER / "stopped-vehicle.mcap"


def write(path: Path, tapes: list[Tape]) -> Path:
    about, files = start(SOURCE)
    writer = RecordingWriter(path, about, files, EPOCH_NS)
    for tape in tapes:
        writer.add(tape)
    writer.close()
    return path


@pytest.fixture(scope="module")
def tapes() -> list[Tape]:
    return [tape for tape in ticks(SOURCE) if tape.outcome.now_ns < EPOCH_NS + 3 * S]


@pytest.fixture(scope="module")
def agreed(tapes: list[Tape], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording whose outputs are those of this version."""
    folder = tmp_path_factory.mktemp("agreed")
    raw = write(folder / "raw.mcap", tapes)
    assert run("replay", str(raw), "--out", str(folder / "agreed.mcap"))[0] == Exit.FINE
    return folder / "agreed.mcap"


def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_the_same_digest_at_any_speed_and_in_other_processes(agreed: Path, tapes: list[Tape], tmp_path: Path) -> None:
    other = write(tmp_path / "other.mcap", list(ticks(agreed)))
    runs = [run("replay", str(agreed), "--verify"), run("replay", str(agreed), "--verify", "--speed", "5")]  # of 3 s
    runs.append(run("replay", str(agreed), str(other), "--verify", "--workers", "2"))
    answers = [answer for code, found in runs for answer in found]
    assert {code for code, _ in runs} == {Exit.FINE} and len(answers) == 4
    assert len({answer["sha256"] for answer in answers}) == 1
    assert all(answer["verified"] and answer["sha256"] == answer["recorded_sha256"] for answer in answers)
    assert answers[1]["took_s"] >= 0.55


def test_pieces_that_follow_each_other_are_one_recording(agreed: Path, tmp_path: Path) -> None:
    whole = list(ticks(agreed))
    pieces = [write(tmp_path / "1.mcap", whole[:20]), write(tmp_path / "2.mcap", whole[20:])]
    code, (answer,) = run("replay", *map(str, pieces), "--verify")
    assert code == Exit.FINE and answer["verified"] and answer["ticks"] == len(whole)


def test_a_recording_from_the_middle_says_that_it_cannot_be_verified(agreed: Path, tmp_path: Path) -> None:
    middle = write(tmp_path / "middle.mcap", list(ticks(agreed))[20:])
    code, (answer,) = run("replay", str(middle), "--verify")
    assert code == Exit.FOUND and not answer["verified"]
    assert [problem["kind"] for problem in answer["problems"]] == ["mid-run"]
    assert run("rec", "verify", str(middle))[0] == Exit.FINE


def test_a_missing_tick_is_told(agreed: Path, tmp_path: Path) -> None:
    whole = list(ticks(agreed))
    holed = write(tmp_path / "holed.mcap", whole[:20] + whole[21:])
    code, (answer,) = run("replay", str(holed), "--verify")
    assert code == Exit.FOUND and answer["problems"][0]["kind"] == "missing"
    assert run("rec", "verify", str(holed))[0] == Exit.FOUND


def test_the_first_difference_is_explained_to_the_field(agreed: Path, tmp_path: Path) -> None:
    """One bit of a broadcast SPAT is not as the station makes it."""
    whole = list(ticks(agreed))
    at, tape = next((i, t) for i, t in enumerate(whole) if any(f.kind == "spat" for f in t.outcome.frames))
    frames = [
        msgspec.structs.replace(f, frame=f.frame[:-1] + bytes([f.frame[-1] ^ 0x40])) if f.kind == "spat" else f
        for f in tape.outcome.frames
    ]
    whole[at] = msgspec.structs.replace(tape, outcome=msgspec.structs.replace(tape.outcome, frames=frames))
    code, (answer,) = run("replay", str(write(tmp_path / "other.mcap", whole)), "--verify")
    first = answer["first"]
    assert code == Exit.FOUND and answer["different"] == 1
    assert first["now_ns"] == tape.outcome.now_ns and first["what"] == "spat frame 1"
    assert len(first["fields"]) == 1 and first["fields"][0]["path"]


def test_another_input_byte_shows_in_the_outputs(agreed: Path, tmp_path: Path) -> None:
    """A digit of a camera's first sentence with road users."""
    whole = list(ticks(agreed))
    at = next(i for i, t in enumerate(whole) if t.seq > 20)
    rounds = [
        msgspec.structs.replace(
            r, reads=[msgspec.structs.replace(x, data=b"") if x.device.startswith("camera") else x for x in r.reads]
        )
        for r in whole[at].rounds
    ]
    whole[at] = msgspec.structs.replace(whole[at], rounds=rounds)
    code, (answer,) = run("replay", str(write(tmp_path / "other.mcap", whole)), "--verify")
    assert code == Exit.FOUND and answer["first"]["now_ns"] >= whole[at].outcome.now_ns


def test_a_changed_byte_of_the_file_is_told_with_its_place(agreed: Path, tmp_path: Path) -> None:
    data = bytearray(agreed.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.mcap").write_bytes(data)
    code, (answer,) = run("rec", "verify", str(tmp_path / "changed.mcap"))
    first, last = answer["problems"][0]["place"].removeprefix("bytes ").split(",")[0].split(" to ")
    assert code == Exit.DAMAGED and int(first) <= len(data) // 2 <= int(last)
    code, (answer,) = run("replay", str(tmp_path / "changed.mcap"))
    assert code == Exit.DAMAGED and answer["problems"][0]["place"].startswith(f"bytes {first} to {last}")
    assert answer["problems"][-1]["kind"] == "unreadable" and 0 < answer["ticks"] < 30


@pytest.mark.parametrize("where", [b"\x89MCAP", b"rsu.about", b"devices:"])
def test_a_changed_byte_is_told_with_its_place_whatever_it_breaks(agreed: Path, tmp_path: Path, where: bytes) -> None:
    data = bytearray(agreed.read_bytes())
    at = data.rindex(where)  # of the magic the one at the end, of the name the one in the index
    data[at] ^= 8
    (tmp_path / "changed.mcap").write_bytes(data)
    code, (answer,) = run("replay", str(tmp_path / "changed.mcap"), "--verify")
    first, last = answer["problems"][0]["place"].removeprefix("bytes ").split(",")[0].split(" to ")
    assert code == Exit.DAMAGED and not answer["verified"] and int(first) <= at <= int(last)


def test_another_site_file(agreed: Path, tmp_path: Path) -> None:
    _, files = start(agreed)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    text = files["demo.yaml"].decode()
    (tmp_path / "site.yaml").write_text(text.replace("proxy_bsm: false", "proxy_bsm: true"), encoding="utf-8")
    code, (answer,) = run("replay", str(agreed), "--site", str(tmp_path / "site.yaml"), "--verify")
    assert code == Exit.FOUND and answer["first"]["what"].startswith(("bsm", "handing over of bsm", "gate bsm"))
    (tmp_path / "site.yaml").write_text(text.replace("proxy_bsm: false", "proxy_bsm: 7.5"), encoding="utf-8")
    assert CliRunner().invoke(app, ["replay", str(agreed), "--site", str(tmp_path / "site.yaml")]).exit_code == (
        Exit.INVALID_CONFIG
    )


def test_a_site_whose_camera_has_a_model_replays_where_that_is_not(tmp_path: Path) -> None:
    data = YAML().load(CONFIGS / "demo.yaml")
    (video,) = (device["video"] for device in data["devices"].values() if device["kind"] == "video")
    del video["motion"]
    video |= {"source": {"file": "a.avi"}, "onnx": {"model": "m.onnx"}}
    YAML().dump(data, tmp_path / "site.yaml")
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    for name in ("a.avi", "m.onnx"):
        (tmp_path / name).touch()
    files = content.collect(config.load(tmp_path / "site.yaml"))
    found = site_files.load({"site": "site.yaml"}, files, tmp_path / "elsewhere")
    assert found.site.devices.keys() == data["devices"].keys() and "m.onnx" not in files


@pytest.mark.parametrize(("arguments", "code"), [
    (("replay", "/nowhere.mcap"), Exit.NOT_REACHABLE),
    (("replay", __file__), Exit.DAMAGED),
    (("replay", str(SOURCE), "--speed", "fast"), Exit.USAGE),
    (("rec", "info", "/nowhere.mcap"), Exit.NOT_REACHABLE),
    (("rec", "info", __file__), Exit.DAMAGED),
    (("rec", "verify", "/nowhere.mcap"), Exit.NOT_REACHABLE),
    (("rec", "ls", "/nowhere"), Exit.NOT_REACHABLE),
    (("rec", "start", "--run", "/nowhere"), Exit.NOT_REACHABLE),
])  # fmt: skip
def test_exit_codes(arguments: tuple[str, ...], code: Exit) -> None:
    assert CliRunner().invoke(app, list(arguments)).exit_code == code


def test_a_piece_is_cut_by_seconds(agreed: Path, tmp_path: Path) -> None:
    target = tmp_path / "piece.mcap"
    assert CliRunner().invoke(app, ["rec", "cut", str(agreed), str(target), "--from", "1", "--to", "2"]).exit_code == 0
    assert [tape.seq for tape in ticks(target)] == list(range(10, 21))
    code, (facts,) = run("rec", "info", str(target))
    assert code == 0 and facts["seconds"] == 1.0 and facts["channels"]["/tick"]["messages"] == 11
