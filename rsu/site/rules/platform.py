"""The cloud platform's broker: ports, TLS, passwords, files."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from rsu.core.errors import Finding
from rsu.site.dialects import DIALECTS
from rsu.site.reading import OfSite
from rsu.site.source import Path_
from rsu.site.uplink import PlatformSettings, TlsSettings

_AT: Path_ = ("uplink", "platform")
_PLAIN, _TLS = 1883, 8883
_OTHERS = {
    80: "HTTP", 443: "HTTPS", 8080: "HTTP", 8083: "MQTT over WebSocket", 8084: "MQTT over WebSocket",
    9001: "MQTT over WebSocket", 18083: "the broker's page", 22: "SSH", 5672: "AMQP",
}  # fmt: skip


def broker(of: OfSite) -> Iterator[Finding]:
    """Find a host that is none, and ports that go with another protocol."""
    platform = of.site.uplink.platform
    if platform is None:
        return
    host, port = platform.host, platform.port
    if re.search(r"[/@\s]|:\d+$|^\w+:", host) and not _is_address(host):
        text = f'expected the name or address alone, got "{host}" (scheme, port and user have keys of their own)'
        yield of.source.warning((*_AT, "host"), text)
    elif _is_address(host) and (ip_address(host).is_unspecified or ip_address(host).is_multicast):
        yield of.source.warning((*_AT, "host"), f"expected the address of the broker, got {host}")
    if port == _TLS and platform.tls is None:
        text = f"expected a section tls with port {_TLS}, got none: the broker will not answer (without TLS: {_PLAIN})"
        yield of.source.warning((*_AT, "port") if of.source.mark((*_AT, "port")) else _AT, text)
    elif port == _PLAIN and platform.tls is not None:
        text = f"expected port {_TLS} with tls, got {port}: the broker will not answer"
        yield of.source.warning((*_AT, "port"), text)
    elif port in _OTHERS:
        text = f"expected {_PLAIN} or {_TLS} as MQTT has, got {port}, the usual one of {_OTHERS[port]}"
        yield of.source.warning((*_AT, "port"), text)


def heartbeat(of: OfSite) -> Iterator[Finding]:
    """Find a run status that is too rare for the platform's dialect."""
    platform, period_s = of.site.uplink.platform, of.site.uplink.run_status_s
    longest_s = None if platform is None else DIALECTS[platform.dialect].status_s
    if longest_s is not None and period_s >= longest_s:
        text = (
            f"expected uplink.run_status_s below {longest_s:g} with it, got {period_s:g}: the platform would take the"
        )
        yield of.source.warning((*_AT, "dialect"), f"{text} box for offline between two of them")


def passwords(of: OfSite) -> Iterator[Finding]:
    """Find passwords that go in clear, or without a user."""
    platform = of.site.uplink.platform
    if platform is None:
        return
    near = _is_address(platform.host) and ip_address(platform.host).is_loopback
    if platform.username is not None and platform.tls is None and not (near or platform.host == "localhost"):
        text = "expected a section tls with a user, got none: name and password go over the network in clear"
        yield of.source.warning((*_AT, "username"), text)
    if platform.password_file is not None and platform.username is None:
        text = "expected a username with it, got none: the password is not sent"
        yield of.source.warning((*_AT, "password_file"), text)
    elif platform.username is not None and platform.password_file is None and platform.tls is None:
        yield of.source.warning((*_AT, "username"), "expected a password_file with it, got none")


def files(of: OfSite) -> Iterator[Finding]:
    """Find certificates and password files that are not there, or are none."""
    platform = of.site.uplink.platform
    if platform is None:
        return
    missing = False
    for key, path in _files(platform):
        at = (*_AT, *key)
        problem = _problem(path)
        if problem:
            missing = True
            yield of.source.warning(at, f"expected a file, got {path}: {problem}")
        elif key == ("password_file",) and not path.read_bytes().split(b"\n")[0].strip():
            yield of.source.warning(at, f"expected the password in the first line, got none in {path}")
    if platform.tls is not None and not missing:
        yield from _certificates(of, platform.tls)


def _files(platform: PlatformSettings) -> Iterator[tuple[Path_, Path]]:
    if platform.password_file is not None:
        yield ("password_file",), platform.password_file
    for key in ("ca", "certificate", "key"):
        path = getattr(platform.tls, key, None)
        if path is not None:
            yield ("tls", key), path


def _problem(path: Path) -> str | None:
    if not path.is_absolute():
        return "a relative path is looked for where the daemon was started; write the whole path"
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        return f"{getattr(error, 'strerror', error)} (on this machine)"
    return None


def _certificates(of: OfSite, tls: TlsSettings) -> Iterator[Finding]:
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=str(tls.ca))
    except (ssl.SSLError, OSError) as error:
        yield of.source.warning((*_AT, "tls", "ca"), f"expected certificates in PEM, got {tls.ca}: {_reason(error)}")
    if tls.certificate is not None and tls.key is not None:
        try:
            context.load_cert_chain(str(tls.certificate), str(tls.key), password="")
        except (ssl.SSLError, OSError, ValueError) as error:
            text = f"expected a certificate and its key in PEM, got {tls.certificate} and {tls.key}: {_reason(error)}"
            yield of.source.warning((*_AT, "tls", "certificate"), text)


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error).lower().replace("_", " ")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
