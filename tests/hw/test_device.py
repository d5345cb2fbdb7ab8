"""Devices: one that fails leaves the others alone, and each says how it is."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import time
import tty
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hw.device import Device
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint
from hw.errors import UnknownDriverError
from hw.link import PortLink
from hw.registry import DRIVERS, driver_class, kinds
from hw.rounds import poll
from hw.tape import Round
from perception.objects import Measurement


class Letters:
    """A driver that makes a measurement of every letter, fails at `!`, and says hello when opened."""

    correction_ns = 0

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.error: str | None = None

    def opened(self, port: str, now_ns: int) -> list[Send]:
        return [(port, b"hello")]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        self.counters["letters"] += len(data)
        if b"!" in data:
            raise ZeroDivisionError
        return [Measurement(device=chr(letter), stamp_ns=receipt_ns, receipt_ns=receipt_ns) for letter in data]

    def due(self, now_ns: int) -> list[Send]:
        return []


class Bench:
    """One device on a pty."""

    def __init__(self, folder: Path, name: str) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.slave = slave
        os.set_blocking(self.master, False)
        place = Endpoint.model_validate({"serial": {"path": os.ttyname(slave), "baud": 115200}})
        self.device = Device(name, "letters", Letters, {"line": PortLink(place, folder, time.time_ns, silence_ms=200)})

    def says(self, data: bytes) -> None:
        """Send octets, and return when they lie at the device's end: the kernel hands them over a moment later."""
        expected = self._waiting() + len(data)
        os.write(self.master, data)
        while self._waiting() < expected:
            time.sleep(0.0001)

    def _waiting(self) -> int:
        """Return how many octets lie at the device's end."""
        return int.from_bytes(fcntl.ioctl(self.slave, termios.FIONREAD, bytes(4)), sys.byteorder)

    def hears(self) -> bytes:
        try:
            return os.read(self.master, 100)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self.device.close()
        os.close(self.master)
        os.close(self.slave)


def serve(benches: list[Bench], until: Callable[[str], object]) -> str:
    """Poll until the letters measured so far are as wanted."""
    letters, end = "", time.monotonic() + 2
    while not until(letters):
        assert time.monotonic() < end, letters
        letters += "".join(found.device for found in poll([b.device for b in benches], 0.01, time.time_ns))
    return letters


def greeted(bench: Bench) -> Bench:
    """Return the bench once its device is open."""
    serve([bench], lambda _: bench.hears() == b"hello")
    return bench


def test_a_driver_that_fails_is_replaced_and_the_others_go_on(tmp_path: Path) -> None:
    benches = [Bench(tmp_path, "a"), Bench(tmp_path, "b")]
    serve(benches, lambda _: benches[0].hears() == b"hello")
    with capture_logs() as logs:
        for _ in range(3):
            benches[0].says(b"!")
            benches[1].says(b"b")
            serve(benches, lambda letters: letters == "b")
            serve(benches, lambda _: benches[0].hears() == b"hello")  # of the driver that took over
    benches[0].says(b"a")
    serve(benches, lambda letters: letters == "a")
    assert [entry["event"] for entry in logs] == ["driver failed"]
    health = benches[0].device.health(time.time_ns())
    assert health.counters == {"driver-exception": 3, "letters": 4}
    for bench in benches:
        bench.close()


def test_a_round_ends_with_its_time_and_the_next_one_goes_on_behind_it(tmp_path: Path) -> None:
    benches = [greeted(Bench(tmp_path, name)) for name in "abc"]
    slow = count(time.time_ns(), 6_000_000)  # as if each port took 6 ms
    letters, tape = "", list[Round]()
    for _ in range(6):
        for bench in benches:
            bench.says(bench.device.name.encode())  # all of them always have something to say
        found = poll([bench.device for bench in benches], 0, lambda: next(slow), tape)
        assert len({one.device for one in found}) == 1
        letters += found[0].device
    assert letters == "abcabc"
    said = [read.data.decode() for one in tape for read in one.reads]
    assert said == ["a", "bb", "ccc", "aaa", "bbb", "ccc"]  # recorded in the order in which it was read
    for bench in benches:
        bench.close()


def test_a_round_reads_every_port_while_there_is_time(tmp_path: Path) -> None:
    benches = [greeted(Bench(tmp_path, name)) for name in "abc"]
    for bench in benches:
        bench.says(bench.device.name.encode())
    now_ns = time.time_ns()
    found = poll([bench.device for bench in benches], 0, lambda: now_ns)
    assert sorted(one.device for one in found) == ["a", "b", "c"]
    for bench in benches:
        bench.close()


def test_health_goes_from_starting_to_ok_to_lost_and_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "a")
    health = bench.device.health(time.time_ns())
    assert (health.state, health.last_receipt_ns, health.rate_hz, health.error) == ("starting", None, 0, None)
    serve([bench], lambda _: bench.hears() == b"hello")
    bench.says(b"x")
    serve([bench], lambda letters: letters == "x")
    assert bench.device.health(time.time_ns()).state == "ok"
    serve([bench], lambda _: bench.device.health(time.time_ns()).state == "lost")
    health = bench.device.health(time.time_ns())
    assert health.error == "line: silent for 0.2 s" and health.counters["line-lost"] == 1
    serve([bench], lambda _: bench.hears() == b"hello")
    bench.says(b"x")
    serve([bench], lambda letters: letters == "x")
    assert bench.device.health(time.time_ns()).state == "ok"
    bench.close()


def test_the_rate_is_that_of_the_last_seconds(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "a")
    serve([bench], lambda _: bench.hears())
    for _ in range(10):
        bench.says(b"x")
        serve([bench], lambda letters: letters)
        time.sleep(0.01)
    now_ns = time.time_ns()
    assert 20 < bench.device.health(now_ns).rate_hz < 100
    assert bench.device.health(now_ns + 4_000_000_000).rate_hz == 0
    bench.close()


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_every_kind_has_a_driver_of_the_contract(kind: str) -> None:
    found = driver_class(kind)
    assert issubclass(found.Settings, DeviceSettings)
    assert all(callable(getattr(found, method)) for method in ("opened", "received", "due"))


def test_an_unknown_kind_names_those_that_exist() -> None:
    with pytest.raises(UnknownDriverError, match=r"no driver \"lidar\".*camera-json.*ti-mmwave"):
        driver_class("lidar")


def test_a_third_party_adds_a_kind_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "their_lidar.py").write_text("class Lidar: pass\n")
    information = tmp_path / "their_lidar-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: their-lidar\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[rsu.drivers]\nlidar = their_lidar:Lidar\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "lidar" in kinds()
    assert str(driver_class("lidar")) == "<class 'their_lidar.Lidar'>"
    del sys.modules["their_lidar"]
