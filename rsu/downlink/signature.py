"""The signature of a command: a detached JWS (RFC 7515, appendix F) with Ed25519 (EdDSA, RFC 8037).

It travels beside the body, as the MQTT 5 user property `signature`, so that the body stays that of the standard:

    BASE64URL(header) ".." BASE64URL(signature over BASE64URL(header) "." BASE64URL(body))
    header = {"alg": "EdDSA", "kid": issuer, "aud": topic, "cnt": counter, "exp": seconds since 1970, UTC}

The counter of an issuer only rises, so that no signed command can be used twice; the topic keeps it from other boxes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

import msgspec

from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.reasons import commands as words

_LONGEST = 2000  # characters
_Whole = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


class _Header(msgspec.Struct, frozen=True):
    alg: Literal["EdDSA"]
    kid: str
    aud: str
    cnt: _Whole
    exp: _Whole
    crit: None = None  # extensions that must be understood: none are


class Signed(NamedTuple):
    """The statement of a valid signature."""

    issuer: str
    counter: int
    expires_ns: int  # UTC


def verified(signature: str, topic: str, body: bytes, keys: Mapping[str, str]) -> Signed:
    """Return the statement of a signature. `keys`: issuer -> Ed25519 public key, base64. RefusedError."""
    header_text, _, signature_text = signature.partition("..")
    header = _read(header_text, len(signature))
    if header.kid not in keys:
        raise RefusedError(words.NO_KEY.of(header.kid))
    payload = base64.urlsafe_b64encode(body).rstrip(b"=")
    _verify(keys[header.kid], _octets(signature_text), header_text.encode() + b"." + payload)
    if header.aud != topic:
        raise RefusedError(words.OTHER_BOX.of(header.aud))
    return Signed(header.kid, header.cnt, header.exp * 1_000_000_000)


def _read(text: str, length: int) -> _Header:
    try:
        if length > _LONGEST:
            raise ValueError(f"{length} characters")
        return msgspec.json.decode(_octets(text), type=_Header)
    except ValueError as error:  # that of msgspec is one too
        raise RefusedError(words.SIGNATURE_UNREAD.of(error), BAD_PARAMETER) from error


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise RefusedError(words.SIGNATURE_UNREAD.of(error), BAD_PARAMETER) from error


def _verify(key: str, signature: bytes, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # loaded with the first signed command
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, signed)
    except InvalidSignature as error:
        raise RefusedError(words.WRONG_SIGNATURE) from error
