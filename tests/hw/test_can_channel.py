"""A CAN interface as a channel: kernel records to the octets of a gateway and back, without waiting."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.can.channel import FRAMES_PER_READ, CanChannel
from hw.can.gateway import CanFrame, decode, encode
from hw.endpoint import Endpoint
from hw.errors import LostError
from hw.link import PortLink

OBJECT = bytes.fromhex("5F5F2BCC80200193")


@pytest.fixture
def pair() -> Iterator[tuple[CanChannel, socket.socket]]:
    """Return a channel and the bus at its other end: a socket whose datagrams are kernel records, as a bus has them."""
    ours, bus = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel = CanChannel(ours)
    with bus:
        yield channel, bus
    channel.close()


def record(number: int, data: bytes) -> bytes:
    """Return struct can_frame: id and flags, length, three octets of fill, data."""
    return struct.pack("=IB", number, len(data)) + bytes(3) + data.ljust(8, b"\0")


def test_frames_come_as_a_gateways(pair: tuple[CanChannel, socket.socket]) -> None:
    channel, bus = pair
    assert channel.read() is None
    bus.send(record(0x60B, OBJECT))
    bus.send(record(0x80000000 | 0x18FEF100, b"\1\2"))
    bus.send(record(0x20000004, OBJECT))  # an error of the controller
    bus.send(record(0x40000123, b""))  # a remote request
    assert channel.read() == encode(CanFrame(0x60B, OBJECT)) + encode(CanFrame(0x18FEF100, b"\1\2", True))
    assert channel.read() is None


def test_what_the_driver_says_goes_out_as_records(pair: tuple[CanChannel, socket.socket]) -> None:
    channel, bus = pair
    octets = encode(CanFrame(0x200, OBJECT)) + encode(CanFrame(0x300, b"\0\0"))
    assert channel.write(octets) == len(octets)
    assert [bus.recv(99), bus.recv(99)] == [record(0x200, OBJECT), record(0x300, b"\0\0")]


def test_a_bus_that_takes_nothing_keeps_nobody_waiting(pair: tuple[CanChannel, socket.socket]) -> None:
    channel, _ = pair
    octets = encode(CanFrame(0x200, OBJECT)) * 5000
    taken = channel.write(octets)
    assert 0 < taken < len(octets) and taken % 13 == 0


def test_a_flood_leaves_other_ports_their_turn(pair: tuple[CanChannel, socket.socket]) -> None:
    channel, bus = pair
    bus.setblocking(False)
    sent = 0
    try:
        while sent < 2 * FRAMES_PER_READ:
            sent += bus.send(record(0x60B, OBJECT)) > 0
    except BlockingIOError:
        pass
    assert len(channel.read() or b"") == 13 * min(sent, FRAMES_PER_READ)


def test_the_end_of_a_bus_is_known(pair: tuple[CanChannel, socket.socket]) -> None:
    channel, bus = pair
    bus.close()
    with pytest.raises(LostError):
        channel.write(encode(CanFrame(0x200, OBJECT)))


@given(st.lists(st.binary(max_size=16), max_size=6))
def test_no_record_does_harm(records: list[bytes]) -> None:
    ours, bus = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel = CanChannel(ours)
    with bus:
        for each in records:
            bus.send(each or b"\0")
        octets = channel.read() or b""
    channel.close()
    assert len(octets) % 13 == 0
    assert all(decode(octets[at : at + 13]) is not None for at in range(0, len(octets), 13))


def test_an_interface_that_is_not_there_is_tried_again_and_named(tmp_path: Path) -> None:
    link = PortLink(Endpoint(can="can77"), tmp_path, lambda: 0)
    assert link.tick(0) is False and link.error and link.counters["open-failed"] == 1
    link.close()
