"""The camera's side of RTSP 1.0 (RFC 2326): one video track (`sim/video/rtp.py`), interleaved in the TCP connection.

As much of it as a client needs to watch: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN. One client at a time.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from hw.endpoint import SocketAddress
from sim.video.rtp import CLOCK_HZ, Codec, Jpeg


class RtspServer(threading.Thread):
    """Answers clients, one after another; the source of pictures calls `send`."""

    def __init__(self, listen: SocketAddress, codec: Codec | None = None) -> None:
        """`codec`: of the pictures that `send` is given; JPEG unless said."""
        super().__init__(name="rtsp", daemon=True)
        self._codec: Codec = codec or Jpeg()
        self._server = socket.create_server(listen)
        self._client: socket.socket | None = None
        self._plays = threading.Event()
        self._sequence = 0
        self.connections = 0  # that were taken so far
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
                self.connections += 1
                with client, suppress(OSError):
                    self._serve(client)
                self._plays.clear()

    def send(self, picture: bytes, stamp_ns: int) -> None:
        """Send a picture to the clients that watch."""
        if not self._plays.is_set() or self._client is None or self.mute:
            return
        parts = self._codec.packets(picture, self._sequence, stamp_ns * CLOCK_HZ // 1_000_000_000)
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
            sdp = self._codec.description
            return answer + f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
        if method == "SETUP":
            return answer + "Session: 1;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        return answer + "Session: 1\r\n\r\n"
