"""`rsu init`: from real lines and sockets to a site file that is valid."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hw.nmea import checksum
from rsu.cli.main import app
from rsu.site import config

OBJECT = {"id": 7, "class": "car", "confidence": 0.9, "position": [20.0, -2.0]}


def sentence(text: str) -> bytes:
    return f"${text}*{checksum(text.encode()):02X}\r\n".encode()


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    """A folder of serial lines: a GNSS receiver, and one that says nothing."""
    folder, stop = tmp_path / "by-id", threading.Event()
    folder.mkdir()
    (ours, its), silent = os.openpty(), os.openpty()
    for name, line in (("usb-ublox-if00", its), ("usb-silent-if00", silent[1])):
        tty.setraw(line)
        (folder / name).symlink_to(os.ttyname(line))

    def speak() -> None:
        number = 0
        while not stop.wait(0.05):
            number += 1
            now = time.gmtime()
            clock, date = f"{now.tm_hour:02}{now.tm_min:02}{number % 60:02}", time.strftime("%d%m%y", now)
            os.write(ours, sentence(f"GNRMC,{clock}.00,A,2232.58600,N,11403.47400,E,0.0,0.0,{date},,,A"))
            os.write(ours, sentence(f"GNGGA,{clock}.00,2232.58600,N,11403.47400,E,4,12,0.6,12.0,M,-3.0,M,1.0,0000"))

    thread = threading.Thread(target=speak)
    thread.start()
    yield folder
    stop.set()
    thread.join()
    for descriptor in (ours, its, *silent):
        os.close(descriptor)


def rsu(*arguments: object, answers: str | None = None, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["init", *map(str, arguments)], input=answers)
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_without_questions(lines: Path, tmp_path: Path) -> None:
    folder = tmp_path / "my-site"
    said = rsu(folder, "--yes", "--serial", lines, "--for", 0.6, "--region", 1, "--node", 7, "--name", "crossing 7")
    assert "usb-ublox-if00: gnss" in said and "usb-silent-if00: nothing" in said
    loaded = config.load(folder / "site.yaml")
    place = loaded.site.site
    assert (place.name, place.region, place.node) == ("crossing 7", 1, 7)
    assert place.reference.latitude_deg == pytest.approx(22.5431) and place.reference.elevation_m == pytest.approx(9.0)
    assert loaded.site.devices["gnss"].driver["link"]["serial"]["path"] == str(lines / "usb-ublox-if00")
    assert [each.level for each in config.check(folder / "site.yaml") if each.level == "error"] == []
    text = (folder / "site.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=site.schema.json\n") and "TODO" in text
    assert json.loads((folder / "site.schema.json").read_text(encoding="utf-8"))["title"] == "Site"
    before = text
    assert "has a site" in rsu(folder, "--yes", "--serial", lines, "--for", 0.5, code=6)
    assert (folder / "site.yaml").read_text(encoding="utf-8") == before


def test_questions_are_few_and_defaults_hold(tmp_path: Path) -> None:
    folder = tmp_path / "my-site"
    said = rsu(folder, "--serial", tmp_path / "none", answers="east gate\n3\n12\n22.54,114.05,8\n440304\n")
    assert said.count("[") == 5
    place = config.load(folder / "site.yaml").site
    assert (place.site.name, place.site.region, place.site.node) == ("east gate", 3, 12)
    assert place.identity.region_id == "440304"


@pytest.mark.parametrize("option", [("--origin", "here"), ("--origin", "1,2")])
def test_what_cannot_be_is_refused_and_nothing_written(option: tuple[str, str], tmp_path: Path) -> None:
    rsu(tmp_path / "s", "--yes", "--serial", tmp_path / "none", *option, code=2)
    assert not (tmp_path / "s").exists()


def test_a_camera_on_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def speak() -> None:
            server.settimeout(5.0)
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                for number in range(1000):
                    if stop.wait(0.05):
                        return
                    list_ = {"v": 1, "camera": "n", "seq": number, "time": time.time() * 1e3, "objects": [OBJECT]}
                    try:
                        peer.sendall(json.dumps(list_).encode() + b"\n")
                    except OSError:
                        return

        thread = threading.Thread(target=speak)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        said = rsu(tmp_path / "s", "--yes", "--serial", tmp_path / "none", "--probe", address, "--for", 0.8)
        stop.set()
        thread.join()
    assert f"{address}: camera-json" in said, said
    loaded = config.load(tmp_path / "s/site.yaml").site
    assert [sensor.device for sensor in loaded.sensors] == ["sensor"]


def test_an_answer_that_cannot_be_leaves_nothing_behind(tmp_path: Path) -> None:
    wrong = rsu(tmp_path / "new", "--yes", "--serial", tmp_path / "none", "--origin", "222.5,114.0,12", code=2)
    assert "latitude" in wrong
    assert not [each for each in (tmp_path / "new").rglob("*") if each.is_file()]
    rsu(tmp_path / "new", "--yes", "--serial", tmp_path / "none", "--origin", "22.5,114.0,12")


def test_a_name_with_quotes_is_the_name(tmp_path: Path) -> None:
    name = 'the "old" \\ crossing'
    rsu(tmp_path, "--yes", "--serial", tmp_path / "none", "--origin", "22.5,114.0,12", "--name", name)
    assert config.load(tmp_path / "site.yaml").site.site.name == name
