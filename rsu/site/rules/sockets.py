"""Addresses at which nothing can be reached or heard, or another host."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, get_args

from hw import registry
from hw.endpoint import Way, split_address
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.rules.ports import ports
from rsu.site.source import Path_

_BROADCAST = IPv4Address("255.255.255.255")


class _Place(NamedTuple):
    """An address in the site file."""

    device: str
    at: Path_
    role: str  # server, peer, listen
    host: IPv4Address | IPv6Address
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if self.host.version == 6 else f"{self.host}:{self.port}"


def addresses(of: OfSite) -> Iterator[Finding]:
    """Find addresses that are no single host: unspecified, multicast, broadcast."""
    for place in _places(of):
        if place.role != "listen" and place.host.is_unspecified:
            text = f"expected the address of the device, got {place} (every address: only to listen on)"
            yield of.source.warning(place.at, text)
        elif place.host.is_multicast or place.host == _BROADCAST:
            text = f"expected the address of one host, got {place}, that of a group"
            yield of.source.warning(place.at, text)


def pairs(of: OfSite) -> Iterator[Finding]:
    """Find sockets that cannot hear their peer, or hear themselves."""
    for _, at, endpoint in ports(of):
        if endpoint.udp is None:
            continue
        here, there = split_address(endpoint.udp.listen), split_address(endpoint.udp.peer)
        listen, peer = ip_address(here[0]), ip_address(there[0])
        if here == there:
            text = f"expected another address than that of the peer, got {endpoint.udp.listen} for both"
            yield of.source.warning((*at, "udp", "listen"), text)
        elif listen.is_loopback and not (peer.is_loopback or peer.is_unspecified):
            text = f"expected an address of this box that {peer} can reach, or 0.0.0.0, got {listen}"
            yield of.source.warning((*at, "udp", "listen"), f"{text}, which only this box reaches")
        elif peer.is_loopback and not (listen.is_loopback or listen.is_unspecified):
            text = f"expected the address of the device, got {peer}, this box itself, while {listen} listens"
            yield of.source.warning((*at, "udp", "peer"), text)
        elif listen == peer and not listen.is_loopback:
            text = f"expected an address of this box, or 0.0.0.0, got {listen}, that of the peer"
            yield of.source.warning((*at, "udp", "listen"), text)


def shared(of: OfSite) -> Iterator[Finding]:
    """Find two devices at one address, and a socket that listens on the address of another device."""
    seen: dict[tuple[str, str], _Place] = {}
    every = [*_places(of)]
    for place in every:
        key = (place.role, str(place))
        if place.role != "listen" and key in seen:
            yield of.source.warning(place.at, f"expected another address than that of {seen[key].device}, got {place}")
        seen.setdefault(key, place)
    remote = {place.host: place for place in every if place.role != "listen" and not place.host.is_loopback}
    for place in every:
        other = remote.get(place.host)
        if place.role == "listen" and other is not None and other.device != place.device:
            text = f"expected an address of this box, or 0.0.0.0, got {place.host}, that of {other.device}"
            yield of.source.warning(place.at, text)


def ways(of: OfSite) -> Iterator[Finding]:
    """Find devices that are reached by a way that their protocol does not take."""
    for device, at, endpoint in ports(of):
        kind = of.site.devices[device].kind
        way = next(name for name in get_args(Way) if getattr(endpoint, name) is not None)
        if way not in (wanted := registry.ways(kind)):
            text = f"expected {' or '.join(wanted)} for a {kind}, got {way}"
            yield of.source.warning((*at, way), text)


def page(of: OfSite) -> Iterator[Finding]:
    """Find a page on a port of another server."""
    site, platform = of.site, of.site.uplink.platform
    taken = {(str(place.host), place.port): place.device for place in _places(of) if place.role == "server"}
    if platform is not None:
        taken[platform.host, platform.port] = "the platform"
    if other := taken.get((site.page.host, site.page.port)):
        yield of.source.warning(("page", "port"), f"expected a port of its own, got {site.page.port}, that of {other}")
    elif site.page.port < 1024:
        text = f"expected 1024 to 65535, got {site.page.port}, which only root may listen on"
        yield of.source.warning(("page", "port"), text)


def _places(of: OfSite) -> Iterator[_Place]:
    for device, at, endpoint in ports(of):
        if endpoint.tcp:
            yield _place(device, (*at, "tcp"), "server", endpoint.tcp)
        if endpoint.udp:
            yield _place(device, (*at, "udp", "peer"), "peer", endpoint.udp.peer)
            yield _place(device, (*at, "udp", "listen"), "listen", endpoint.udp.listen)


def _place(device: str, at: Path_, role: str, address: str) -> _Place:
    host, port = split_address(address)
    return _Place(device, at, role, ip_address(host), port)
