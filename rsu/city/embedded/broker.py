"""The city's broker: a Mosquitto of its own, configured in the city's folder. It ends with this process."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.core.errors import NotReachableError
from rsu.core.parent import die_with_us

_SBIN = "/usr/sbin:/usr/local/sbin"  # where distributions put it, often outside a user's PATH
_MISSING = Detail("mosquitto is not installed: apt install mosquitto", "未安装 mosquitto：apt install mosquitto")
# of boxes: %u is the user, which is the box's rscuSn
_RIGHTS = """pattern write rscu/%u/+/up
pattern write rscu/%u/+/down/ack
pattern read rscu/%u/#
"""


class BrokerPlace(NamedTuple):
    """Where boxes find the broker."""

    address: str
    port: int
    passwords: Path | None  # of `mosquitto_passwd`; None: loopback alone, without passwords
    tls: Path | None  # folder with ca.pem, server.pem, server.key; None: plain


def configuration(place: BrokerPlace, folder: Path, socket: Path) -> str:
    """Return mosquitto.conf: records that it confirmed wait on its disk, each box writes its own topics alone."""
    lines = [
        "per_listener_settings true",
        f"user {getpass.getuser()}",
        "log_dest stderr",
        "log_type warning",
        "log_type error",
        "persistence true",
        f"persistence_location {folder}/",
        "max_queued_messages 100000",
        f"listener 0 {socket}",
        "allow_anonymous true",
        f"listener {place.port} {place.address}",
    ]
    if place.passwords is None:
        lines += ["allow_anonymous true"]
    else:
        lines += ["allow_anonymous false", f"password_file {place.passwords}", f"acl_file {folder / 'mosquitto.acl'}"]
    if place.tls is not None:
        lines += [f"cafile {place.tls / 'ca.pem'}", f"certfile {place.tls / 'server.pem'}"]
        lines += [f"keyfile {place.tls / 'server.key'}"]
    return "\n".join(lines) + "\n"


def start(place: BrokerPlace, folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    """Start it. `socket`: for the city itself, in a folder of its owner alone: it asks for no password.

    NotReachableError: it is not installed.
    """
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path=_SBIN)
    if path is None:
        raise NotReachableError(_MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mosquitto.acl").write_text(_RIGHTS, encoding="utf-8")
    file = folder / "mosquitto.conf"
    file.write_text(configuration(place, folder, socket), encoding="utf-8")
    return subprocess.Popen([path, "-c", str(file)], preexec_fn=die_with_us())
