"""JSON documents out of HTTP: in requests that a device posts, or in the parts of multipart bodies.

A document is the body behind a block of header lines that holds `Content-Type: application/json`: as many octets as its
`Content-Length` says, or up to the next boundary. Everything else, pictures too, is stepped over. Sources: RFC 9112 and
RFC 2046.
"""

from __future__ import annotations

import re

from hw.intake import Intake

LONGEST = 256 * 1024  # octets of a document, and of the buffer in which one is looked for
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_JSON = re.compile(rb"(?im)^Content-Type:[ \t]*application/json")
_BLOCK_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"(?im)^Content-Length:[ \t]*(\d{1,7})")
_REQUEST = re.compile(rb"(?m)^POST [^\r\n]{1,1000} HTTP/1\.[01]\r?$")
_BOUNDARY = b"\n--"
_OVERLAP = 4096  # octets, in which a block of header lines may have begun


class Documents:
    """Octets in any chunking to documents. `requests`: how many requests have begun since it was asked last."""

    def __init__(self, counters: Intake) -> None:
        self._counters = counters
        self._rest = b""
        self._requests = 0

    def reset(self) -> None:
        """Forget the half-read document."""
        self._rest, self._requests = b"", 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next octets and return the documents that are complete."""
        buffer, found = self._rest + data, []
        self._requests += len(_REQUEST.findall(data))
        while (part := _next(buffer)) is not None:
            document, buffer = part
            found.append(document)
        if len(buffer) > LONGEST:
            if _JSON.search(buffer):
                self._counters.refuse("long-line", buffer, len(buffer))
            buffer = buffer[-_OVERLAP:]
        self._rest = buffer
        return found

    def answers(self) -> list[bytes]:
        """Return an answer for each request that has come."""
        count, self._requests = self._requests, 0
        return [ANSWER] * min(count, 16)


def _next(buffer: bytes) -> tuple[bytes, bytes] | None:
    """Return the first document that is complete, and the octets behind it."""
    head = _JSON.search(buffer)
    end = _BLOCK_END.search(buffer, head.end()) if head else None
    if head is None or end is None:
        return None
    first = max(buffer.rfind(b"\n\n", 0, head.start()), buffer.rfind(b"\r\n\r\n", 0, head.start()), 0)
    length = _LENGTH.search(buffer, first, end.end())
    stop = buffer.find(_BOUNDARY, end.end()) if length is None else end.end() + int(length[1])
    if stop < end.end() or stop > len(buffer):
        return None
    return buffer[end.end() : stop], buffer[stop:]
