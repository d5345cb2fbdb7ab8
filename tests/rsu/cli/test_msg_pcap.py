"""Captures of every kind that is read, each with the same datagrams; damage; nothing else ever escapes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.cli.msg.pcap import CaptureError, Datagram, datagrams, is_capture

PAYLOADS = [b"first", b"", b"\x04\x00third"]
NS = 1_000_000_000
TIMES = [1_795_391_990 * NS + 123_456_000, 1_795_391_991 * NS, 1_795_391_991 * NS + 1_000]


def udp(payload: bytes) -> bytes:
    return struct.pack(">4H", 47031, 47032, 8 + len(payload), 0) + payload


def ipv4(payload: bytes, *, fragment: int = 0, protocol: int = 17) -> bytes:
    body = udp(payload)
    return struct.pack(">2B3H2BH8x", 0x46, 0, 24 + len(body), 1, fragment, 64, protocol, 0) + bytes(4) + body


def ipv6(payload: bytes) -> bytes:
    body = bytes([17, 0]) + bytes(6) + udp(payload)  # a hop-by-hop header first
    return struct.pack(">IHBB32x", 6 << 28, len(body), 0, 64) + body


def ethernet(packet: bytes) -> bytes:
    return bytes(12) + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + packet + bytes(3)  # a trailer behind it


def vlan(packet: bytes) -> bytes:
    plain = ethernet(packet)
    return plain[:12] + b"\x81\x00\x00\x07" + plain[12:]


def cooked(packet: bytes) -> bytes:
    return bytes(14) + ethernet(packet)[12:14] + packet


def cooked_2(packet: bytes) -> bytes:
    return ethernet(packet)[12:14] + bytes(18) + packet


LINKS: list[tuple[int, Callable[[bytes], bytes]]] = [
    (0, lambda packet: b"\x02\0\0\0" + packet),
    (1, ethernet),
    (1, vlan),
    (101, bytes),
    (113, cooked),
    (276, cooked_2),
]


def classic(packets: list[bytes], link: int, order: str, ticks: int) -> bytes:
    magic = 0xA1B23C4D if ticks == NS else 0xA1B2C3D4
    data = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for time_ns, packet in zip(TIMES, packets, strict=True):
        fraction = time_ns % NS * ticks // NS
        data += struct.pack(f"{order}4I", time_ns // NS, fraction, len(packet), len(packet)) + packet
    return data


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack(f"{order}2I", kind, 12 + len(body)) + body + struct.pack(f"{order}I", 12 + len(body))


def next_generation(packets: list[bytes], link: int, order: str, ticks: int) -> bytes:
    data = block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    options = struct.pack(f"{order}HHB3x", 9, 1, 9) if ticks == NS else b""
    data += block(order, 1, struct.pack(f"{order}HHI", link, 0, 0) + options)
    data += block(order, 5, bytes(12))  # statistics: passed over
    for time_ns, packet in zip(TIMES, packets, strict=True):
        stamp = time_ns * ticks // NS
        head = struct.pack(f"{order}5I", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(packet), len(packet))
        data += block(order, 6, head + packet)
    return data


@pytest.mark.parametrize(
    ("make", "order", "ticks", "link", "network"),
    [
        (make, order, ticks, link, network)
        for make, order, ticks, link, network in product(
            (classic, next_generation), "<>", (1_000_000, NS), LINKS, (ipv4, ipv6)
        )
    ],
)
def test_every_kind_gives_the_same(
    make: Callable[..., bytes],
    order: str,
    ticks: int,
    link: tuple[int, Callable[[bytes], bytes]],
    network: Callable[[bytes], bytes],
) -> None:
    number, wrap = link
    data = make([wrap(network(payload)) for payload in PAYLOADS], number, order, ticks)
    assert is_capture(data)
    wanted = [Datagram(time_ns, 47031, 47032, one) for time_ns, one in zip(TIMES, PAYLOADS, strict=True)]
    assert list(datagrams(data)) == wanted


def test_what_is_no_whole_datagram_is_passed_over() -> None:
    others = [
        ethernet(ipv4(b"x", fragment=0x2000)),
        ethernet(ipv4(b"x", fragment=3)),
        ethernet(ipv4(b"x", protocol=6)),
        bytes(12) + b"\x08\x06" + bytes(28),
        ethernet(ipv4(b"cut short"))[:-5],
        b"",
    ]
    for packet in others:
        (found,) = datagrams(classic([packet, ethernet(ipv4(b"good")), packet], 1, "<", NS))
        assert found.payload == b"good"


def test_simple_packets_have_no_time() -> None:
    packet = ipv4(b"one")
    data = next_generation([b""] * 3, 101, "<", NS) + block("<", 3, struct.pack("<I", len(packet)) + packet)
    assert list(datagrams(data)) == [Datagram(0, 47031, 47032, b"one")]


@pytest.mark.parametrize("make", [classic, next_generation])
def test_packets_before_damage_are_kept(make: Callable[..., bytes]) -> None:
    data = make([ethernet(ipv4(payload)) for payload in PAYLOADS], 1, "<", NS)
    found = []
    with pytest.raises(CaptureError, match="octet"):
        for one in datagrams(data[:-3]):
            found.append(one)
    assert [one.payload for one in found] == PAYLOADS[:2]


def test_unknown_link_type() -> None:
    with pytest.raises(CaptureError, match="link type 147"):
        list(datagrams(classic([b""] * 3, 147, "<", NS)))


@given(st.data())
def test_only_capture_errors(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([classic, next_generation]))
    octets = bytearray(make([ethernet(ipv6(payload)) for payload in PAYLOADS], 1, data.draw(st.sampled_from("<>")), NS))
    for _ in range(data.draw(st.integers(0, 4))):
        octets[data.draw(st.integers(4, len(octets) - 1))] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    try:
        for found in datagrams(bytes(octets)):
            assert found.payload in bytes(octets)
    except CaptureError:
        pass
