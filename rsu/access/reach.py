"""How a phone reaches the page: its addresses, the certificate's fingerprint, and both as a QR code."""

from __future__ import annotations

import io
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
import psutil
import segno

from rsu.access import certificate
from rsu.site.web import HttpsSettings


class Reach(msgspec.Struct, frozen=True):
    """The addresses of the page, and the fingerprint that a browser must show there."""

    urls: list[str]
    fingerprint: str

    @property
    def code(self) -> Any:
        """Return the QR code: the first address, the fingerprint behind `#`, where no browser sends it anywhere."""
        return segno.make(f"{self.urls[0]}#{self.fingerprint}", error="m", micro=False)

    def svg(self) -> str:
        """Return the QR code as a picture that may stand in a page."""
        return str(self.code.svg_data_uri(scale=4, border=3, dark="#000", light="#fff"))

    def text(self) -> str:
        """Return the QR code for a terminal."""
        out = io.StringIO()
        self.code.terminal(out, compact=True)
        return out.getvalue()


def reach(settings: HttpsSettings, folder: Path) -> Reach:
    """Return how the page is reached. OSError: it has no certificate yet."""
    hosts = settings.names or ([settings.host] if not ip_address(settings.host).is_unspecified else addresses())
    shown = [f"[{host}]" if ":" in host else host for host in hosts or ["localhost"]]
    return Reach([f"https://{host}:{settings.port}/" for host in shown], certificate.at(folder).fingerprint())


def addresses() -> list[str]:
    """Return the addresses of this box, IPv4 before IPv6, without loopback and those of one link only."""
    families = (socket.AF_INET, socket.AF_INET6)
    found = [each for card in psutil.net_if_addrs().values() for each in card if each.family in families]
    usable = [ip_address(each.address.partition("%")[0]) for each in found]
    usable = [each for each in usable if not each.is_loopback and not each.is_link_local]
    return [str(each) for each in sorted(usable, key=lambda each: (each.version, int(each)))]
