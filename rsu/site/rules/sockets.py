"""Addresses at which nothing can be reached or heard, or another host."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, get_args

from hw import registry
from hw.detail import Detail
from hw.endpoint import Way, split_address
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.rules.ports import ports
from rsu.site.source import Path_

_BROADCAST = IPv4Address("255.255.255.255")

_ANY_ADDRESS = Detail(
    "expected the address of the device, got {place} (every address: only to listen on)",
    "应为设备的地址，实为 {place}（表示任意地址，只能用于侦听）",
)
_GROUP = Detail(
    "expected the address of one host, got {place}, that of a group",
    "应为单个主机的地址，实为 {place}，是组播或广播地址",
)
_SAME_AS_PEER = Detail(
    "expected another address than that of the peer, got {address} for both",
    "应与对端地址不同，实际均为 {address}",
)
_NOT_REACHABLE = Detail(
    "expected an address of this box that {peer} can reach, or 0.0.0.0, got {listen}, which only this box reaches",
    "应为 {peer} 能够到达的本机地址，或 0.0.0.0，实为 {listen}，只有本机能够到达",
)
_PEER_IS_HERE = Detail(
    "expected the address of the device, got {peer}, this box itself, while {listen} listens",
    "应为设备的地址，实为 {peer}，即本机，而侦听地址为 {listen}",
)
_PEERS_ADDRESS = Detail(
    "expected an address of this box, or 0.0.0.0, got {listen}, that of the peer",
    "应为本机地址，或 0.0.0.0，实为 {listen}，是对端的地址",
)
_ADDRESS_USED = Detail(
    "expected another address than that of {device}, got {place}",
    "应与 {device} 的地址不同，实为 {place}",
)
_DEVICES_ADDRESS = Detail(
    "expected an address of this box, or 0.0.0.0, got {host}, that of {device}",
    "应为本机地址，或 0.0.0.0，实为 {host}，是 {device} 的地址",
)
_OTHER_WAY = Detail(
    "expected {wanted} for a {kind}, got {way}",
    "{kind} 应使用 {wanted}，实为 {way}",
)
_PLATFORM = Detail("the platform", "平台")
_PORT_USED = Detail(
    "expected a port of its own, got {port}, that of {other}",
    "应使用独立的端口，实为 {port}，已用于{other}",
)
_ROOT_PORT = Detail(
    "expected 1024 to 65535, got {port}, which only root may listen on",
    "应为 1024 至 65535，实为 {port}，只有 root 可侦听",
)


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
            yield of.source.warning(place.at, _ANY_ADDRESS.of(place=place))
        elif place.host.is_multicast or place.host == _BROADCAST:
            yield of.source.warning(place.at, _GROUP.of(place=place))


def pairs(of: OfSite) -> Iterator[Finding]:
    """Find sockets that cannot hear their peer, or hear themselves."""
    for _, at, endpoint in ports(of):
        if endpoint.udp is None:
            continue
        here, there = split_address(endpoint.udp.listen), split_address(endpoint.udp.peer)
        listen, peer = ip_address(here[0]), ip_address(there[0])
        if here == there:
            yield of.source.warning((*at, "udp", "listen"), _SAME_AS_PEER.of(address=endpoint.udp.listen))
        elif listen.is_loopback and not (peer.is_loopback or peer.is_unspecified):
            yield of.source.warning((*at, "udp", "listen"), _NOT_REACHABLE.of(peer=peer, listen=listen))
        elif peer.is_loopback and not (listen.is_loopback or listen.is_unspecified):
            yield of.source.warning((*at, "udp", "peer"), _PEER_IS_HERE.of(peer=peer, listen=listen))
        elif listen == peer and not listen.is_loopback:
            yield of.source.warning((*at, "udp", "listen"), _PEERS_ADDRESS.of(listen=listen))


def shared(of: OfSite) -> Iterator[Finding]:
    """Find two devices at one address, and a socket that listens on the address of another device."""
    seen: dict[tuple[str, str], _Place] = {}
    every = [*_places(of)]
    for place in every:
        key = (place.role, str(place))
        if place.role != "listen" and key in seen:
            yield of.source.warning(place.at, _ADDRESS_USED.of(device=seen[key].device, place=place))
        seen.setdefault(key, place)
    remote = {place.host: place for place in every if place.role != "listen" and not place.host.is_loopback}
    for place in every:
        other = remote.get(place.host)
        if place.role == "listen" and other is not None and other.device != place.device:
            yield of.source.warning(place.at, _DEVICES_ADDRESS.of(host=place.host, device=other.device))


def ways(of: OfSite) -> Iterator[Finding]:
    """Find devices that are reached by a way that their protocol does not take."""
    for device, at, endpoint in ports(of):
        kind = of.site.devices[device].kind
        way = next(name for name in get_args(Way) if getattr(endpoint, name) is not None)
        if way not in (wanted := registry.ways(kind)):
            yield of.source.warning(
                (*at, way), _OTHER_WAY.of(wanted=Detail(" or ".join(wanted), " 或 ".join(wanted)), kind=kind, way=way)
            )


def page(of: OfSite) -> Iterator[Finding]:
    """Find a page on a port of another server, or on one that only root may open."""
    site, platform = of.site, of.site.uplink.platform
    taken: dict[tuple[str, int], str | Detail] = {
        (str(place.host), place.port): place.device for place in _places(of) if place.role == "server"
    }
    if platform is not None:
        taken[platform.host, platform.port] = _PLATFORM
    listeners: list[tuple[tuple[str, ...], str, int]] = [(("page", "port"), site.page.host, site.page.port)]
    if site.page.https is not None:
        listeners.append((("page", "https", "port"), site.page.https.host, site.page.https.port))
    for at, host, port in listeners:
        if other := taken.get((host, port)):
            yield of.source.warning(at, _PORT_USED.of(port=port, other=other))
        elif port < 1024:
            yield of.source.warning(at, _ROOT_PORT.of(port=port))


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
