"""Records as HTTP(S) requests, one after the other, on its own thread: for platforms that take low rates so.

A record is held when the platform's reply to each of its requests says so. The connection is kept between requests; one
that the server has closed meanwhile is made anew once.
"""

from __future__ import annotations

import http.client
from queue import SimpleQueue
from typing import cast

import structlog

from rsu.reasons import platform as words
from rsu.site.uplink import PlatformSettings
from rsu.uplink import diagnosis, validity
from rsu.uplink.brokerless import BrokerlessLink
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import HELD, Answer, Dialect, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import ReplyVerdict, RequestDialect

_TIMEOUT_S = 10.0  # for TCP and TLS, and for each reply
_MAX_REPLY_OCTETS = 1 << 16
_GOODBYE_S = 0.5
_CLOSED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)
_log = structlog.get_logger()


class RequestLink(BrokerlessLink):
    """One attempt, and the connection that comes of it."""

    def __init__(
        self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
    ) -> None:
        """Prepare; connects in `start`. `max_qos` has no meaning here."""
        super().__init__(settings, rscu, credentials, dialect)
        self._dialect = cast(RequestDialect, dialect)
        self._headers = dict(self._dialect.headers(self._login))
        self._given: SimpleQueue[tuple[SpooledRecord, list[Publication]] | None] = SimpleQueue()
        host, port, context = settings.host, settings.port, credentials.context
        self._http = (
            http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
            if context is None
            else http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=context)
        )

    def send(self, record: SpooledRecord, said: list[Publication]) -> bool:
        """Give a record to the connection as the dialect says it; False: it is down, nothing was taken."""
        if not self.connected:
            return False
        self._given.put((record, said))
        return True

    def stop(self) -> None:
        """End after the request that is under way."""
        self._given.put(None)
        if self.connected:
            self._thread.join(_GOODBYE_S)

    def _run(self) -> None:
        trouble = words.CLOSED
        try:
            self._connect()
            self.connected = True
            _log.info("platform connected")
            while (given := self._given.get()) is not None:
                self._serve(*given)
        except http.client.HTTPException as error:
            trouble = words.NO_HTTP.of(repr(error)[:100])
        except Exception as error:  # any error by the other side's octets ends this connection only
            trouble = diagnosis.of_exception(error, self._settings, while_connecting=not self.connected)
        self.connected = False
        self._http.close()
        self.ended = trouble

    def _connect(self) -> None:
        self._http.connect()
        self.peer_until = validity.of_peer(self._http.sock)

    def _serve(self, record: SpooledRecord, said: list[Publication]) -> None:
        verdicts = [self._ask(each) for each in said]
        worst = max(verdicts, key=lambda verdict: verdict.code, default=ReplyVerdict(HELD, ""))
        self.answers.put(
            Answer(self._dialect.way(record.kind), record.boot, record.first, record.seq, worst.code, worst.text)
        )

    def _ask(self, said: Publication) -> ReplyVerdict:
        try:
            return self._request(said)
        except _CLOSED:  # the server had closed the connection that was kept
            self._http.close()
            self._connect()
            return self._request(said)

    def _request(self, said: Publication) -> ReplyVerdict:
        self._http.request("POST", said.topic, said.body, self._headers)
        reply = self._http.getresponse()
        body = reply.read(_MAX_REPLY_OCTETS)
        if not reply.isclosed():
            self._http.close()  # the rest of a reply beyond all measure is not read
        return self._dialect.verdict(reply.status, body)
