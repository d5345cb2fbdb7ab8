"""The doctor's table: rows are whole, in both languages; a healthy site is told healthy; no daemon is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from hw.detail import Detail
from rsu.cli.main import app
from rsu.lab.doctor.facts import NO_DAEMON, NO_RECORDING, SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Probe
from rsu.lab.doctor.table import GROUPS
from tests.rsu.lab.doctor.patients import BOX, CLOCK, examined, facts, site
from tests.rsu.recording.virtual import CONFIGS

IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
PROBES = [probe for group in GROUPS for probe in group.probes]


def test_there_are_enough_probes_and_no_name_twice() -> None:
    assert len(PROBES) == len({probe.name for probe in PROBES}) >= 45


def texts(probe: Probe) -> Iterator[Detail]:
    yield from (probe.title, probe.why, probe.do)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_every_row_is_whole_in_both_languages(probe: Probe) -> None:
    assert re.fullmatch("[a-z0-9-]+", probe.name) and probe.limit.en and probe.limit.zh
    for text in texts(probe):
        assert text.en and IDEOGRAPH.search(text.zh) and "{" not in text.en


@pytest.mark.parametrize(
    ("value", "verdicts"),
    [(0, ("fine", "bad")), (9, ("fine", "warn")), (10, ("warn", "fine")), (20, ("bad", "fine"))],
)
def test_margins(value: float, verdicts: tuple[str, str]) -> None:
    assert Margin(10, 20).judgement(value).code == verdicts[0]
    assert Margin(10, 5, least=True).judgement(value).code == verdicts[1]


def test_a_healthy_site_is_told_healthy() -> None:
    found = examined(facts(site("day"), "day"))
    wrong = [
        (name, one.about, one.value.en)
        for name, each in found.items()
        for one in each.measured
        if one.judgement in (Judgement.WARN, Judgement.BAD)
        and "flushCfg" not in one.value.en  # the recorded radars answer to the commands of another start
    ]
    assert wrong == []
    assert sum(each.judgement is Judgement.FINE for each in found.values()) >= 45
    failed = [each.measured for each in found.values() for one in each.measured if "failed" in one.value.en]
    assert failed == []


def test_without_daemon_and_site_the_probes_say_so() -> None:
    found = examined(SiteFacts(0, BOX, CLOCK, []))
    assert found["clock-offset"].measured[0].value == NO_DAEMON
    assert found["radar-turned"].measured[0].value in (NO_RECORDING, Detail("no valid site file", "没有有效的站点文件"))
    assert {each.judgement for each in found.values()} <= {Judgement.FINE, Judgement.NONE}


def test_as_a_command(tmp_path: pytest.TempPathFactory) -> None:
    where = ["--run", f"{tmp_path}/run", "--data", f"{tmp_path}/data"]
    done = CliRunner().invoke(app, ["doctor", str(CONFIGS / "demo.yaml"), *where, "--json"])
    answer = json.loads(done.stdout)
    assert done.exit_code == 1 and sum(answer["counts"].values()) == len(PROBES)
    rows = {each["name"]: each for each in answer["probes"]}
    assert rows["broker-connects"]["verdict"] == "bad" and rows["serial-there"]["verdict"] == "bad"
    (value,) = rows["clock-offset"]["values"]
    assert (value["verdict"], value["value"], value["value_zh"]) == ("none", "no daemon runs", "守护程序未运行")
    told = CliRunner().invoke(app, ["doctor", str(CONFIGS / "demo.yaml"), *where, "--language", "en"])
    assert "nothing listens at" in told.stdout and "do: check host, port" in told.stdout
