"""A file server that a platform names for uploads: takes HTTP PUT, checks length, digest and password of each.

server = FileServer("box", "secret")
server.port, server.held["/boxes/R1/a.mcap"], server.faults
"""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """The server, on a free port of loopback. Without a user name it asks for none."""

    def __init__(self, username: str = "", password: str = "", status: int = 201) -> None:
        """`status`: the reply to a file that is taken."""
        self.held: dict[str, bytes] = {}
        self.faults: list[str] = []
        self._wanted = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode() if username else None
        self._status = status
        handler = type("Handler", (_Files,), {"files": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, path: str, body: bytes, digest: str | None, login: str | None) -> int:
        """Return the status for one file."""
        if login != self._wanted:
            return 401
        expected = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        if digest != expected:
            self.faults.append(f"{path}: expected Repr-Digest {expected}, got {digest}")
            return 400
        if self._status < 300:
            self.held[path] = body
        return self._status

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class _Files(BaseHTTPRequestHandler):
    files: FileServer

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.files.take(self.path, body, self.headers["Repr-Digest"], self.headers["Authorization"])
        self.send_response(status)
        if status >= 300:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
