"""The drill's table, signs and sheet. The faults themselves are made by `rsu drill`, in real time."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from hw.detail import Detail
from rsu.bus.records import ProcessView, RecorderState, UplinkState
from rsu.bus.snapshot import DeviceView, MessageState
from rsu.cli.main import app
from rsu.drill import sheet
from rsu.drill.fault import DrillResult, Fault, counter, device, either, message, process, recorder, uplink
from rsu.drill.faults import FAULTS, chosen
from rsu.drill.stage import Said, Stage
from rsu.reasons.place import PlaceReason
from sim.bench import load
from sim.emulate import make_emulator
from sim.emulator import EVERY_FAULT

CONFIGS = Path(__file__).parents[3] / "configs"


def test_every_fault_of_the_table_has_a_row() -> None:
    numbers = {int(match[1]) for fault in FAULTS if (match := re.fullmatch(r"F(\d+)[a-g]?", fault.id))}
    assert numbers == set(range(1, 43))
    assert max(Counter(fault.id for fault in FAULTS).values()) == 1
    assert [fault.id for fault in FAULTS] == sorted(
        (f.id for f in FAULTS), key=lambda i: (int(re.findall(r"\d+", i)[0]), i)
    )


def test_every_row_makes_its_fault_somehow() -> None:
    assert [fault.id for fault in FAULTS if not (fault.make or fault.prepare or fault.environment)] == []


def test_emulated_faults_are_known_to_their_emulators(tmp_path: Path) -> None:
    bench = load(CONFIGS / "demo-bench.yaml")
    asked: list[tuple[str, str]] = []
    stage = SimpleNamespace(fault=lambda name, fault: asked.append((name, fault)) if fault else None)
    for fault in FAULTS:
        if fault.make is not None and "emulated" in fault.make.__qualname__:
            with fault.make(cast(Stage, stage)):
                pass
    assert len(asked) > 10
    strange = [
        (name, fault)
        for name, fault in asked
        if name in bench.emulators and fault not in EVERY_FAULT | dict(make_emulator(bench, name).FAULTS)
    ]
    assert strange == []


def test_a_name_stands_for_its_variants_too() -> None:
    assert [fault.id for fault in chosen(["F9"])] == ["F9", "F9b", "F9c"]
    assert chosen(["all"]) == FAULTS
    with pytest.raises(ValueError, match="no fault F99; there are F1"):
        chosen(["F1", "F99"])


def said(**parts: Any) -> Said:
    whole: dict[str, Any] = dict.fromkeys(("uplink", "recorder"))
    return Said(**(whole | {"devices": {}, "messages": {}, "processes": {}, "counters": Counter()} | parts))


GOOD = DeviceView("cam", "camera-json", "ok", 10.0, 5, {"torn": 1}, None)
LOST = DeviceView("cam", "camera-json", "lost", 0.0, 5000, {"torn": 4}, "link: silent for 2.0 s")
UP = UplinkState(0, True, "p", 1, 1, 0, {}, None)


@pytest.mark.parametrize(
    ("sign", "before", "now", "told"),
    [
        (device("cam"), said(devices={"cam": GOOD}), said(devices={"cam": LOST}), "cam lost: link: silent for 2.0 s"),
        (device("cam"), said(), said(devices={"cam": GOOD}), None),
        (device("cam", "frozen"), said(), said(devices={"cam": LOST}), None),
        (counter("cam/torn"), said(devices={"cam": GOOD}), said(devices={"cam": LOST}), "cam/torn +3"),
        (counter("air: "), said(), said(counters=Counter({"air: DsmpError": 2})), "air:  +2"),
        (
            message("spat", PlaceReason.NO_TIME), said(),
            said(messages={"spat": MessageState("spat", "silent", ["no-time", "other"], 0.0, 0)}),
            "spat silent: no-time",
        ),
        (
            message("spat", PlaceReason.NO_TIME), said(),
            said(messages={"spat": MessageState("spat", "send", [], 10.0, 0)}), None,
        ),
        (
            process("web"), said(processes={"web": ProcessView("web", "running", 1, 0, 0, 0, 0, 9, None)}),
            said(processes={"web": ProcessView("web", "running", 2, 1, 0, 0, 0, 9, "signal 9")}),
            "web running: signal 9",
        ),
        (uplink(), said(uplink=UP), said(uplink=UP), None),
        (uplink(), said(uplink=UP), said(uplink=UplinkState(0, False, "p", 1, 1, 0, {}, "refused")), "uplink: refused"),
        (
            recorder("paused"), said(), said(recorder=RecorderState(0, "paused", None, 0, 0, 0, "disk full")),
            "recorder paused: disk full",
        ),
        (
            either(uplink(), device("cam")), said(), said(uplink=UP, devices={"cam": LOST}),
            "cam lost: link: silent for 2.0 s",
        ),
    ],
)  # fmt: skip
def test_signs(sign: Any, before: Said, now: Said, told: str | None) -> None:
    assert sign(before, now) == told


ROW = Fault("F1", "a <camera> stops", "摄像机", Detail("named", "告警"), None, device("cam"))
BAD = DrillResult(ROW, "nothing told", None, 1.5, 0, 0.2, ["+1.0 s spat: green"], False)
FINE = DrillResult(ROW, "told", 0.5, 1.5, 0, 0.2, [], True)


def test_the_sheet_has_the_fields_that_scripts_read() -> None:
    row = json.loads(sheet.as_json([BAD]))["F1"]
    assert row["wrong_frames"] == 1
    assert {"expected", "seen", "noticed_s", "recovered_s", "lost", "wrong_frames"} <= row.keys()


def test_the_verdict_comes_first() -> None:
    assert sheet.verdict([FINE]).en == "1 faults, all as expected; wrong frames on air: 0"
    assert "1 not as expected (F1)" in sheet.verdict([FINE, BAD]).en
    assert sheet.lines(BAD)[0] == "F1   NOT AS EXPECTED: a <camera> stops"
    assert sheet.verdict([FINE, BAD]).zh == "2 项故障，1 项不符合预期（F1）；空口错误帧：1"
    said = sheet.lines(BAD, "zh")
    assert said[0].startswith("F1   不符合预期: ") and said[1].startswith("     预期：") and "丢失" in said[3]


def test_the_html_sheet_is_one_file_without_requests(tmp_path: Path) -> None:
    sheet.write_html([FINE, BAD], tmp_path / "drill.html")
    page = (tmp_path / "drill.html").read_text(encoding="utf-8")
    assert "a &lt;camera&gt; stops" in page
    assert "摄像机" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_command_lists_the_faults_and_knows_its_names() -> None:
    assert "F10" in CliRunner().invoke(app, ["drill"]).output
    assert CliRunner().invoke(app, ["drill", "F99"]).exit_code == 2
