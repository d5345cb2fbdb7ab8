"""Links on real ptys and sockets; time is the test's own, so that nothing sleeps."""

from __future__ import annotations

import os
import socket
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

import hw.channel
from hw.endpoint import Endpoint, split_address
from hw.flood import MOST_DATAGRAMS
from hw.link import WRITE_LIMIT, Chunk, PortLink

MS = 1_000_000


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000 * MS

    def __call__(self) -> int:
        return self.now_ns

    def pass_ms(self, ms: int) -> int:
        self.now_ns += ms * MS
        return self.now_ns


class Line:
    """The device's end of a serial line: a pty behind a symlink."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        fresh = link.with_suffix(".new")
        fresh.symlink_to(self.name)
        fresh.replace(link)

    def kill(self) -> None:
        os.close(self.master)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)
        yield listening


def serial(path: str = "gnss") -> Endpoint:
    return Endpoint.model_validate({"serial": {"path": path, "baud": 115200}})


def address(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"


def tcp(server: socket.socket) -> Endpoint:
    return Endpoint(tcp=address(server))


def wait_for(found: Callable[[], object], limit_s: float = 2.0) -> None:
    """Let the operating system finish what it does by itself."""
    end = time.monotonic() + limit_s
    while not found():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.001)


def read_all(link: PortLink, size: int) -> bytes:
    data = bytearray()

    def complete() -> bool:
        data.extend(b"".join(chunk.data for chunk in link.read()))
        return len(data) >= size

    wait_for(complete)
    return bytes(data)


def test_a_serial_port_carries_bytes_both_ways_with_their_time_of_receipt(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    assert link.tick(clock()) and link.up
    os.write(line.master, b"$GNRMC")
    wait_for(lambda: (chunks := link.read()) and chunks == [Chunk(b"$GNRMC", clock())])
    link.write(b"poll\n")
    wait_for(lambda: os.read(line.master, 100) == b"poll\n")
    link.close()
    line.kill()


def test_a_killed_device_is_found_again_at_the_new_target_of_its_symlink(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock, reopen_ms=500)
    link.tick(clock())
    line.kill()
    wait_for(lambda: link.read() == [] and not link.up)
    assert link.counters["lost"] == 1 and link.error
    for _ in range(60):  # 3 s of a symlink that leads nowhere
        assert not link.tick(clock.pass_ms(50))
    line = Line(tmp_path / "gnss")
    restarted_ns = clock()
    while not link.tick(clock.pass_ms(10)):
        assert clock() - restarted_ns < 1000 * MS
    os.write(line.master, b"back")
    assert read_all(link, 4) == b"back"
    link.close()
    line.kill()


def test_a_symlink_that_leads_elsewhere_is_followed_without_a_hang_up(tmp_path: Path, clock: Clock) -> None:
    old = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    link.tick(clock())
    new = Line(tmp_path / "gnss")
    for _ in range(100):
        link.tick(clock.pass_ms(10))
    os.write(old.master, b"stranger")
    os.write(new.master, b"device")
    assert read_all(link, 6) == b"device"
    assert link.counters["lost"] == 1
    link.close()
    old.kill()
    new.kill()


def test_a_serial_port_belongs_to_one_process(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    first, second = (PortLink(serial(), tmp_path, clock, monotonic=clock) for _ in range(2))
    assert first.tick(clock())
    assert not second.tick(clock())
    assert second.counters == {"open-failed": 1}
    first.close()
    line.kill()


def test_waiting_doubles_up_to_its_limit_and_ends_when_the_device_speaks(tmp_path: Path, clock: Clock) -> None:
    link = PortLink(serial("none"), tmp_path, clock, monotonic=clock, reopen_ms=2000)
    began, attempts = clock(), []
    for _ in range(1100):
        failures = link.counters["open-failed"]
        link.tick(clock.pass_ms(10))
        if link.counters["open-failed"] > failures:
            attempts.append((clock() - began) // MS)
    waits = [b - a for a, b in pairwise(attempts)]
    assert waits == [100, 200, 400, 800, 1600, 2000, 2000, 2000]
    line = Line(tmp_path / "none")
    while not link.tick(clock.pass_ms(10)):
        pass
    os.write(line.master, b"x")
    read_all(link, 1)
    link.tick(clock.pass_ms(10))
    assert link.error is None
    line.kill()
    wait_for(lambda: link.read() == [] and not link.up)
    line = Line(tmp_path / "none")
    assert not link.tick(clock.pass_ms(90)) and link.tick(clock.pass_ms(20))
    link.close()
    line.kill()


@pytest.mark.parametrize("step_ms", [-8 * 3_600_000, -60_000, -1000, 1000, 37_000, 8 * 3_600_000])
def test_a_step_of_the_clock_that_says_when_bytes_came_changes_no_link(
    step_ms: int, tmp_path: Path, clock: Clock
) -> None:
    line, utc = Line(tmp_path / "gnss"), Clock()
    utc.pass_ms(10 * 3_600_000)
    link = PortLink(serial(), tmp_path, utc, monotonic=clock, silence_ms=1000)
    link.tick(utc())
    os.write(line.master, b"x")
    read_all(link, 1)
    utc.pass_ms(step_ms)
    for _ in range(10):
        clock.pass_ms(90)
        link.tick(utc())
    assert link.alive and link.error is None
    clock.pass_ms(150)
    link.tick(utc())
    assert not link.up and link.error == "silent for 1.1 s"
    line.kill()
    (tmp_path / "gnss").unlink()
    refused_before = link.counters["open-failed"]
    utc.pass_ms(-step_ms)
    for _ in range(30):
        clock.pass_ms(100)
        link.tick(utc())
    assert link.counters["open-failed"] - refused_before == 4  # after 0.1, 0.3, 0.7 and 1.5 s
    link.close()


def test_a_quiet_device_is_lost_and_opened_again(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock, silence_ms=1000)
    link.tick(clock())
    assert link.up and not link.alive
    os.write(line.master, b"x")
    read_all(link, 1)
    assert link.alive
    while link.up:
        link.tick(clock.pass_ms(10))
    assert clock() - link.last_receipt_ns == 1010 * MS
    assert link.error == "silent for 1.0 s"
    while not link.tick(clock.pass_ms(10)):
        pass
    assert link.up and not link.alive and link.error  # open again, but it has said nothing yet
    link.close()
    line.kill()


def test_writing_to_a_device_that_takes_nothing_never_waits_and_counts_what_is_dropped(
    tmp_path: Path, clock: Clock
) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    link.tick(clock())
    for _ in range(300):
        link.write(b"x" * 1000)
    kept = 300_000 - link.counters["overrun"]
    assert link.unsent and WRITE_LIMIT - 1000 < kept < 2 * WRITE_LIMIT
    taken = bytearray()

    def drained() -> bool:
        try:
            taken.extend(os.read(line.master, 65536))
        except BlockingIOError:
            link.flush()
        return len(taken) == kept

    wait_for(drained)
    assert not link.unsent
    link.close()
    line.kill()


def test_a_tcp_connection_is_made_lost_and_made_again(server: socket.socket, clock: Clock, tmp_path: Path) -> None:
    link = PortLink(tcp(server), tmp_path, clock, monotonic=clock)
    wait_for(lambda: link.tick(clock.pass_ms(1)))
    device, _ = server.accept()
    device.sendall(b"line\n")
    assert read_all(link, 5) == b"line\n"
    link.write(b"hello")
    assert device.recv(10) == b"hello"
    device.close()
    wait_for(lambda: link.read() == [] and not link.up)
    assert link.error == "closed by the device"
    wait_for(lambda: link.tick(clock.pass_ms(10)))
    server.accept()[0].close()
    link.close()


def test_a_refused_connection_is_an_open_error(server: socket.socket, clock: Clock, tmp_path: Path) -> None:
    link = PortLink(tcp(server), tmp_path, clock, monotonic=clock)
    server.close()
    wait_for(lambda: link.tick(clock.pass_ms(1)) or link.counters["open-failed"])
    assert link.error == "Connection refused"


def test_a_connection_that_meets_itself_is_no_device(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.setblocking(False)
    monkeypatch.setattr(hw.channel, "_socket", lambda address, kind: bound)
    link = PortLink(tcp(bound), tmp_path, clock, monotonic=clock)
    wait_for(lambda: link.tick(clock.pass_ms(1)) or link.counters["open-failed"])
    assert link.error == "met itself"


def test_a_connection_that_nobody_answers_is_given_up(clock: Clock, tmp_path: Path) -> None:
    with socket.socket() as full:  # a backlog of one, filled: further connections hang
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        time.sleep(0.05)
        link = PortLink(tcp(full), tmp_path, clock, monotonic=clock)
        for _ in range(250):
            assert not link.tick(clock.pass_ms(10))
        assert link.error == "no answer"
        link.close()
        for filler in fillers:
            filler.close()


def test_more_datagrams_than_any_device_sends_are_dropped_and_counted(clock: Clock, tmp_path: Path) -> None:
    with ExitStack() as stack:
        device, probe = (stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(2))
        device.bind(("127.0.0.1", 0))
        probe.bind(("127.0.0.1", 0))
        place, listen = {"listen": address(probe), "peer": address(device)}, probe.getsockname()
        probe.close()
        link = PortLink(Endpoint.model_validate({"udp": place}), tmp_path, clock, monotonic=clock)
        assert link.tick(clock())
        found = 0
        for number in range(MOST_DATAGRAMS + 20):
            device.sendto(b"%d" % number, listen)
            found += len(link.read())
        assert (found, link.counters["flood"]) == (MOST_DATAGRAMS, 20)
        assert link.rests
        clock.pass_ms(100)
        assert not link.rests
        device.sendto(b"on", listen)
        assert [chunk.data for chunk in link.read()] == [b"on"]
        link.close()


def test_udp_gives_whole_datagrams_of_the_peer_only(clock: Clock, tmp_path: Path) -> None:
    with ExitStack() as stack:
        device, stranger, neighbour = (stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(3))
        device.bind(("127.0.0.1", 0))
        stranger.bind(("127.0.0.2", 0))
        neighbour.bind(("127.0.0.1", 0))
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            listen = probe.getsockname()
            place = {"listen": address(probe), "peer": address(device)}
        link = PortLink(Endpoint.model_validate({"udp": place}), tmp_path, clock, monotonic=clock)
        assert link.tick(clock())
        stranger.sendto(b"evil", listen)
        neighbour.sendto(b"of the same host", listen)
        device.sendto(b"one", listen)
        device.sendto(b"", listen)
        device.sendto(b"two", listen)
        datagrams: list[bytes] = []

        def complete() -> bool:
            datagrams.extend(chunk.data for chunk in link.read())
            return len(datagrams) == 3

        wait_for(complete)
        assert datagrams == [b"one", b"", b"two"]
        named = {f"stranger {address(one)}": 1 for one in (stranger, neighbour)}
        assert link.counters == {"stranger": 2} | named
        link.write(b"query")
        device.settimeout(2)
        assert device.recv(100) == b"query"
        link.close()


def test_a_peer_whose_ports_change_is_heard_where_the_site_says_so(clock: Clock, tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, second, probe = (stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(3))
        for one in (first, second, probe):
            one.bind(("127.0.0.1", 0))
        listen = probe.getsockname()
        probe.close()
        place = {"listen": f"127.0.0.1:{listen[1]}", "peer": address(first), "any_port": True}
        link = PortLink(Endpoint.model_validate({"udp": place}), tmp_path, clock)
        assert link.tick(clock())
        for number in range(6):
            with socket.socket(type=socket.SOCK_DGRAM) as other:
                other.bind(("127.0.0.2", 0))
                other.sendto(b"evil %d" % number, listen)
        second.sendto(b"from another port", listen)
        datagrams: list[bytes] = []

        def heard() -> bool:
            datagrams.extend(chunk.data for chunk in link.read())
            return bool(datagrams)

        wait_for(heard)
        assert datagrams == [b"from another port"]
        assert link.counters["stranger"] == 6 and len(link.counters) == 1 + 4  # no more are named
        link.close()


def test_one_read_takes_a_bounded_amount_of_datagrams(clock: Clock, tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            listen = probe.getsockname()
            place = {"listen": address(probe), "peer": address(device)}
        link = PortLink(Endpoint.model_validate({"udp": place}), tmp_path, clock, monotonic=clock)
        assert link.tick(clock())
        for _ in range(3):
            device.sendto(bytes(40_000), listen)
        for _ in range(33):
            device.sendto(b"x", listen)
        assert [len(chunk.data) for chunk in link.read()] == [40_000, 40_000]
        assert [len(chunk.data) for chunk in link.read()] == [40_000] + [1] * 31
        assert [len(chunk.data) for chunk in link.read()] == [1, 1]
        link.close()


@pytest.mark.parametrize("text", ["camera.local:80", "10.0.0.1", "10.0.0.1:x", "10.0.0.1:70000", ""])
def test_addresses_are_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|appear"):
        split_address(text)


def test_ipv6_addresses_stand_in_brackets() -> None:
    assert split_address("[::1]:80") == ("::1", 80)


@pytest.mark.parametrize("data", [{}, {"tcp": "1.2.3.4:5", "serial": {"path": "x"}}, {"usb": 1}])
def test_an_endpoint_is_exactly_one_known_way(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Endpoint.model_validate(data)
