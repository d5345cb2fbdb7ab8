"""Lines of text, ended by a line feed, out of a stream in any chunking."""

from __future__ import annotations

from hw.intake import Intake


class Lines:
    """Bytes to lines, without their ends and without blank ones.

    Counters: `long-line` (octets of lines beyond the limit).
    """

    def __init__(self, longest: int, counters: Intake) -> None:
        self._longest = longest  # octets
        self._counters = counters
        self._rest = b""
        self._skipping = False  # inside a line that is too long

    def reset(self) -> None:
        """Forget the half line."""
        self._rest, self._skipping = b"", False

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes and return the lines that are complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._skipping and lines:
            del lines[0]  # the end of a line that was too long
            self._skipping = False
        fitting = [line for line in lines if len(line) <= self._longest]
        if self._skipping or len(self._rest) > self._longest:
            self._counters.refuse("long-line", self._rest, 1 - self._skipping)
            self._rest, self._skipping = b"", True
        if len(lines) > len(fitting):
            self._counters.refuse("long-line", next(line for line in lines if len(line) > self._longest), 1)
        return [line for line in fitting if line.strip()]
