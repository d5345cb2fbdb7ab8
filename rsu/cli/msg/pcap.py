"""Datagrams out of packet captures: classic pcap and pcapng, both byte orders, UDP over IPv4 and IPv6.

Link types: Ethernet (with VLAN tags), raw IP, Linux cooked 1 and 2, BSD and OpenBSD loopback. Packets that carry no
whole UDP datagram (other protocols, fragments, cut short by the capture) are passed over; a file that is damaged ends
in CaptureError after the packets before the damage.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rsu.cli.msg import words
from rsu.core.errors import RsuError

_MAX_BLOCK = 1 << 24  # octets; no capture of ours comes near
_NS = 1_000_000_000
_UDP, _IPV4, _IPV6 = 17, 0x0800, 0x86DD
_VLAN = {0x8100, 0x88A8}
# hop-by-hop, routing, destination options: headers that name the next and their length in units of 8 octets
_IPV6_OPTIONS = {0, 43, 60}


class CaptureError(RsuError, ValueError):
    """The octets are not a capture, or damaged."""


class Datagram(NamedTuple):
    """One UDP payload: when it was captured (ns UTC), from which port to which."""

    time_ns: int
    source: int
    destination: int
    payload: bytes


class _Packet(NamedTuple):
    time_ns: int
    link: int  # link type, of tcpdump.org's list
    data: bytes


class _Interface(NamedTuple):
    link: int
    ticks: int  # of its clock in a second


def is_capture(data: bytes) -> bool:
    """Return whether octets begin like a capture."""
    return data[:4] in _CLASSIC or data[:4] == _SECTION


def datagrams(data: bytes) -> Iterator[Datagram]:
    """Yield the UDP payloads of a capture; CaptureError where it is damaged."""
    packets = _classic(data) if data[:4] in _CLASSIC else _next_generation(data)
    for packet in packets:
        network = _LINKS.get(packet.link)
        if network is None:
            raise CaptureError(words.LINK_TYPE.say(packet.link, ", ".join(map(str, sorted(_LINKS)))))
        found = _udp(network(packet.data))
        if found is not None:
            yield Datagram(packet.time_ns, *found)


# magic -> byte order, ticks in a second
_CLASSIC: Mapping[bytes, tuple[str, int]] = {
    bytes.fromhex("d4c3b2a1"): ("<", 1_000_000),
    bytes.fromhex("a1b2c3d4"): (">", 1_000_000),
    bytes.fromhex("4d3cb2a1"): ("<", _NS),
    bytes.fromhex("a1b23c4d"): (">", _NS),
}


def _classic(data: bytes) -> Iterator[_Packet]:
    """Yield the packets of a pcap file: a header of 24 octets, before each packet one of 16."""
    order, ticks = _CLASSIC[data[:4]]
    if len(data) < 24:
        raise CaptureError(words.CUT_IN_HEADER.en)
    link = struct.unpack_from(f"{order}I", data, 20)[0] & 0xFFFF  # above: length of a frame check sequence
    record = struct.Struct(f"{order}4I")
    at = 24
    while at < len(data):
        if at + record.size > len(data):
            raise CaptureError(words.CUT_IN_PACKET_HEADER.say(at))
        seconds, fraction, length, _ = record.unpack_from(data, at)
        at += record.size
        if at + length > len(data):
            raise CaptureError(words.CUT.say(length, at))
        yield _Packet(seconds * _NS + fraction * (_NS // ticks), link, data[at : at + length])
        at += length


_SECTION = bytes.fromhex("0a0d0d0a")
_ORDERS = {bytes.fromhex("4d3c2b1a"): "<", bytes.fromhex("1a2b3c4d"): ">"}
_INTERFACE, _SIMPLE, _ENHANCED = 1, 3, 6  # blocks
_RESOLUTION = 9  # option of an interface


def _next_generation(data: bytes) -> Iterator[_Packet]:
    """Yield the packets of a pcapng file: blocks of type, length, content, length again."""
    order, at = "<", 0
    interfaces: list[_Interface] = []
    while at < len(data):
        if data[at : at + 4] == _SECTION:
            order, interfaces = _ORDERS.get(data[at + 8 : at + 12], ""), []
        if not order or at + 12 > len(data):
            raise CaptureError(words.NO_BLOCK.say(at))
        kind, length = struct.unpack_from(f"{order}2I", data, at)
        if length < 12 or length % 4 or length > _MAX_BLOCK or at + length > len(data):
            raise CaptureError(words.BLOCK.say(length, at))
        body = data[at + 8 : at + length - 4]
        at += length
        try:
            if kind == _INTERFACE:
                interfaces.append(_interface(order, body))
            elif kind in (_ENHANCED, _SIMPLE):
                yield (_enhanced if kind == _ENHANCED else _simple)(order, body, interfaces)
        except (struct.error, IndexError):
            raise CaptureError(words.DAMAGED_BLOCK.say(at)) from None


def _interface(order: str, body: bytes) -> _Interface:
    """Read an interface description; its clock ticks in microseconds unless an option says otherwise."""
    link = struct.unpack_from(f"{order}H", body)[0]
    ticks, at = 1_000_000, 8
    while at + 4 <= len(body):
        option, length = struct.unpack_from(f"{order}2H", body, at)
        if option == _RESOLUTION and length == 1:
            exponent = body[at + 4]
            ticks = 2 ** (exponent & 0x7F) if exponent & 0x80 else 10**exponent
        at += 4 + length + -length % 4
    return _Interface(link, ticks)


def _enhanced(order: str, body: bytes, interfaces: list[_Interface]) -> _Packet:
    number, high, low, length, _ = struct.unpack_from(f"{order}5I", body)
    interface = interfaces[number]
    return _Packet((high << 32 | low) * _NS // interface.ticks, interface.link, body[20 : 20 + length])


def _simple(order: str, body: bytes, interfaces: list[_Interface]) -> _Packet:
    (length,) = struct.unpack_from(f"{order}I", body)
    return _Packet(0, interfaces[0].link, body[4 : 4 + length])  # it carries no time


def _typed(at: int) -> Callable[[bytes], bytes]:
    """Return the function that strips a link header with an EtherType at an octet and the packet behind it."""

    def strip(data: bytes) -> bytes:
        start = at
        while int.from_bytes(data[start : start + 2]) in _VLAN:
            start += 4
        return data[start + 2 :] if int.from_bytes(data[start : start + 2]) in (_IPV4, _IPV6) else b""

    return strip


def _cooked_2(data: bytes) -> bytes:
    return data[20:] if int.from_bytes(data[:2]) in (_IPV4, _IPV6) else b""


def _loopback(data: bytes) -> bytes:
    return data[4:]  # the address family's number differs between systems; the packet's version tells


def _raw(data: bytes) -> bytes:
    return data


_LINKS: Mapping[int, Callable[[bytes], bytes]] = {
    0: _loopback,
    1: _typed(12),
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _typed(14),
    228: _raw,
    229: _raw,
    276: _cooked_2,
}


def _udp(packet: bytes) -> tuple[int, int, bytes] | None:
    """Return source port, destination port and payload of an IP packet that is a whole UDP datagram."""
    version = packet[0] >> 4 if packet else 0
    segment = _ipv4(packet) if version == 4 else _ipv6(packet) if version == 6 else b""
    if len(segment) < 8:
        return None
    source, destination, length, _ = struct.unpack_from(">4H", segment)
    return (source, destination, segment[8:length]) if 8 <= length <= len(segment) else None


def _ipv4(packet: bytes) -> bytes:
    if len(packet) < 20 or packet[9] != _UDP or int.from_bytes(packet[6:8]) & 0x3FFF:  # more fragments, or not first
        return b""
    return packet[4 * (packet[0] & 15) : int.from_bytes(packet[2:4])]


def _ipv6(packet: bytes) -> bytes:
    if len(packet) < 40:
        return b""
    following, at = packet[6], 40
    while following in _IPV6_OPTIONS and at + 8 <= len(packet):
        following, at = packet[at], at + 8 * (packet[at + 1] + 1)
    return packet[at : 40 + int.from_bytes(packet[4:6])] if following == _UDP else b""
