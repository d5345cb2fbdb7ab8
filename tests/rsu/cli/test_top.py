"""`rsu top` and `rsu status --watch` on a bus with real records."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.top import uplink_rates
from rsu.core.errors import NotReachableError
from tests.rsu.cli.test_cli import rsu
from tests.rsu.web.crossing import Crossing
from tests.rsu.web.feed import Feed
from tests.rsu.web.records import uplink


@pytest.fixture(scope="module")
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder, Feed(Path(folder), Crossing(8)):
        yield Path(folder)


def test_the_rates_of_the_uplink() -> None:
    before = uplink(1_000_000_000, 10)
    assert uplink_rates(None, before) is None
    assert uplink_rates(before, before) is None
    assert uplink_rates(before, msgspec.structs.replace(uplink(3_000_000_000, 12), waiting=1)) == {
        "spooled": 11.0,
        "acknowledged": 11.0,
    }


def test_top_for_people_and_programs(run: Path) -> None:
    done = rsu("top", "--run", run, "--for", 1.5, "--period", 0.5)
    assert done.returncode == 0, done.stderr
    for word in ("load", "station", "CPU %", "SPAT", "camera-north", "spool: 23 records wait", "recorder: recording"):
        assert word in done.stdout
    pages = [json.loads(line) for line in rsu("top", "--run", run, "--for", 2.5, "--json").stdout.splitlines()]
    assert len(pages) >= 2
    assert {row["name"] for row in pages[-1]["processes"]} == {"station", "uplink", "web"}
    assert pages[-1]["devices_hz"]["camera-north"] == 10.0 and pages[-1]["machine"]["cores"] >= 1
    assert pages[0]["uplink"]["per_s"] is None and pages[-1]["uplink"]["per_s"]["acknowledged"] > 0


def test_status_and_top_in_chinese(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = rsu("status", "--run", run).stdout
    for word in ("进程", "重启次数", "播发", "失联", "连接被拒绝", "UTC 误差不超过", "录制中", "处理："):
        assert word in told
    told = rsu("top", "--run", run, "--for", 1, "--period", 0.5).stdout
    for word in ("负载", "预算", "帧", "缓存：待确认 23 条", "交通参与者"):
        assert word in told


def test_status_watch_goes_on_until_it_is_interrupted(run: Path) -> None:
    command = [sys.executable, "-m", "rsu.cli.main", "status", "--watch", "--json", "--run", str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        stamps = [json.loads(process.stdout.readline())["snapshot"]["stamp_ns"] for _ in range(2)]
        process.send_signal(2)
        assert process.wait(5) == 130
    assert stamps[1] - stamps[0] > 500_000_000


def test_a_topic_that_falls_silent_is_left_out(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = NewestRecords(run)
    assert all(listener.first())
    monkeypatch.setattr("time.monotonic", lambda: float("inf"))
    assert listener.newest() == (None, None, None, None)
    listener.close()


def test_without_a_daemon(tmp_path: Path) -> None:
    done = rsu("top", "--run", tmp_path)
    assert done.returncode == 4 and "no daemon answers" in done.stderr
    listener = NewestRecords(tmp_path)
    with pytest.raises(NotReachableError):
        listener.first()
    listener.close()
