"""TCP and UDP links on real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import hw.channel
from hw.endpoint import Endpoint
from hw.flood import MOST_DATAGRAMS
from hw.link import PortLink
from tests.hw.lines import Clock, read_all, wait_for


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)
        yield listening


def address(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"


def tcp(server: socket.socket) -> Endpoint:
    return Endpoint(tcp=address(server))


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
