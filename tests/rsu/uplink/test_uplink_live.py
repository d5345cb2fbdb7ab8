"""The uplink process against a real Mosquitto and the bench platform, while brokers, acknowledgements and it die."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.handover import ReportOutbox
from rsu.bus.records import Committed, UplinkState
from rsu.bus.sockets import Publisher, Subscriber
from rsu.bus.told import Participants, RoadEvents
from rsu.site.uplink import PlatformSettings, SpoolSettings, TlsSettings, UplinkSettings
from sim.broker import executable
from tests.rsu.uplink.platforms import certificates
from tests.rsu.uplink.said import crowd

pytestmark = pytest.mark.skipif(executable() is None, reason="mosquitto is not installed")

IN_FLIGHT = 25  # of each of the two kinds sent here
LOST = 0.1  # share of the acknowledgements
PAHO_IN_FLIGHT = 20  # QoS 1 publications that paho itself sends again on a new connection
UPLINK = """
import signal, sys, threading
from pathlib import Path
from rsu.core import log
from rsu.uplink.process import serve
from rsu.site.uplink import UplinkSettings
from tests.rsu.uplink.said import box
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
log.configure("uplink")
folder = Path(sys.argv[2])
serve(UplinkSettings.model_validate_json(sys.argv[1]), box(), folder, folder / "data", stop)
"""


class Station(threading.Thread):
    """Publishes `total` reports, about 250 a second, and hears of committed records, as the station does."""

    def __init__(self, run: Path, total: int, users: int = 0) -> None:
        super().__init__(daemon=True)
        self.total = total
        self._users = users
        self.outbox = ReportOutbox("boot-1")
        self.done = threading.Event()
        self.state: UplinkState | None = None
        self._run_folder = run
        self._stop_now = threading.Event()

    @property
    def acknowledged(self) -> int:
        return 0 if self.state is None else self.state.acknowledged

    def run(self) -> None:
        publisher = Publisher(self._run_folder, "station")
        subscriber = Subscriber(self._run_folder, ["committed", "uplink"])
        added = 0
        while not self._stop_now.is_set():
            if added < self.total:
                added += 1
                if added % 5 == 0:
                    self.outbox.add("event", time.time_ns(), RoadEvents([], []))
                else:
                    self.outbox.add("participant", time.time_ns(), Participants(crowd(self._users)))
            for report in self.outbox.due(time.time_ns()):
                publisher.publish("report", report)
            subscriber.wait(0.004)
            for _, record in subscriber.records():
                if isinstance(record, Committed):
                    self.outbox.committed(record)
                elif isinstance(record, UplinkState):
                    self.state = record
            if added == self.total and len(self.outbox) == 0:
                self.done.set()
        publisher.close()
        subscriber.close()

    def stop(self) -> None:
        self._stop_now.set()
        self.join()


class Bench:
    """The processes of one test; whatever is left is killed at its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def broker(self, *more: str) -> subprocess.Popen[str]:
        process = self.start("-m", "sim.broker", "--run", str(self.folder), "--port", str(self.port), *more)
        self.until(self._answers, "the broker listens")
        return process

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def platform(self, *more: str) -> subprocess.Popen[str]:
        return self.start("-m", "sim.platform", "--run", str(self.folder), "--port", str(self.port), "--json", *more)

    def uplink(self, tls: TlsSettings | None = None) -> subprocess.Popen[str]:
        platform = PlatformSettings(
            host="localhost" if tls else "127.0.0.1",
            port=self.port,
            tls=tls,
            keepalive_s=1,
            in_flight=IN_FLIGHT,
            ack_timeout_s=0.3,
        )
        settings = UplinkSettings(platform=platform, spool=SpoolSettings(max_live=1000))
        return self.start("-c", UPLINK, settings.model_dump_json(), str(self.folder))

    def fault(self, name: str, fault: str | None) -> None:
        """Give a process of the bench a fault, or take it away."""
        file = self.folder / f"{name}.fault"
        file.write_text(fault) if fault else file.unlink()

    @staticmethod
    def until(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s: {what}"
            time.sleep(0.02)

    def finish(self, station: Station, platform: subprocess.Popen[str]) -> dict[str, Any]:
        """Wait until everything is committed and acknowledged; return the platform's summary."""
        self.until(station.done.is_set, "everything is committed")
        self.until(lambda: station.acknowledged == station.total, "everything is acknowledged")
        station.stop()
        platform.send_signal(signal.SIGTERM)
        printed, _ = platform.communicate(timeout=5)
        summary = json.loads(printed)
        assert [summary[name] for name in ("gaps", "given_up", "invalid", "refused")] == [0, 0, 0, 0]
        return dict(summary)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_nothing_is_lost_when_uplink_and_broker_are_killed(bench: Bench) -> None:
    broker, platform, uplink = bench.broker(), bench.platform(), bench.uplink()
    station = Station(bench.folder, 500)
    station.start()
    bench.until(lambda: station.acknowledged > 100, "it flows")
    uplink.kill()
    broker.kill()
    broker.wait()
    bench.uplink()
    time.sleep(0.5)
    bench.broker()
    summary = bench.finish(station, platform)
    assert summary["distinct"] == 500
    # the killed uplink's window, and that of the connection which the broker's death cut
    assert summary["duplicates"] <= 2 * (2 * IN_FLIGHT) + PAHO_IN_FLIGHT
    assert summary["by_kind"] == {"event": 100, "participant": 400}


def test_nothing_is_lost_over_a_dead_connection_that_stays_open_and_lost_acknowledgements(bench: Bench) -> None:
    bench.broker()
    platform = bench.platform("--lose-acks", str(LOST))
    bench.uplink()
    station = Station(bench.folder, 300)
    station.start()
    bench.until(lambda: station.state is not None and station.state.connected, "it is connected")
    bench.fault("broker", "half-open")
    bench.until(lambda: station.state is not None and not station.state.connected, "keep-alive ends it", 8)
    bench.fault("broker", None)
    summary = bench.finish(station, platform)
    assert summary["distinct"] == 300
    # each lost acknowledgement sends at most the window of its kind again, of which the same share is lost again;
    # beside them the windows of both kinds that the outage cut
    assert 0 < summary["duplicates"] <= 300 * LOST / (1 - LOST) * IN_FLIGHT + 2 * IN_FLIGHT + PAHO_IN_FLIGHT


@pytest.mark.parametrize(
    ("name", "fault", "says"),
    [
        ("broker", "gone", "nothing listens"),
        ("broker", "acl", "event: not taken"),
        ("platform", "silent", "acknowledges no records"),
        ("platform", "lose-acks", "acknowledges no records"),
        ("platform", "bogus-acks", "acknowledges no records"),
    ],
)
def test_faults_of_the_bench_are_named_and_nothing_is_lost(bench: Bench, name: str, fault: str, says: str) -> None:
    bench.broker()
    platform = bench.platform()
    bench.uplink()
    station = Station(bench.folder, 60)
    bench.until(lambda: (bench.folder / "uplink.ipc").exists(), "the uplink runs")
    bench.fault(name, fault)
    time.sleep(0.3)
    station.start()
    bench.until(lambda: station.state is not None and any(says in t for t in station.state.troubles), says)
    bench.until(lambda: station.state is not None and station.state.waiting > 0, "records wait")
    bench.fault(name, None)
    summary = bench.finish(station, platform)
    assert summary["distinct"] == 60


def test_a_platform_that_refuses_all_holds_up_nothing(bench: Bench) -> None:
    bench.broker()
    platform = bench.platform()
    bench.fault("platform", "refuse-all")
    bench.uplink()
    station = Station(bench.folder, 60)
    station.start()
    bench.until(lambda: station.state is not None and sum(station.state.refused.values()) == 60, "all are set aside")
    assert station.state is not None and station.state.waiting == 0
    assert any("has refused" in trouble for trouble in station.state.troubles)
    station.stop()
    platform.send_signal(signal.SIGTERM)
    assert json.loads(platform.communicate(timeout=5)[0])["refused"] == 60


def test_records_go_in_parts_through_a_broker_with_small_packets(bench: Bench) -> None:
    bench.broker()
    bench.fault("broker", "small-packets")
    platform = bench.platform()
    bench.uplink()
    station = Station(bench.folder, 20, users=40)
    station.start()
    summary = bench.finish(station, platform)
    assert (summary["distinct"], summary["by_kind"]) == (20, {"event": 4, "participant": 16})


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_over_tls_with_client_certificates(bench: Bench) -> None:
    tls = certificates(bench.folder)
    bench.broker("--tls", str(bench.folder))
    platform = bench.platform("--tls", str(bench.folder))
    stranger = bench.uplink(tls.model_copy(update={"certificate": None, "key": None}))
    station = Station(bench.folder, 100)
    station.start()
    bench.until(station.done.is_set, "everything is spooled")
    bench.until(lambda: station.state is not None and station.state.error is not None, "the stranger is refused")
    assert station.state is not None
    assert not station.state.connected
    assert station.acknowledged == 0
    stranger.send_signal(signal.SIGTERM)
    stranger.wait()
    bench.uplink(tls)
    assert bench.finish(station, platform)["distinct"] == 100
