"""The eight conditions of the matrix: the damage to the messages of a device for ten seconds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from tests.matrix.line import DeviceLine

# the fault by which an emulator speaks another version of its format; other devices speak HTTP
OTHER_VERSION = {
    "camera-json": "other-json",
    "camera-mapped": "other-version",
    "radar-video": "other-version",
    "radar-json": "other-version",
    "radar-c0": "other-version",
    "acc7320": "other-layout",
    "ti-mmwave": "other-record",
}
HTTP = b"HTTP/1.1 400 Bad Request\r\nServer: other\r\nContent-Type: text/html\r\n\r\n<html><body>400</body></html>\r\n"
DAMAGED_SHARE, TORN_SHARE = 0.2, 1 / 3


class Condition(NamedTuple):
    """One condition: how it begins and how it ends."""

    name: str
    begin: Callable[[DeviceLine], None]
    end: Callable[[DeviceLine], None]


def _torn(data: bytes, chance: random.Random, stream: bool) -> list[bytes]:
    """Cut a message: of a stream anywhere, all of it arrives; a datagram loses its end."""
    if len(data) < 2 or (not stream and chance.random() > TORN_SHARE):
        return [data]
    at = chance.randrange(1, len(data))
    return [data[:at], data[at:]] if stream else [data[:at]]


def _damaged(data: bytes, chance: random.Random) -> list[bytes]:
    if not data or chance.random() > DAMAGED_SHARE:
        return [data]
    octets, at = bytearray(data), chance.randrange(len(data))
    octets[at] ^= 1 << chance.randrange(8)
    return [bytes(octets)]


class _Swap:
    """Sends every second message before the one before it."""

    def __init__(self) -> None:
        self._held: bytes | None = None

    def __call__(self, data: bytes, chance: random.Random) -> list[bytes]:
        if self._held is None:
            self._held = data
            return []
        both, self._held = [data, self._held], None
        return both


def _plain(line: DeviceLine) -> None:
    line.change = lambda data, chance: [data]


def _tear(line: DeviceLine) -> None:
    stream = not any(link.wire.datagrams for link in line.links.values())
    line.change = lambda data, chance: _torn(data, chance, stream)


def _change(change: Callable[[bytes, random.Random], list[bytes]]) -> Callable[[DeviceLine], None]:
    def begin(line: DeviceLine) -> None:
        line.change = change

    return begin


def _swap(line: DeviceLine) -> None:
    line.change = _Swap()


def _hang_up(line: DeviceLine) -> None:
    for link in line.links.values():
        link.can_open, link.wire.hung_up = False, True


def _answer(line: DeviceLine) -> None:
    for link in line.links.values():
        link.can_open = True


def _speak_otherwise(line: DeviceLine) -> None:
    fault = OTHER_VERSION.get(line.kind)
    line.said.suffer(fault)
    if fault is None:
        line.change = lambda data, chance: [HTTP]


def _speak_again(line: DeviceLine) -> None:
    line.said.suffer(None)
    _plain(line)


CONDITIONS = (
    Condition("normal", _plain, _plain),
    Condition("torn", _tear, _plain),
    Condition("damaged", _change(_damaged), _plain),
    Condition("duplicated", _change(lambda data, chance: [data, data]), _plain),
    Condition("reordered", _swap, _plain),
    Condition("silent", _change(lambda data, chance: []), _plain),
    Condition("reconnect", _hang_up, _answer),
    Condition("wrong-version", _speak_otherwise, _speak_again),
)
