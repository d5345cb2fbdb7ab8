"""Links: non-blocking byte channels to devices for a single-threaded poll loop.

A `PortLink` owns one channel for the life of the process. `tick` opens it, and opens it again with exponential back-off
after it was lost; `read` and `write` never block and never raise. Failures are counted by reason: `open-failed`
and `lost` (`hw/errors.py`), `overrun` (bytes not written because the device does not take them), `stranger`
(datagrams of other senders than the peer; the first few by name), `flood` (more datagrams than any device sends).

Back-off, silence and limits are measured on the monotonic clock; the clock that is handed in says when bytes came.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from hw.channel import DATAGRAMS_PER_READ, READ_SIZE, Channel
from hw.detail import Detail
from hw.endpoint import Endpoint
from hw.errors import LinkError, LostError, OpenError
from hw.flood import Flood
from hw.opening import open_channel
from hw.timescale import Clock

NS_PER_MS = 1_000_000
FIRST_WAIT_MS = 100
CONNECT_LIMIT_NS = 2000 * NS_PER_MS
CHECK_PERIOD_NS = 500 * NS_PER_MS
WRITE_LIMIT = 65536  # bytes kept for a device that does not take them
REST_NS = 2 * NS_PER_MS  # a port of datagrams that was read is not looked at again sooner: a flood costs no rounds

NO_ANSWER = Detail("no answer", "无应答")
SILENT = Detail("silent for {} s", "已静默 {} s")
DETAILS = (NO_ANSWER, SILENT)


class Chunk(NamedTuple):
    """Bytes as read, or one datagram, and the time right after the read (ns, of the clock handed in)."""

    data: bytes
    receipt_ns: int


class PortLink:
    """One port of one device."""

    def __init__(
        self,
        endpoint: Endpoint,
        folder: Path,
        clock: Clock,
        *,
        silence_ms: int | None = None,
        reopen_ms: int = 2000,
        monotonic: Clock = time.monotonic_ns,
    ) -> None:
        self.endpoint = endpoint
        self.counters: Counter[str] = Counter()
        self.error: str | None = None  # the last fault, until data come again
        self.last_receipt_ns = 0
        self.up = False
        self._folder = folder
        self._clock = clock
        self._monotonic = monotonic
        self.silence_ns = None if silence_ms is None else silence_ms * NS_PER_MS  # None: it speaks only when spoken to
        self._reopen_ms = reopen_ms
        self._channel: Channel | None = None
        self._failures = 0
        self._attempt_ns: int | None = None  # monotonic, as all that follow: no attempt to open before
        self._opened_ns = 0
        self._up_ns = 0
        self._heard_ns: int | None = None  # since it is up
        self._checked_ns = 0
        self._read_ns = 0
        self._flood = Flood()
        self._unsent: list[bytes] = []

    def tick(self, now_ns: int) -> bool:
        """Open, open again, notice silence. Return True when bytes can flow from now on.

        `now_ns`, of the caller's clock, decides nothing: it may step.
        """
        at_ns = self._monotonic()
        try:
            if self._channel is None:
                return (self._attempt_ns is None or at_ns >= self._attempt_ns) and self._open(at_ns)
            if not self.up:
                return self._connect(self._channel, at_ns)
            self._watch(self._channel, at_ns)
        except LinkError as error:
            self._fail(error)
        return False

    def fileno(self) -> int | None:
        """Return the descriptor to poll, None while no bytes can flow."""
        return self._channel.fileno() if self._channel and self.up else None

    @property
    def alive(self) -> bool:
        """Whether it is open and the device, where it should speak by itself, has spoken since."""
        return self.up and (self.silence_ns is None or self._heard_ns is not None)

    @property
    def unsent(self) -> bool:
        """Whether bytes wait for the device to take them."""
        return bool(self._unsent)

    def read(self) -> list[Chunk]:
        """Return the bytes that can be read now: a chunk of a stream, or datagrams up to as many bytes and so many."""
        chunks: list[Chunk] = []
        if not self._channel or not self.up:
            return chunks
        try:
            for _ in range(DATAGRAMS_PER_READ if self._channel.datagrams else 1):
                data = self._channel.read()
                if data is None:
                    break
                self.last_receipt_ns, self._heard_ns = self._clock(), self._monotonic()
                self._read_ns = self._heard_ns
                if self._channel.datagrams and self._flood.has(self._heard_ns):
                    self.counters["flood"] += 1
                    continue
                chunks.append(Chunk(data, self.last_receipt_ns))
                if sum(len(chunk.data) for chunk in chunks) >= READ_SIZE:
                    break
        except LinkError as error:
            self._fail(error)
        return chunks

    @property
    def rests(self) -> bool:
        """Whether datagrams were read a moment ago: those that came since are read together, a little later."""
        channel = self._channel
        return channel is not None and channel.datagrams and self._monotonic() - self._read_ns < REST_NS

    def write(self, data: bytes) -> None:
        """Send, as far as the device takes it; keep a bounded rest for `flush`, drop and count beyond it."""
        if not self.up or sum(map(len, self._unsent)) + len(data) > WRITE_LIMIT:
            self.counters["overrun"] += len(data)
            return
        self._unsent.append(data)
        self.flush()

    def flush(self) -> None:
        """Send the rest of earlier writes, as far as the device takes it."""
        if not self._channel or not self.up:
            return
        try:
            while self._unsent:
                taken = self._channel.write(self._unsent[0])
                if taken < len(self._unsent[0]):
                    self._unsent[0] = self._unsent[0][taken:]
                    return
                del self._unsent[0]
        except LinkError as error:
            self._fail(error)

    def close(self) -> None:
        """Give the channel back; the next tick opens it again."""
        if self._channel:
            self._channel.close()
        self._channel, self.up = None, False
        self._unsent.clear()

    def _open(self, at_ns: int) -> bool:
        self._channel = open_channel(self.endpoint, self._folder, self.counters)
        self._opened_ns = self._checked_ns = at_ns
        return self._connect(self._channel, at_ns)

    def _connect(self, channel: Channel, at_ns: int) -> bool:
        self.up = channel.connected()
        if self.up:
            self._up_ns, self._heard_ns = at_ns, None
        elif at_ns - self._opened_ns > CONNECT_LIMIT_NS:
            raise OpenError(NO_ANSWER.en)
        return self.up

    def _watch(self, channel: Channel, at_ns: int) -> None:
        if self.alive:
            self._failures, self.error = 0, None  # a port that opens proves nothing yet
        quiet_ns = at_ns - (self._up_ns if self._heard_ns is None else self._heard_ns)
        if self.silence_ns is not None and quiet_ns > self.silence_ns:
            raise LostError(SILENT.say(f"{quiet_ns / 1e9:.1f}"))
        if at_ns - self._checked_ns >= CHECK_PERIOD_NS:
            self._checked_ns = at_ns
            channel.check()

    def _fail(self, error: LinkError) -> None:
        self.close()
        self.error = str(error)
        self.counters[error.reason] += 1
        wait_ms = min(FIRST_WAIT_MS << min(self._failures, 16), self._reopen_ms)
        self._attempt_ns = self._monotonic() + wait_ms * NS_PER_MS
        self._failures += 1
