"""`rsu score`, `rsu compare` and `rsu tune` over a short recording of the bench."""

from __future__ import annotations

import json
import os
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hw.timescale import MADE_NS
from perception.geo import heading_difference
from rsu.cli.main import app
from rsu.cli.views.tune import latest, propose
from rsu.core.errors import ConfigError, Finding
from rsu.core.exits import Exit
from rsu.lab.compare import report
from rsu.lab.compare.comparison import Comparison, Task, contrast, make, sides
from rsu.lab.compare.verdict import verdict
from rsu.lab.computing import ComputingPlace
from rsu.lab.tune import tuning
from rsu.lab.tune.parameters import parse
from rsu.lab.tune.tuning import Search, TrialBench
from rsu.recorder import shelf
from rsu.recording.errors import RecordingError
from rsu.site import config, content
from rsu.site.history import SiteHistory
from tests.rsu.lab import short
from tests.rsu.recording.virtual import CONFIGS


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six seconds of a day, their truth, the site, and the site with two sensors that stand wrong."""
    folder = tmp_path_factory.mktemp("lab")
    short.cut(folder, 6.0)
    short.site(folder, "right.yaml", {})
    short.site(folder, "wrong.yaml", short.WRONG)
    return folder


@pytest.fixture(scope="module")
def scored(folder: Path) -> dict[str, Any]:
    code, said = run("score", folder / "day.mcap", "--truth", "sim", "--json")
    assert code == Exit.FINE
    answer: dict[str, Any] = json.loads(said)
    return answer


def test_the_score_of_the_bench_is_that_of_good_tracks(scored: dict[str, Any]) -> None:
    overall = scored["overall"]
    assert scored["ticks"] > 10
    assert 20 < overall["true_users"] < 80
    assert 0 < overall["gospa_m"] < 15 and 0 < overall["ospa_m"] < 5
    assert overall["recall"] > 0.7 and overall["precision"] > 0.9 and overall["position_p95_m"] < 1.5
    assert 0.5 < overall["mota"] <= 1 and 0.5 < overall["idf1"] <= 1 and 0.5 < overall["hota"] <= 1


def test_groups_add_up_to_the_whole(scored: dict[str, Any]) -> None:
    for group in ("by_class", "by_zone", "by_range"):
        total = sum(each["true_users"] for each in scored[group].values())
        assert total == pytest.approx(scored["overall"]["true_users"], abs=0.01)
    assert {"car", "pedestrian"} <= set(scored["by_class"]) and "junction" in scored["by_zone"]
    assert {lane["link"] for lane in scored["traffic"]["lanes"]} >= {"north_in", "east_in"}


def test_vehicles_speak_for_themselves_only_and_within_their_accuracy(folder: Path) -> None:
    code, said = run("score", folder / "day.mcap", "--truth", "v2x", "--json")
    overall = json.loads(said)["overall"]
    assert code == Exit.FINE and overall["recall"] > 0.8
    assert overall["precision"] is None and overall["gospa_m"] is None and overall["mota"] is None
    assert overall["position_p95_m"] < overall["position_raw_p95_m"]


def test_what_cannot_be_scored_ends_with_a_reason(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("stamp_ns,id\n")
    assert run("score", folder / "day.mcap", "--truth", tmp_path / "x.csv")[0] == Exit.DAMAGED
    assert run("score", folder / "day.mcap", "--truth", tmp_path / "none.csv")[0] == Exit.NOT_REACHABLE
    assert run("score", tmp_path / "none.mcap", "--truth", "sim")[0] == Exit.NOT_REACHABLE


@pytest.fixture(scope="module")
def compared(folder: Path) -> Comparison:
    a, b = sides(folder / "wrong.yaml", folder / "right.yaml", [folder / "day.mcap"])
    return contrast(make(Task(a, "sim", 60.0)), make(Task(b, "sim", 60.0)))


def test_sensors_that_stand_right_are_better(compared: Comparison) -> None:
    words = {row.indicator.key: row.word for row in compared.rows}
    assert words["gospa_m"] == words["false"] == words["agreement_m"] == "better"
    assert verdict(compared).tone == "better" and not compared.same
    assert ("sensors.radar-north.mount.yaw_deg", "3.0", "0.0") in compared.changes
    assert len(compared.only_a) > len(compared.only_b)
    rsm = next(note for note in compared.messages if note.kind == "rsm")
    assert rsm.differ > 0 and rsm.first_ns is not None
    assert all(note.differ == 0 for note in compared.messages if note.kind == "map")


def test_the_report_is_one_file_with_the_verdict_first(compared: Comparison) -> None:
    names = report.Names("wrong.yaml", "right.yaml", ["day.mcap"], "sim")
    page = report.render(compared, names, "en")
    assert page.index("B is better than A.") < page.index("<table>")
    assert not re.search(r"(src|href)\s*=|url\(|@import|https?://", page)
    assert page.count("<svg") == page.count("</svg>") >= 7
    assert "nan" not in re.findall(r'd="([^"]*)"', page)


def test_the_report_in_chinese_has_no_english_word_left(compared: Comparison) -> None:
    page = report.render(compared, report.Names("wrong.yaml", "right.yaml", ["day.mcap"], "sim"), "zh")
    assert page.index("B 优于 A。") < page.index("<table>")
    body = page[page.index("<main>") :]
    texts = " ".join(re.findall(r">([^<>]+)<", re.sub(r"<code>.*?</code>", "", body)))
    words = {word for word in re.findall(r"[A-Za-z_][\w.]+", texts) if not re.search(r"[.\d]", word)} - {
        "nbsp",
        "middot",
    }
    known = {
        "GOSPA",
        "MOTA",
        "HOTA",
        "BSM",
        "MAP",
        "RSM",
        "SPAT",
        "RSI",
        "deg",
        "ms",
        "JSON",
        "id",
        "sim",
        "rsu",
        "compare",
    }
    assert {word for word in words if "_in" not in word} <= known


def test_the_same_recording_is_the_same(folder: Path) -> None:
    run_ = make(Task(sides(folder / "day.mcap", folder / "day.mcap", [])[0], None, 60.0))
    same = contrast(run_, run_)
    assert same.same and verdict(same).tone == "same"
    assert {row.word for row in same.rows} == {"same"}
    assert not same.only_a and not same.only_b and not same.changes


def test_a_site_of_another_place_is_refused_with_what_the_recording_has(folder: Path) -> None:
    other = CONFIGS / "import" / "radar-targets-site.yaml"
    wishes: dict[str, list[object]] = {
        "replay": ["--site", other],
        "score": ["--site", other, "--truth", "sim"],
        "tune": ["--site", other, "--registration"],
    }
    for command, wish in wishes.items():
        result = CliRunner().invoke(app, [command, str(folder / "day.mcap"), *map(str, wish)])
        assert result.exit_code == Exit.INVALID_CONFIG, command
        assert "radar-targets-site.yaml:1:1: sensors" in result.stderr and "camera-north" in result.stderr


def test_findings_come_through_from_another_process() -> None:
    findings = [Finding("site.yaml", 3, 7, "sensors", "none", "无"), Finding("site.yaml", 9, 1, "", "odd", "异常")]
    error = ConfigError(findings)
    back = pickle.loads(pickle.dumps(error))
    assert back.findings == error.findings and str(back) == str(error)


def test_a_site_file_without_recordings_is_a_wrong_use(folder: Path) -> None:
    assert run("compare", "--a", folder / "right.yaml", "--b", folder / "wrong.yaml")[0] == Exit.USAGE


def test_registration_finds_what_stands_wrong_and_leaves_the_rest(folder: Path, tmp_path: Path) -> None:
    """3 deg and 1 m within 0.3 deg and 0.2 m, from six seconds; written into the site file in the same step."""
    site, day = short.site(tmp_path, "wrong.yaml", short.WRONG), folder / "day.mcap"
    new = tmp_path / "new.yaml"
    code, said = run("tune", day, "--registration", "--site", site, "--out", new, "--apply", "--json")
    answer = json.loads(said)
    sensors = {one["device"]: one for one in answer["sensors"]}
    assert code == Exit.FOUND
    assert {name for name, one in sensors.items() if one["verdict"] == "moved"} == set(short.WRONG)
    for name, (east, north, yaw) in short.WRONG.items():
        one = sensors[name]
        assert abs(one["east_m"] + east) < 0.2 and abs(one["north_m"] + north) < 0.2
        assert abs(one["yaw_deg"] + yaw) < 0.3
    assert sum(one["verdict"] == "fine" for one in sensors.values()) >= 6
    mounts = {sensor.device: sensor.mount for sensor in config.load(site).site.sensors}
    assert abs(heading_difference(mounts["radar-north"].yaw_deg, 0.0)) < 0.3 and "@@" in answer["patch"]
    assert new.read_bytes() == site.read_bytes()
    versions = SiteHistory(site).versions()
    assert len(versions) == 2 and answer["version"] == versions[-1].number
    assert "radar-north.mount.yaw_deg" in versions[-1].why


def test_the_last_minutes_are_those_of_finished_recordings(tmp_path: Path) -> None:
    names = [shelf.name(minute * 60 * 10**9 + MADE_NS, "boot0000") for minute in (0, 10, 20, 30)]
    for minute, each in zip((0, 10, 20, 30), names, strict=True):
        path = tmp_path / "recordings" / (f"{each}.part" if minute == 30 else each)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        os.utime(path, ns=((minute + 10) * 60 * 10**9 + MADE_NS,) * 2)
    assert [path.name for path in latest(tmp_path, 15.0)] == names[1:3]
    assert [path.name for path in latest(tmp_path, 5.0)] == names[2:3]
    with pytest.raises(RecordingError, match="no finished recording"):
        latest(tmp_path / "none", 5.0)


def test_a_site_may_be_named_from_where_one_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert propose(Path("right.yaml"), {}).patch == ""
    monkeypatch.chdir(folder.parent)
    there = content.collect(config.load(Path(folder.name, "right.yaml")))
    assert there.keys() == {"right.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"}


def test_a_search_ends_with_the_best_so_far_when_interrupted(folder: Path) -> None:
    site = folder / "wrong.yaml"
    bench = TrialBench(site, [folder / "day.mcap"], "sim", 60.0)
    assert tuning.judge_for(bench) == "sim"
    seen: list[float] = []

    def progress(done: int, cost: float, best: float) -> None:
        seen.append(cost)
        raise KeyboardInterrupt

    search = Search(bench, [parse("radar-north.yaw_deg=-5..5", config.load(site))], 0, None, "test")
    tuned = search.run(40, ComputingPlace(1), progress)
    assert tuned.interrupted and tuned.trials == 1
    assert tuned.after == pytest.approx([min(*seen, *tuned.before)])


def test_tune_wants_one_thing(folder: Path) -> None:
    assert run("tune", folder / "day.mcap", "--site", folder / "right.yaml")[0] == Exit.USAGE
    unknown = run("tune", folder / "day.mcap", "--site", folder / "right.yaml", "--param", "radar.nord.yaw=0..1")
    assert unknown[0] == Exit.USAGE
