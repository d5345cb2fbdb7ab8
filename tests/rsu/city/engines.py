"""The engines of a distributed city as real processes on loopback: NATS servers, PostgreSQL, Mosquitto, its own parts.

Each can be killed and begun again with the same data, as an init system does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from tests.rsu.web.serving import free_port

_BIN = (Path(sys.executable).parent, "/usr/lib/postgresql/15/bin", "/usr/sbin", "/usr/local/sbin")
_PATH = ":".join([*map(str, _BIN), os.environ["PATH"]])
_BEGIN_S = 60.0


class Engine:
    """One process."""

    def __init__(self, name: str, command: Sequence[object], log: Path) -> None:
        self.name, self._command, self._log = name, [str(each) for each in command], log
        self.begin()

    def begin(self) -> None:
        """Start it, also again."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """End it and its children at once (SIGKILL)."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._process.poll() is None


def program(name: str) -> str:
    """Return the path of a program. FileNotFoundError: it is not installed."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def nats(folder: Path, count: int = 3) -> tuple[list[Engine], list[str]]:
    """Start a cluster; return its servers and their addresses."""
    ports, routes = [[free_port() for _ in range(count)] for _ in range(2)]
    all_routes = ", ".join(f"nats://127.0.0.1:{port}" for port in routes)
    engines = []
    for number in range(count):
        file = folder / f"nats-{number}.conf"
        file.write_text(
            f"server_name: nats-{number}\nlisten: 127.0.0.1:{ports[number]}\n"
            f"jetstream {{ store_dir: {folder}/nats-{number}, sync_interval: always }}\n"
            f"cluster {{ name: city, listen: 127.0.0.1:{routes[number]}, routes: [{all_routes}] }}\n"
        )
        engines.append(Engine(f"nats-{number}", [program("nats-server"), "-c", file], folder / f"nats-{number}.log"))
    return engines, [f"nats://127.0.0.1:{port}" for port in ports]


def postgres(folder: Path) -> tuple[Engine, str]:
    """Make and start a PostgreSQL with PostGIS; return it and its address. It never runs as root."""
    data, port = folder / "postgres", free_port()
    data.mkdir()
    drop: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    make = [program("initdb"), "-D", str(data), "-A", "trust", "-U", "city", "-E", "UTF8", "--no-locale"]
    subprocess.run([*drop, *make], check=True, stdout=subprocess.DEVNULL)
    serve = [program("postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", ""]
    engine = Engine("database", [*drop, *serve], folder / "postgres.log")
    url = f"postgresql://city@127.0.0.1:{port}/postgres"
    until(lambda: answers(url))
    return engine, url


def answers(url: str) -> bool:
    """Tell whether a database answers."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def mosquitto(folder: Path) -> tuple[Engine, int]:
    """Start a broker; return it and its port."""
    port, file = free_port(), folder / "mosquitto.conf"
    file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmessage_size_limit 900000\nuser root\n")
    return Engine("broker", [program("mosquitto"), "-c", file], folder / "mosquitto.log"), port


def parts(folder: Path, servers: Sequence[str], url: str, mqtt: int) -> tuple[dict[str, Engine], int]:
    """Start two workers of the ingest, keeper and page; return them and the page's port."""
    port, file = free_port(), folder / "city.yaml"
    told = {
        "engine": "distributed",
        "data": "data",
        "page": {"port": port},
        "broker": {"port": mqtt},
        "log": {"servers": list(servers)},
        "database": url,
    }
    file.write_text(json.dumps(told))
    start = [sys.executable, "-m", "rsu.cli.main", "city", "start", file, "--part"]
    which = {"worker": "ingest", "other worker": "ingest", "keeper": "keeper", "page": "page"}
    return {name: Engine(name, [*start, part], folder / f"{name}.log") for name, part in which.items()}, port


def until(true: Callable[[], bool], longest_s: float = _BEGIN_S) -> None:
    """Wait. TimeoutError."""
    end = time.monotonic() + longest_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)
