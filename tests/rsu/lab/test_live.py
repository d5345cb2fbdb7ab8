"""`rsu check --live`: real ports, opened for a moment, and the data that come."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from hw.nmea import checksum
from rsu.cli.main import app
from rsu.cli.views import check_live
from rsu.core import folders
from rsu.lab.live import listen
from rsu.site import config

CONFIGS = Path(__file__).parents[3] / "configs"


def sentence(text: str) -> bytes:
    return f"${text}*{checksum(text.encode()):02X}\r\n".encode()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    """A run folder in which a GNSS receiver speaks on its line."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o750)
    ours, its = os.openpty()
    tty.setraw(its)
    (folder / "gnss").symlink_to(os.ttyname(its))
    stop = threading.Event()

    def speak() -> None:
        while not stop.wait(0.1):
            now = time.gmtime()
            clock, date = time.strftime("%H%M%S", now), time.strftime("%d%m%y", now)
            os.write(ours, sentence(f"GNRMC,{clock}.00,A,2232.58600,N,11403.47400,E,0.0,0.0,{date},,,A"))
            os.write(ours, sentence(f"GNGGA,{clock}.00,2232.58600,N,11403.47400,E,4,12,0.6,12.0,M,-3.0,M,1.0,0000"))

    thread = threading.Thread(target=speak)
    thread.start()
    yield folder
    stop.set()
    thread.join()
    os.close(ours)
    os.close(its)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of a GNSS receiver, a camera that is not there, and a radio that says nothing."""
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    yaml = YAML()
    data = yaml.load(CONFIGS / "demo.yaml")
    data["devices"] = {name: data["devices"][name] for name in ("camera-north", "gnss", "radio")}
    data["sensors"] = data["sensors"][:1]
    del data["signal"], data["uplink"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        data["devices"]["camera-north"]["driver"]["link"]["tcp"] = f"127.0.0.1:{free.getsockname()[1]}"
    yaml.dump(data, tmp_path / "site.yaml")
    return tmp_path / "site.yaml"


def test_each_device_is_heard(site: Path, run: Path) -> None:
    camera, gnss, radio = listen(config.load(site), run, 2.5)
    assert gnss.octets > 500 and gnss.measurements.get("Fix", 0) >= 1 and gnss.fix is not None, gnss
    assert gnss.fix.latitude_deg == pytest.approx(22.5431)
    assert not camera.ok and "refused" in camera.fault.en and camera.octets == 0
    assert not radio.ok and radio.octets == 0


def test_as_a_command(site: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_live, "SECONDS", 1.5)
    done = CliRunner().invoke(app, ["check", "--live", "--json", "--run", str(run), str(site)])
    assert done.exit_code == 1, done.output
    devices = {each["name"]: each for each in json.loads(done.stdout)["devices"]}
    assert [*devices] == ["camera-north", "gnss", "radio"] and devices["gnss"]["octets"] > 0
    told = CliRunner().invoke(app, ["check", "--live", "--run", str(run), str(site)])
    assert "camera-north" in told.stdout and "can be run" in told.stdout


def test_not_beside_a_daemon(site: Path, run: Path) -> None:
    with folders.claim(run):
        assert CliRunner().invoke(app, ["check", "--live", "--run", str(run), str(site)]).exit_code == 6
