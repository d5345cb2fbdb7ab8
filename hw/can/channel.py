"""A CAN interface of this box (SocketCAN) as a channel: frames in the 13 octets of a gateway (`hw/can/gateway.py`).

The speed of the bus is the system's to set: `ip link set can0 up type can bitrate 500000`. Nothing here waits.

Source: Linux, Documentation/networking/can.rst (struct can_frame, CAN_RAW).
"""

from __future__ import annotations

import errno
import socket
import struct

from hw.can.gateway import FRAME, LAST_EXTENDED_ID, CanFrame, decode, encode
from hw.channel import attempt

FRAMES_PER_READ = 256  # a flood on one bus leaves other ports their turn
_FRAME = struct.Struct("=IB3x8s")
_EXTENDED, _REMOTE, _ERROR = 0x80000000, 0x40000000, 0x20000000


def open_bus(name: str) -> CanChannel:
    """Open an interface such as can0. OSError: there is none of that name, or no CAN in this system."""
    bus = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    try:
        bus.bind((name,))
    except OSError:
        bus.close()
        raise
    return CanChannel(bus)


class CanChannel:
    """A socket whose every datagram is one frame."""

    datagrams = False

    def __init__(self, bus: socket.socket) -> None:
        self._socket = bus
        bus.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._socket.fileno()

    def connected(self) -> bool:
        """Return that frames can flow."""
        return True

    def check(self) -> None:
        """Nothing to see: an interface that goes down fails the next read."""

    def read(self) -> bytes | None:
        """Return the frames that are there, None when there are none; error frames are left out."""
        octets = bytearray()
        for _ in range(FRAMES_PER_READ):
            record = attempt(lambda: self._socket.recv(_FRAME.size))
            if record is None:
                break
            octets += _of_record(record)
        return bytes(octets) or None

    def write(self, data: bytes) -> int:
        """Send whole frames; return how many octets were taken: 0 while no node on the bus acknowledges."""
        for at in range(0, len(data), FRAME.size):
            frame = decode(data[at : at + FRAME.size])
            if frame is not None and not self._send(frame):
                return at
        return len(data)

    def _send(self, frame: CanFrame) -> bool:
        number = frame.id | _EXTENDED * frame.extended
        record = _FRAME.pack(number, len(frame.data), frame.data)
        return attempt(lambda: self._taken(record)) is True

    def _taken(self, record: bytes) -> bool:
        try:
            return self._socket.send(record) > 0
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                return False
            raise

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()


def _of_record(record: bytes) -> bytes:
    if len(record) != _FRAME.size:
        return b""
    number, size, data = _FRAME.unpack(record)
    if number & (_ERROR | _REMOTE) or size > len(data):
        return b""
    return encode(CanFrame(number & LAST_EXTENDED_ID, data[:size], bool(number & _EXTENDED)))
