"""The bench's MQTT broker: a real Mosquitto, configured in the run folder.

    python -m sim.broker --run DIR --port N [--persistence] [--tls DIR]

Listens on loopback only and becomes the mosquitto process itself, so signals reach it. `--tls DIR` holds ca.pem,
server.pem and server.key; clients must then show a certificate signed by that authority. Exit code 4: not installed.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import sys
from pathlib import Path

_NOT_REACHABLE = 4
_SBIN = "/usr/sbin:/usr/local/sbin"  # where distributions put it, often outside a user's PATH


def executable() -> str | None:
    """Return the path of mosquitto; None: not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=_SBIN)


def configuration(
    run: Path, port: int, persistence: bool = False, tls: Path | None = None, address: str = "127.0.0.1"
) -> str:
    """Return the text of mosquitto.conf."""
    lines = [
        f"listener {port} {address}",
        "allow_anonymous true",
        f"user {getpass.getuser()}",
        "log_dest stderr",
        "log_type warning",
        "log_type error",
    ]
    if persistence:
        lines += ["persistence true", f"persistence_location {run}/", "persistence_file broker.db"]
    if tls is not None:
        lines += [f"cafile {tls / 'ca.pem'}", f"certfile {tls / 'server.pem'}", f"keyfile {tls / 'server.key'}"]
        lines += ["require_certificate true"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the configuration and become Mosquitto; returns only when that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m sim.broker", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder for mosquitto.conf")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", default="127.0.0.1", help="to listen on (default: %(default)s)")
    parser.add_argument("--persistence", action="store_true", help="keep queued messages over a restart")
    parser.add_argument("--tls", type=Path, help="folder with ca.pem, server.pem, server.key")
    options = parser.parse_args(arguments)
    path = executable()
    if path is not None:
        options.run.mkdir(parents=True, exist_ok=True)
        file = options.run / "mosquitto.conf"
        run = options.run.resolve()
        file.write_text(configuration(run, options.port, options.persistence, options.tls, options.address))
        os.execv(path, [path, "-c", str(file)])
    print("mosquitto is not installed (Debian, Ubuntu: apt install mosquitto)", file=sys.stderr)
    return _NOT_REACHABLE


if __name__ == "__main__":
    sys.exit(main())
