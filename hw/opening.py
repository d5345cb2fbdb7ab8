"""Which channel an endpoint is: opened here. A serial line is one of this module's own."""

from __future__ import annotations

import os
import termios
from collections import Counter
from contextlib import suppress
from pathlib import Path

import serial

from hw.can.channel import open_bus
from hw.channel import READ_SIZE, Channel, LocalChannel, attempt, message, open_socket
from hw.detail import Detail
from hw.endpoint import Endpoint, Serial
from hw.errors import LostError, OpenError
from hw.http import HttpChannel
from hw.mqtt import MqttChannel

ELSEWHERE = Detail("{} leads elsewhere now", "{} 现指向其他设备")
HUNG_UP = Detail("hung up", "线路已挂断")
DETAILS = (ELSEWHERE, HUNG_UP)


def open_channel(endpoint: Endpoint, folder: Path, counters: Counter[str]) -> Channel:
    """Open a channel; OpenError where it cannot be."""
    try:
        if endpoint.serial:
            return _SerialChannel(endpoint.serial, folder)
        if endpoint.local:
            return LocalChannel(folder / endpoint.local)
        if endpoint.can:
            return open_bus(endpoint.can)
        if endpoint.mqtt:
            return MqttChannel(endpoint.mqtt, counters)
        if endpoint.http:
            return HttpChannel(endpoint.http, counters)
        return open_socket(endpoint, counters)
    except (OSError, termios.error) as error:  # pyserial's own error is an OSError
        raise OpenError(message(error)) from error


class _SerialChannel:
    """A serial port or pty. Its path may be a symlink that a restarted device points elsewhere."""

    datagrams = False

    def __init__(self, place: Serial, folder: Path) -> None:
        self._path = folder / place.path
        self._target = self._path.resolve(strict=True)
        self._port = serial.Serial(str(self._target), place.baud, timeout=0, write_timeout=0, exclusive=True)

    def fileno(self) -> int:
        return int(self._port.fileno())

    def connected(self) -> bool:
        return True

    def check(self) -> None:
        # A pty's number is given to the next device that asks, so an old symlink can lead to a stranger for a moment.
        if self._path.resolve() != self._target:
            raise LostError(ELSEWHERE.say(self._path.name))

    def read(self) -> bytes | None:
        data = attempt(lambda: os.read(self.fileno(), READ_SIZE))
        if data == b"":
            raise LostError(HUNG_UP.en)  # readable, yet nothing there
        return data

    def write(self, data: bytes) -> int:
        return attempt(lambda: os.write(self.fileno(), data)) or 0

    def close(self) -> None:
        with suppress(OSError, termios.error):
            self._port.close()
