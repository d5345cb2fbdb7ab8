"""The city's broker: a Mosquitto of its own, configured in the city's folder. It ends with this process."""

from __future__ import annotations

import ctypes
import getpass
import shutil
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.core.errors import NotReachableError

_SBIN = "/usr/sbin:/usr/local/sbin"  # where distributions put it, often outside a user's PATH
_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl  # looked up here: not between fork and exec
_MISSING = Detail("mosquitto is not installed: apt install mosquitto", "未安装 mosquitto：apt install mosquitto")


class BrokerPlace(NamedTuple):
    """Where boxes find the broker."""

    address: str
    port: int
    passwords: Path | None  # of `mosquitto_passwd`; None: loopback alone, without passwords
    tls: Path | None  # folder with ca.pem, server.pem, server.key; None: plain


def configuration(place: BrokerPlace, folder: Path) -> str:
    """Return mosquitto.conf: messages wait on disk while the city is down, each box writes its own topics alone."""
    lines = [
        f"listener {place.port} {place.address}",
        f"user {getpass.getuser()}",
        "log_dest stderr",
        "log_type warning",
        "log_type error",
        "persistence true",
        f"persistence_location {folder}/",
        "max_queued_messages 100000",
    ]
    if place.passwords is None:
        lines += ["allow_anonymous true"]
    else:
        lines += ["allow_anonymous false", f"password_file {place.passwords}", f"acl_file {folder / 'mosquitto.acl'}"]
    if place.tls is not None:
        lines += [f"cafile {place.tls / 'ca.pem'}", f"certfile {place.tls / 'server.pem'}"]
        lines += [f"keyfile {place.tls / 'server.key'}"]
    return "\n".join(lines) + "\n"


_RIGHTS = """user city
topic readwrite #

pattern write rscu/%u/+/up
pattern read rscu/%u/#
"""


def start(place: BrokerPlace, folder: Path) -> subprocess.Popen[bytes]:
    """Start it. NotReachableError: it is not installed."""
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path=_SBIN)
    if path is None:
        raise NotReachableError(_MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mosquitto.acl").write_text(_RIGHTS, encoding="utf-8")
    file = folder / "mosquitto.conf"
    file.write_text(configuration(place, folder), encoding="utf-8")
    return subprocess.Popen([path, "-c", str(file)], preexec_fn=_die_with_us)


def _die_with_us() -> None:
    _PRCTL(_PR_SET_PDEATHSIG, signal.SIGTERM)
