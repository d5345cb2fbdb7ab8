"""A whole daemon of the demo's site that takes commands, its broker, and a platform that gives them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from ruamel.yaml import YAML

from rsu.bus.orders import AirOrders, AirState
from rsu.bus.sockets import Subscriber
from sim.commander import Commander
from sim.commands import CommandKey
from sim.file_server import FileServer
from tests.rsu.daemon.test_daemon import Daemon

CITY = CommandKey("city")
PROBATION_S = 20
RIGHTS = (
    "query",
    "versions",
    "config",
    "switches",
    "rsi",
    "map",
    "event",
    "recorder",
    "upload",
    "doctor",
    "om-config",
    "power",
    "address",
    "site",
)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def commands() -> dict[str, Any]:
    """Return `uplink.commands` of a site that allows all."""
    unsigned = {"query", "versions", "config", "om-config", "recorder", "upload", "doctor"}
    allow = {right: ["city", "platform"] if right in unsigned else ["city"] for right in RIGHTS}
    return {"issuers": {"city": CITY.public}, "allow": allow, "probation_s": PROBATION_S}


class CommandedBox(Daemon):
    """The daemon, with a broker that keeps sessions over its own restarts."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.broker = self.start_broker()
        self.files = FileServer()
        super().__init__(folder)
        self.bus = Subscriber(self.run, ["air", "orders"])
        self.air: AirState | None = None
        self.orders: AirOrders | None = None
        self.commander = Commander(self.port, "RSCU-DEMO-1", "RSU-DEMO-1", CITY, "bench")

    def start_broker(self) -> subprocess.Popen[bytes]:
        run = self._folder / "broker"
        run.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "sim.broker", "--run", str(run), "--port", str(self.port), "--persistence"]
        self.broker = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        return self.broker

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        yaml = YAML(typ="safe")
        site = yaml.load(self.text)
        site["uplink"] = {
            "platform": {"host": "127.0.0.1", "port": self.port, "reconnect_max_s": 1},
            "commands": commands(),
            "uploads": {"url": f"http://127.0.0.1:{self.files.port}/boxes", "log": str(self.log)},
        }
        del site["devices"]["video-north"]
        site["sensors"] = [each for each in site["sensors"] if each["device"] != "video-north"]
        site["recording"] = {"enabled": False}
        with self.site.open("w", encoding="utf-8") as file:
            yaml.dump(site, file)
        return super().start(*more)

    def look(self) -> None:
        """Take the newest words of the bus."""
        for _, record in self.bus.records():
            if isinstance(record, AirState):
                self.air = record
            elif isinstance(record, AirOrders):
                self.orders = record

    def until_air(self, condition: Any, limit_s: float = 20.0) -> AirState:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            self.bus.wait(0.05)
            self.look()
            if self.air is not None and condition(self.air):
                return self.air
        raise AssertionError((self.air, self.log.read_text()[-3000:]))

    def until_connected(self, limit_s: float = 60.0) -> None:
        """Wait until the box has its session at the broker: from then on no command is lost."""
        end = time.monotonic() + limit_s
        while "platform connected" not in self.log.read_text() or not self.commander.subscribed.is_set():
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def until_site(self, condition: Callable[[bytes], bool], limit_s: float = 20.0) -> None:
        """Wait until the site file is as wished."""
        end = time.monotonic() + limit_s
        while not condition(self.site.read_bytes()):
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def uplink(self) -> psutil.Process:
        """Return the process that takes commands."""
        return psutil.Process(self.pid("uplink"))

    def ask(self, topic: str, body: bytes, within_s: float = 10.0, **more: Any) -> dict[str, Any]:
        """Give a command; return its answer."""
        answer = self.commander.answer(self.commander.ask(topic, body, **more), within_s)
        assert answer is not None, self.log.read_text()[-3000:]
        return answer

    def close(self) -> None:
        self.commander.close()
        self.bus.close()
        super().close()
        self.files.close()
        self.broker.terminate()
        self.broker.wait(10)
