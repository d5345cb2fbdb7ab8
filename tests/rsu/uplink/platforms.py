"""The bench's platforms over TCP and HTTP, in processes of their own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rsu.site.uplink import TlsSettings

MODULE = {"rcu2cloud": "tcp", "gat1049": "tcp", "cooperative": "http", "tits0180-http": "http"}


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class FarEnd:
    """The bench's platform in a process of its own."""

    def __init__(self, name: str, port: int, *more: str) -> None:
        self.port = port
        module = f"sim.{MODULE[name]}_platforms"
        arguments = [sys.executable, "-m", module, name, "--port", str(port), "--json", *more]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        for _ in range(200):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("the platform does not listen")

    def heard(self) -> dict[str, Any]:
        """End it; return its counts."""
        self._process.send_signal(signal.SIGTERM)
        return dict(json.loads(self._process.communicate(timeout=5)[0]))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def certificates(folder: Path) -> TlsSettings:
    """Make an authority, and certificates of broker, platform and box signed by it."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench", "-days", "1")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    for name in ("server", "platform", "box"):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names"]
        openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *signed)
    return TlsSettings(ca=folder / "ca.pem", certificate=folder / "box.pem", key=folder / "box.key")
