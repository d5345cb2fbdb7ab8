"""The city's key for commands: Ed25519, made once, `keys/command.pem` in the city's folder.

Signatures are as boxes read them (`rsu.downlink.signature`): a detached JWS beside the body.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rsu.core import durable

ISSUER = "city"  # its name in the site files of the boxes
_FILE = Path("keys", "command.pem")


class CityKey:
    """The key of one city."""

    def __init__(self, folder: Path) -> None:
        """Read it, or make it at the first start. OSError, ValueError: it cannot be read."""
        file = folder / _FILE
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.replace(file, _private(Ed25519PrivateKey.generate()), 0o600)
        found = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(found, Ed25519PrivateKey):
            raise ValueError(f"{file}: expected an Ed25519 key")
        self._key = found

    @property
    def public(self) -> str:
        """Return the public key as the boxes' site files have it: base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, topic: str, body: bytes, counter: int, expires_s: int) -> str:
        """Return the signature of a command. `counter`: above all before; `expires_s`: since 1970, UTC."""
        said = {"alg": "EdDSA", "kid": ISSUER, "aud": topic, "cnt": counter, "exp": expires_s}
        header = _base64(json.dumps(said).encode())
        return f"{header}..{_base64(self._key.sign(f'{header}.{_base64(body)}'.encode()))}"


def _private(key: Ed25519PrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
