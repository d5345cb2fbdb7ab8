"""The camera's side of RTSP 1.0 (RFC 2326): one JPEG track as RTP/JPEG (RFC 2435), interleaved in the TCP connection.

As much of it as a client needs to watch: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN. One client at a time.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from hw.endpoint import SocketAddress

CLOCK_HZ, PAYLOAD_TYPE, SSRC = 90_000, 26, 0x52535543
FRAGMENT = 1400  # bytes of a picture in one packet
_SOF0, _DQT, _SOS = 0xC0, 0xDB, 0xDA
_SDP = (
    "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=camera\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 26\r\na=control:track\r\n"
)


def packets(jpeg: bytes, sequence: int, stamp: int) -> list[bytes]:
    """Return the RTP packets of a baseline JPEG of three components, with the standard Huffman tables, no restarts.

    Each has the main JPEG header (RFC 2435, 3.1): offset u24, type (0: 4:2:2, 1: 4:2:0), Q = 255 (tables are sent),
    width / 8, height / 8; the first one the quantisation tables, too (3.1.8).
    """
    tables, kind, width, height, scan = b"", 0, 0, 0, b""
    at = 2
    while not scan:
        marker, length = jpeg[at + 1], struct.unpack_from(">H", jpeg, at + 2)[0]
        body = jpeg[at + 4 : at + 2 + length]
        if marker == _DQT:
            tables += b"".join(body[begin + 1 : begin + 65] for begin in range(0, len(body), 65))
        elif marker == _SOF0:
            height, width = struct.unpack_from(">HH", body, 1)
            kind = 1 if body[7] == 0x22 else 0
        elif marker == _SOS:
            scan = jpeg[at + 2 + length : -2]
        at += 2 + length
    out: list[bytes] = []
    for offset in range(0, len(scan), FRAGMENT):
        piece = scan[offset : offset + FRAGMENT]
        last = 0x80 if offset + FRAGMENT >= len(scan) else 0
        head = struct.pack(
            ">BBHII", 0x80, last | PAYLOAD_TYPE, (sequence + len(out)) & 0xFFFF, stamp & 0xFFFFFFFF, SSRC
        )
        main = struct.pack(">IBBBB", offset, kind, 255, width // 8, height // 8)
        out.append(head + main + (struct.pack(">HH", 0, len(tables)) + tables if not offset else b"") + piece)
    return out


class RtspServer(threading.Thread):
    """Answers clients, one after another; whoever has pictures calls `send`."""

    def __init__(self, listen: SocketAddress) -> None:
        super().__init__(name="rtsp", daemon=True)
        self._server = socket.create_server(listen)
        self._client: socket.socket | None = None
        self._plays = threading.Event()
        self._sequence = 0
        self.mute = False  # answer nothing: a camera that hangs
        self.start()

    @property
    def port(self) -> int:
        """Return the port that clients connect to."""
        return int(self._server.getsockname()[1])

    def run(self) -> None:
        """Serve clients until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._client = client
                with client, suppress(OSError):
                    self._serve(client)
                self._plays.clear()

    def send(self, jpeg: bytes, stamp_ns: int) -> None:
        """Send a picture to whoever watches."""
        if not self._plays.is_set() or self._client is None or self.mute:
            return
        parts = packets(jpeg, self._sequence, stamp_ns * CLOCK_HZ // 1_000_000_000)
        self._sequence += len(parts)
        with suppress(OSError):
            self._client.sendall(b"".join(b"$\x00" + struct.pack(">H", len(part)) + part for part in parts))

    def cut(self) -> None:
        """Close the client's connection as a broken network would."""
        self._plays.clear()
        if self._client is not None:
            with suppress(OSError):
                self._client.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close everything."""
        self.cut()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.join(5)

    def _serve(self, client: socket.socket) -> None:
        asked = b""
        while data := client.recv(4096):
            asked += data
            while asked[:1] == b"$" and len(asked) >= 4:  # the client's RTCP
                asked = asked[4 + struct.unpack_from(">H", asked, 2)[0] :]
            while not self.mute and b"\r\n\r\n" in asked:
                request, _, asked = asked.partition(b"\r\n\r\n")
                client.sendall(self._answer(request.decode("ascii", "replace")).encode())
                if request.startswith(b"PLAY"):
                    self._plays.set()

    def _answer(self, request: str) -> str:
        first, *lines = request.split("\r\n")
        number = next((line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("cseq:")), "0")
        method = first.split(" ")[0]
        answer = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n"
        if method == "OPTIONS":
            return answer + "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n\r\n"
        if method == "DESCRIBE":
            return answer + f"Content-Type: application/sdp\r\nContent-Length: {len(_SDP)}\r\n\r\n{_SDP}"
        if method == "SETUP":
            return answer + "Session: 1;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        return answer + "Session: 1\r\n\r\n"
