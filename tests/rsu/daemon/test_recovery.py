"""A broken site file at the start: the page shows its mistakes, and the daemon starts once there are none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.cli.views.status import ask
from rsu.core.errors import NotReachableError

CONFIGS = Path(__file__).parents[3] / "configs"
GOOD, BROKEN = "page: {host: 127.0.0.1, port: 18080}", "page: {host: 127.83.7.11, port: 18083}\nclock: {gnss: 1}"

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    path = tmp_path / "demo.yaml"
    text = path.read_text(encoding="utf-8").replace("127.0.0.1:27", "127.83.7.11:27")
    path.write_text(text.replace(GOOD, BROKEN), encoding="utf-8")
    return path


@pytest.fixture
def daemon(site: Path) -> Iterator[subprocess.Popen[bytes]]:
    folders = ["--run", str(site.parent / "run"), "--data", str(site.parent / "data")]
    command = [sys.executable, "-m", "rsu.cli.main", "run", str(site), *folders, "--last-good"]
    started = subprocess.Popen(command, start_new_session=True)
    yield started
    started.terminate()
    started.wait(10)


def fetched(path: str, language: str = "en") -> tuple[int, str]:
    asked = urllib.request.Request(f"http://127.83.7.11:18083{path}", headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def until(path: str, wanted: str, language: str = "en") -> tuple[int, str]:
    deadline, last = time.monotonic() + 30.0, (0, "")
    while time.monotonic() < deadline:
        try:
            last = fetched(path, language)
        except OSError:
            time.sleep(0.1)
            continue
        if wanted in last[1]:
            return last
        time.sleep(0.2)
    raise AssertionError(last)


def test_mistakes_are_on_the_page_until_the_site_is_valid(site: Path, daemon: subprocess.Popen[bytes]) -> None:
    code, text = until("/", "clock.gnss")
    assert code == 503 and "nothing is on air" in text and f"{site}:" in text and "gnss_delay_ms" in text
    assert "未播发" in until("/", "clock.gnss", "zh-CN")[1]
    code, text = fetched("/readyz")
    assert code == 503 and json.loads(text)["findings"][0]["key"] == "clock.gnss"
    assert fetched("/livez")[0] == 200
    with pytest.raises(NotReachableError):
        ask(site.parent / "run")
    os.kill(daemon.pid, 1)  # a reload, which must not end it
    broken = site.read_text(encoding="utf-8")
    site.write_text(broken.replace("gnss: 1", "holdover: 1"), encoding="utf-8")
    until("/", "clock.holdover")
    site.write_text(broken.replace("\nclock: {gnss: 1}", ""), encoding="utf-8")
    assert '"messages"' in until("/api/state", '"messages"')[1]
    assert daemon.poll() is None
