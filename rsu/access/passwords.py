"""Passwords as they are kept: scrypt (RFC 7914) with a salt of each."""

from __future__ import annotations

import hashlib
import hmac
import os

import msgspec

LEAST = 10  # characters
MOST = 256
_COST = {"n": 1 << 15, "r": 8, "p": 1}  # 32 MiB and a tenth of a second of a core for each trial
_MEMORY = 64 << 20


class StoredPassword(msgspec.Struct, frozen=True):
    """The salt of a password, and its hash."""

    salt: bytes
    hash: bytes


def stored(password: str) -> StoredPassword:
    """Return a new password as it is kept."""
    salt = os.urandom(16)
    return StoredPassword(salt, _hash(password, salt))


def matches(password: str, kept: StoredPassword | None) -> bool:
    """Return whether a password is the one that is kept. It takes as long where none is kept."""
    found = _hash(password, kept.salt if kept else bytes(16))
    return kept is not None and hmac.compare_digest(found, kept.hash)


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password[:MOST].encode(), salt=salt, maxmem=_MEMORY, **_COST)
