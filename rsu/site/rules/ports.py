"""Ports that cannot work as they are said: two at one place, two families of addresses."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from posixpath import normpath
from typing import NamedTuple

from hw.detail import Detail
from hw.endpoint import Endpoint, split_address
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

UNSPECIFIED = ("0.0.0.0", "::")

_USED = Detail(
    "{name} is already used by {other}",
    "{name} 已被 {other} 占用",
)
_OTHER_FAMILY = Detail(
    "expected an address of IPv{wanted} as listen has, got {got} (IPv{family})",
    "应与 listen 一致，为 IPv{wanted} 地址，实为 {got} (IPv{family})",
)


class PortOf(NamedTuple):
    """One port of a device."""

    device: str
    place: Path_  # of its endpoint in the site file
    endpoint: Endpoint


def ports(of: OfSite) -> Iterator[PortOf]:
    """Yield the ports of all devices, where their settings name them as the site file does."""
    for name, settings in of.drivers.items():
        place: Path_ = ("devices", name, "driver", *(("driver",) if of.site.devices[name].replay else ()))
        for key, port in settings.ports().items():
            own = (*place, key)
            yield PortOf(name, own if of.source.mark(own) else place, port.endpoint)


def shared(of: OfSite) -> Iterator[Finding]:
    """Find two ports at one serial line or one listening socket: each would get half of the bytes."""
    users: list[tuple[str, str, str]] = []  # (way, name, device)
    for device, place, endpoint in ports(of):
        for way, name, at in _takes(endpoint):
            if other := next((user for kind, taken, user in users if kind == way and _overlap(way, name, taken)), None):
                yield of.source.finding((*place, *at), _USED.of(name=name, other=other))
            users.append((way, name, device))


def _takes(endpoint: Endpoint) -> Iterator[tuple[str, str, Path_]]:
    """Yield the addresses and paths that only one port may have, with the keys at which it stands."""
    if endpoint.serial:
        yield "serial", normpath(endpoint.serial.path), ("serial", "path")
    if endpoint.udp:
        yield "udp", endpoint.udp.listen, ("udp", "listen")
    if endpoint.http:
        yield "tcp", endpoint.http.listen, ("http", "listen")
    if endpoint.local:
        yield "local", endpoint.local, ("local",)


def _overlap(way: str, name: str, taken: str) -> bool:
    if way != "udp" or name == taken:
        return name == taken
    (host, port), (other, other_port) = split_address(name), split_address(taken)
    return port == other_port and (host == other or not {host, other}.isdisjoint(UNSPECIFIED))


def families(of: OfSite) -> Iterator[Finding]:
    """Find sockets that listen on one family of addresses and talk to the other."""
    for _, place, endpoint in ports(of):
        if endpoint.udp is None:
            continue
        here, there = (ip_address(split_address(each)[0]) for each in (endpoint.udp.listen, endpoint.udp.peer))
        if here.version != there.version:
            yield of.source.finding(
                (*place, "udp", "peer"), _OTHER_FAMILY.of(wanted=here.version, got=there, family=there.version)
            )
