"""The key pair of a box between boxes: CurveZMQ, both keys in Z85; the file holds the secret one alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import zmq

from hw import system
from hw.credential import place
from hw.detail import Detail

UNREADABLE = Detail("{}: {}; make it with `rsu corridor key {}`", "{}：{}；请用 `rsu corridor key {}` 生成")
NO_KEY = Detail(
    "{}: holds no secret key; make one with `rsu corridor key`", "{}：不含私钥；请用 `rsu corridor key` 生成"
)


class KeyFileError(ValueError):
    """The secret key cannot be used."""


class KeyPair(NamedTuple):
    """Both keys, Z85."""

    public: bytes
    secret: bytes


def read(file: Path) -> KeyPair:
    """Read the secret key of a file that the site file names; the public one follows from it. KeyFileError: no key."""
    path = place(file)
    try:
        secret = path.read_bytes().split(b"\n")[0].strip()
    except OSError as error:
        raise KeyFileError(UNREADABLE.of(path, system.said(error), path)) from error
    try:
        return KeyPair(zmq.curve_public(secret), secret)
    except (ValueError, zmq.ZMQError) as error:
        raise KeyFileError(NO_KEY.of(path)) from error


def make(path: Path) -> KeyPair:
    """Write a new secret key that only its owner can read. FileExistsError: there is one; OSError: not writable."""
    public, secret = zmq.curve_keypair()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
    return KeyPair(public, secret)
