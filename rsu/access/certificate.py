"""The page's own certificate: made once, so that its fingerprint stays, and signed by itself.

page/certificate.pem, page/key.pem    delete both to have new ones at the next start
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rsu.core import durable

# whole years around the life of a box: at its first start its clock may stand anywhere
_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)


class CertificateFiles(NamedTuple):
    """Where certificate and key stand."""

    certificate: Path
    key: Path

    def fingerprint(self) -> str:
        """Return the SHA-256 of the certificate as browsers show it: `AB:CD:...`. OSError: there is none."""
        octets = ssl.PEM_cert_to_DER_cert(self.certificate.read_text(encoding="ascii"))
        return hashlib.sha256(octets).digest().hex(":").upper()


def at(folder: Path) -> CertificateFiles:
    """Return where the certificate of a page folder stands."""
    return CertificateFiles(folder / "certificate.pem", folder / "key.pem")


def ensure(folder: Path, names: Sequence[str]) -> CertificateFiles:
    """Make a certificate where there is none, for names and addresses of this box. OSError: the disk fails."""
    files = at(folder)
    if files.certificate.exists() and files.key.exists():
        return files
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    durable.replace(files.key, own, 0o600)
    certificate = _signed(key, [socket.gethostname(), *names])
    durable.replace(files.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return files


def _signed(key: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=_BEGIN,
        not_valid_after=_END,
    )
    for extension, critical in (
        (x509.SubjectAlternativeName([_general(name) for name in dict.fromkeys(names)]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
