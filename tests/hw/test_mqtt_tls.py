"""A subscription over TLS: the broker's certificate is checked, ours and the password are shown."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from hw.endpoint import Endpoint
from hw.link import PortLink
from sim.broker import configuration, executable
from tests.sim.emul_scene import free_ports

pytestmark = pytest.mark.skipif(
    executable() is None or shutil.which("openssl") is None, reason="mosquitto or openssl is not installed"
)
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("ca", "other"):
        openssl(folder, "req", "-x509", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    for name in ("server", "box"):
        openssl(folder, "req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", "-CA", "ca.pem",
                "-CAkey", "ca.key", "-CAcreateserial", "-days", "9", "-extfile", "names")  # fmt: skip
    return folder


@pytest.fixture
def port(pki: Path, tmp_path: Path) -> Iterator[int]:
    [port] = free_ports(1)
    (tmp_path / "mosquitto.conf").write_text(configuration(tmp_path, port, tls=pki))
    broker = subprocess.Popen([str(executable()), "-c", str(tmp_path / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    yield port
    broker.kill()
    broker.wait()


def link(folder: Path, port: int, pki: Path, ca: str) -> PortLink:
    tls = {"ca": pki / f"{ca}.pem", "certificate": pki / "box.pem", "key": pki / "box.key"}
    place = {"broker": f"127.0.0.1:{port}", "topic": "#", "user": "box", "password_file": pki / "names", "tls": tls}
    return PortLink(Endpoint.model_validate({"mqtt": place}), folder, time.time_ns, silence_ms=60_000, reopen_ms=100)


def end(one: PortLink, until_up: bool) -> None:
    deadline = time.monotonic() + 10
    while not (one.up if until_up else one.error and "ertificate" in one.error):
        assert time.monotonic() < deadline, (one.up, one.error)
        one.tick(time.time_ns())
        time.sleep(0.02)
    one.close()


def test_a_broker_of_our_authority_is_subscribed_to(port: int, pki: Path, tmp_path: Path) -> None:
    end(link(tmp_path, port, pki, "ca"), until_up=True)


def test_a_broker_of_another_authority_is_not(port: int, pki: Path, tmp_path: Path) -> None:
    end(link(tmp_path, port, pki, "other"), until_up=False)


def test_a_certificate_without_its_key_is_a_mistake(pki: Path) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Endpoint.model_validate(
            {"mqtt": {"broker": "127.0.0.1:1", "topic": "#", "tls": {"ca": "ca.pem", "certificate": "box.pem"}}}
        )
