"""One connection over a TCP stream, with or without TLS, on its own thread: octets of the dialect's session.

A message that the platform does not answer is held when it has been written and the line is not stalled; the others
when their answer comes. A heartbeat without an answer for the session's patience is a miss; several in a row end the
connection.
"""

from __future__ import annotations

import asyncio
import time
from typing import cast

import structlog

from rsu.reasons import platform as words
from rsu.reasons.broker import Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import diagnosis, validity
from rsu.uplink.brokerless import BrokerlessLink
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import HELD, Answer, Dialect, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.replies import Replies
from rsu.uplink.session import StreamDialect, StreamWord

CONNECT_TIMEOUT_S = 10.0  # for TCP and TLS, then for the welcome
_STALLED_OCTETS = 1 << 18  # that wait for the line
_READ_OCTETS = 1 << 16
_GOODBYE_S = 0.5
_log = structlog.get_logger()


class StreamLink(BrokerlessLink):
    """One attempt, and the connection that comes of it."""

    def __init__(
        self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
    ) -> None:
        """Prepare; connects in `start`. `max_qos` has no meaning here."""
        super().__init__(settings, rscu, credentials, dialect)
        self._context = credentials.context
        self._dialect = cast(StreamDialect, dialect)
        self._session = self._dialect.session(self._login)
        self._replies = Replies()
        self._trouble: Cause | None = None
        self._heard = asyncio.Event()  # a heartbeat was answered, or the session has begun
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: asyncio.StreamWriter | None = None

    def send(self, record: SpooledRecord, said: list[Publication]) -> bool:
        """Give a record to the connection as the dialect says it; False: it is down, nothing was taken."""
        if not self.connected or self._loop is None:
            return False
        try:
            self._loop.call_soon_threadsafe(self._write, record, said)
        except RuntimeError:  # the loop has just ended
            return False
        return True

    def stop(self) -> None:
        """Close the connection."""
        if self._loop is not None and self.connected:
            self._loop.call_soon_threadsafe(self._close)
            self._thread.join(_GOODBYE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # any error by the other side's octets ends this connection only
            if self._trouble is None:
                self._trouble = diagnosis.of_exception(error, self._settings, while_connecting=not self.connected)
        self.connected = False
        self.ended = self._trouble or words.CLOSED

    async def _serve(self) -> None:
        host = self._settings.host
        opening = asyncio.open_connection(host, self._settings.port, ssl=self._context)
        reader, writer = await asyncio.wait_for(opening, CONNECT_TIMEOUT_S)
        self._loop, self._writer = asyncio.get_running_loop(), writer
        self.peer_until = validity.of_peer(writer.get_extra_info("ssl_object"))
        reading, beating = asyncio.create_task(self._read(reader)), asyncio.create_task(self._beat(writer))
        done, pending = await asyncio.wait({reading, beating}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        self._close()
        for task in done:
            task.result()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_READ_OCTETS):
            try:
                said = self._session.received(data)
            except ValueError as error:
                self.unreadable += 1
                self._trouble = words.OTHER_PROTOCOL.of(str(error)[:100])
                return
            for word in said:
                self._take(word)
            if self._trouble is not None:
                return

    def _take(self, word: StreamWord) -> None:
        if word.word == "unwelcome":
            self._trouble = words.LOGIN_REFUSED.of(word.text)
        elif word.word == "answer":
            record = self._replies.taken(word.key)
            if record is not None:
                kind = self._dialect.way(record.kind)
                self.answers.put(Answer(kind, record.boot, record.first, record.seq, word.code, word.text))
        else:
            self._heard.set()

    async def _beat(self, writer: asyncio.StreamWriter) -> None:
        """Say hello, then a heartbeat from time to time; return when one is missed too often."""
        writer.write(self._session.hello(time.time_ns()))
        if not await self._answered(CONNECT_TIMEOUT_S):
            self._trouble = diagnosis.silence(CONNECT_TIMEOUT_S)
            return
        self.connected = True
        _log.info("platform connected")
        missed = 0
        while missed < self._session.misses:
            await asyncio.sleep(self._session.beat_s if not missed else 0.0)
            writer.write(self._session.beat(time.time_ns()))
            missed = 0 if await self._answered(self._session.patience_s) else missed + 1
        self._trouble = words.NO_HEARTBEAT.of(missed)

    async def _answered(self, patience_s: float) -> bool:
        try:
            await asyncio.wait_for(self._heard.wait(), patience_s)
        except TimeoutError:
            return False
        self._heard.clear()
        return True

    def _write(self, record: SpooledRecord, said: list[Publication]) -> None:
        writer = self._writer
        if writer is None or writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() > _STALLED_OCTETS:
            return  # it is sent again
        keys = [each.key for each in said if each.key]
        if keys:
            self._replies.given(record, keys)
        writer.write(b"".join(self._session.octets(each) for each in said))
        if not keys:
            kind = self._dialect.way(record.kind)
            self.answers.put(Answer(kind, record.boot, record.first, record.seq, HELD, ""))

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
