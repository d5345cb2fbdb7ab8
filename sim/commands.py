"""Commands as a platform writes them: bodies by T/ITS 0117 and 0180.1, table 25, and their signature (RFC 7515, 8037).

A transcription of its own: nothing here comes from the box's side.
"""

from __future__ import annotations

import base64
import json
from typing import Any


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().replace("=", "")


class CommandKey:
    """The key of an issuer. `seed`: 32 octets."""

    def __init__(self, issuer: str, seed: bytes = bytes(range(32))) -> None:
        from cryptography.hazmat.primitives.asymmetric import ed25519

        self.issuer = issuer
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        """Return the public key as a site file has it."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, topic: str, body: bytes, counter: int, expires_s: int) -> str:
        """Return the detached JWS of a body for a topic."""
        said = {"alg": "EdDSA", "kid": self.issuer, "aud": topic, "cnt": counter, "exp": expires_s}
        header = _text(json.dumps(said).encode())
        return f"{header}..{_text(self._key.sign(f'{header}.{_text(body)}'.encode()))}"


def body(number: object, **content: Any) -> bytes:
    """Return a command with a number that asks for an acknowledgement."""
    return json.dumps({"seqNum": number, "ack": True, **content}).encode()


def event(
    alert: str, latitude_deg: float, longitude_deg: float, duration_s: int = 60, on: bool = True
) -> dict[str, Any]:
    """Return `rsi` of RSI.DOWN: road works."""
    return {
        "alertID": alert,
        "duration": duration_s,
        "eventStatus": on,
        "timeStamp": "2026-11-30T06:00:00.000Z",
        "eventClass": "5",
        "eventType": 501,
        "eventSource": "police",
        "eventConfidence": 180,
        "eventPosition": [{"lat": round(latitude_deg * 1e7), "lon": round(longitude_deg * 1e7), "ele": 100}],
        "eventRadius": 300,
        "eventPriority": 5,
        "eventDescription": "road works",
    }
