"""The uplink speaks OpenV2X through a real Mosquitto: one row, one folder, no other change."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.told import Participants, RoadEvents
from rsu.uplink.openv2x.dialect import OpenV2X
from sim.broker import executable
from tests.rsu.uplink import said
from tests.rsu.uplink.rig import Rig

pytestmark = pytest.mark.skipif(executable() is None, reason="mosquitto is not installed")


class Bench:
    """A broker and the platform behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.broker = self._start("sim.broker", "--run", str(folder))
        self.until_it_listens()
        self.platform = self._start("sim.openv2x", "--json")
        time.sleep(1.0)  # it has subscribed

    def _start(self, module: str, *more: str) -> subprocess.Popen[str]:
        arguments = [sys.executable, "-m", module, "--port", str(self.port), *more]
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)

    def until_it_listens(self) -> None:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("the broker does not listen")

    def fault(self, fault: str | None) -> None:
        file = self.folder / "broker.fault"
        file.write_text(fault) if fault else file.unlink()

    def heard(self) -> dict[str, Any]:
        self.platform.send_signal(signal.SIGTERM)
        return dict(json.loads(self.platform.communicate(timeout=5)[0]))

    def close(self) -> None:
        for process in (self.platform, self.broker):
            process.kill()
            process.communicate()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def _tell_all(rig: Rig) -> int:
    """Spool a record of every kind; return how many."""
    rig.add("basic-status")
    rig.add("run-status")
    rig.add("event", told=RoadEvents([said.event(5), said.event(6, code=707)], []))
    rig.add("participant", True, Participants(said.crowd(30)))
    rig.add("lamp", True)
    rig.add("traffic")
    rig.add("event", told=RoadEvents([said.event(6, code=707, state="end")], []))
    return 7


def test_every_field_fits_and_nothing_waits(bench: Bench, tmp_path: Path) -> None:
    rig = Rig(tmp_path / "box", bench.port, dialect=OpenV2X)
    count = _tell_all(rig)
    rig.until(lambda: rig.now().waiting == 0, "all is held", 20)
    assert (rig.now().acknowledged, rig.now().troubles) == (count, [])
    time.sleep(0.5)
    heard = bench.heard()
    rig.close()
    assert (heard["refused"], heard["examples"]) == (0, [])
    assert heard["received"] == {"INFO": 1, "HB": 2, "RSI": 2, "RSM": 1}, "one heartbeat is that of the connection"
    assert (heard["boxes"], heard["online"]) == (["RSU-1"], ["RSU-1"])
    assert (heard["tracks"], heard["running"]) == (30, {"5": 903})


def test_what_the_broker_has_not_taken_waits_for_it(bench: Bench, tmp_path: Path) -> None:
    rig = Rig(tmp_path / "box", bench.port, dialect=OpenV2X)
    rig.add("basic-status")
    rig.until(lambda: rig.now().waiting == 0, "it flows", 20)
    bench.fault("gone")
    rig.until(lambda: not rig.now().connected, "it is noticed", 20)
    for number in range(1, 21):
        rig.add("event", told=RoadEvents([said.event(number)], []))
    rig.turn_for(0.5)
    assert rig.now().waiting == 20
    bench.fault(None)
    rig.until(lambda: rig.now().waiting == 0, "the broker has taken all", 30)
    time.sleep(3.0)  # the platform subscribes again
    rig.add("event", told=RoadEvents([said.event(21)], []))
    rig.until(lambda: rig.now().waiting == 0, "it flows again", 20)
    assert (rig.now().acknowledged, rig.now().evicted) == (22, {})
    time.sleep(0.5)
    heard = bench.heard()
    rig.close()
    assert heard["refused"] == 0 and "21" in heard["running"]
