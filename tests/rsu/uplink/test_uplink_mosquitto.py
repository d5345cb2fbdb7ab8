"""The uplink with a real Mosquitto: access lists, small packets, passwords, TLS."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.told import Participants, RoadEvents
from sim.broker import executable
from tests.rsu.uplink import said as station
from tests.rsu.uplink.rig import Rig

# a real Mosquitto
needs_mosquitto = pytest.mark.skipif(executable() is None, reason="mosquitto is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class Mosquitto:
    """A real broker with the configuration of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def start(self, *lines: str) -> None:
        file = self.folder / "mosquitto.conf"
        file.write_text("\n".join([f"listener {self.port} 127.0.0.1", "user root", *lines, ""]))
        path = executable()
        assert path is not None
        with (self.folder / "mosquitto.log").open("wb") as log:
            self._processes.append(subprocess.Popen([path, "-c", str(file)], stderr=log))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("mosquitto does not listen")

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


@needs_mosquitto
def test_mosquitto_with_an_acl(mosquitto: Mosquitto, tmp_path: Path) -> None:
    acl = tmp_path / "acl"
    acl.write_text("topic write rscu/R1/traffic/up\ntopic read rscu/R1/+/up/ack\ntopic write rscu/R1/basic-status/up\n")
    mosquitto.start("allow_anonymous true", f"acl_file {acl}")
    box = Rig(tmp_path / "box", mosquitto.port)
    box.add("event")
    assert "not taken: Not authorized" in box.until_trouble("event: not taken")
    box.close()


@needs_mosquitto
def test_mosquitto_with_small_packets(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start("allow_anonymous true", "max_packet_size 900")
    box = Rig(tmp_path / "box", mosquitto.port)
    users = station.crowd(200)
    box.add("participant", True, Participants(users))
    box.add("event", told=RoadEvents([station.event(track_ids=list(range(1, 9)))], users[:8]))
    box.until(lambda: box.now().set_aside == {"too-large": 1}, "what cannot be parted is aside")
    box.turn_for(0.5)
    assert box.now().connected, "mosquitto ends the connection of a client that sends too much"
    box.close()


@needs_mosquitto
def test_mosquitto_with_a_password_that_is_exchanged(mosquitto: Mosquitto, tmp_path: Path) -> None:
    users, file = tmp_path / "users", tmp_path / "password"
    subprocess.run([_beside_mosquitto("mosquitto_passwd"), "-b", "-c", str(users), "box", "right"], check=True)
    mosquitto.start("allow_anonymous false", f"password_file {users}")
    file.write_text("wrong\n")
    box = Rig(tmp_path / "box", mosquitto.port, username="box", password_file=file, reconnect_max_s=60)
    box.until_trouble("does not authorise this box")
    file.write_text("right\n")
    box.until(lambda: box.now().connected, "the new one is read at once", 3)
    box.close()


def _beside_mosquitto(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@needs_mosquitto
def test_mosquitto_with_our_name_used_twice(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start("allow_anonymous true")
    boxes = [Rig(tmp_path / name, mosquitto.port) for name in "ab"]
    end = time.monotonic() + 10
    while not any("under this box's name" in trouble for box in boxes for trouble in box.now().troubles):
        assert time.monotonic() < end, [box.now().troubles for box in boxes]
        for box in boxes:
            box.turn()
    for box in boxes:
        box.close()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _authority(folder: Path, name: str) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    _openssl(folder, "req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}",
             "-days", "400")  # fmt: skip


def _certificate(folder: Path, name: str, authority: str, host: str, days: int) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    (folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
    _openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", "-CA", f"{authority}.pem",
             "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", str(days), "-extfile", "names")  # fmt: skip


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """Two authorities; a broker's certificate, and others that do not do."""
    folder = tmp_path / "pki"
    folder.mkdir()
    for name in ("ca", "other-ca"):
        _authority(folder, name)
    _certificate(folder, "server", "ca", "localhost", 300)
    _certificate(folder, "box", "ca", "box", 20)
    return folder


def _tls(folder: Path, **more: Any) -> dict[str, Any]:
    return {"tls": {"ca": folder / "ca.pem", **more}, "host": "localhost"}


@needs_mosquitto
@needs_openssl
@pytest.mark.parametrize(
    ("server", "box", "cause", "remedy"),
    [
        ({}, {"ca": "other-ca.pem"}, "not of an authority", "put the broker's authority there"),
        ({"host": "broker.example"}, {}, "for another name", "platform.host"),
        ({"days": -1}, {}, "has expired", "clock"),
        ({"client": True}, {}, "does not accept this box's certificate", "tls.certificate"),
        ({"client": True}, {"certificate": "stranger.pem", "key": "stranger.key"}, "does not accept this", "authority"),
        ({"plain": True}, {}, "does not answer with TLS", "8883"),
        ({}, {"plain": True}, "closed before the broker has answered", "want TLS"),
        ({}, {"ca": "missing.pem"}, "missing.pem cannot be read", "put it right"),
        ({}, {"ca": "names"}, "no certificate in PEM form", "put it right"),
        ({}, {"certificate": "box.pem", "key": "server.key"}, "do not fit together", "put it right"),
    ],
)
def test_tls_that_does_not_fit_is_named(
    mosquitto: Mosquitto,
    pki: Path,
    tmp_path: Path,
    server: dict[str, Any],
    box: dict[str, Any],
    cause: str,
    remedy: str,
) -> None:
    if "host" in server or "days" in server:
        _certificate(pki, "server", "ca", server.get("host", "localhost"), server.get("days", 300))
    _certificate(pki, "stranger", "other-ca", "box", 300)
    lines = [f"cafile {pki}/ca.pem", f"certfile {pki}/server.pem", f"keyfile {pki}/server.key"]
    lines = [] if server.get("plain") else [*lines, *(["require_certificate true"] if server.get("client") else [])]
    mosquitto.start("allow_anonymous true", *lines)
    names = {key: pki / name for key, name in box.items() if key != "plain"}
    settings = {"host": "localhost"} if box.get("plain") else _tls(pki, **names)
    one = Rig(tmp_path / "box", mosquitto.port, **settings)
    assert remedy in one.until_trouble(cause)
    one.close()


@needs_mosquitto
@needs_openssl
def test_certificates_are_read_at_every_connect_and_their_end_is_announced(
    mosquitto: Mosquitto, pki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mosquitto.start(
        "allow_anonymous true", f"cafile {pki}/ca.pem", f"certfile {pki}/server.pem", f"keyfile {pki}/server.key",
        "require_certificate true",
    )  # fmt: skip
    ours = {"certificate": pki / "our.pem", "key": pki / "our.key"}
    for suffix in ("pem", "key"):
        shutil.copy(pki / f"server.{suffix}", pki / f"our.{suffix}")
    _certificate(pki, "our", "other-ca", "box", 300)
    box = Rig(tmp_path / "box", mosquitto.port, reconnect_max_s=60, **_tls(pki, **ours))
    box.until_trouble("does not accept this box's certificate")
    for suffix in ("pem", "key"):
        shutil.copy(pki / f"box.{suffix}", pki / f"our.{suffix}")
    box.until(lambda: box.now().connected, "the new one is read at once", 5)
    monkeypatch.setattr("rsu.uplink.state._LOOK_S", 0.0)
    state = box.now()
    assert 19 < state.expires_days["certificate"] < 20.1
    assert 299 < state.expires_days["broker"] < 300.1 and 399 < state.expires_days["ca"] < 400.1
    (trouble,) = state.troubles
    assert trouble.startswith("this box's certificate expires in 20 days, on ") and "by this box's clock" in trouble
    box.close()
