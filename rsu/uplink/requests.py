"""Records as HTTP(S) requests, one after the other, on its own thread: for platforms that take low rates so.

A record is held when the platform's reply to each of its requests says so. The connection is kept between requests; one
that the server has closed meanwhile is made anew once.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from queue import SimpleQueue
from typing import cast

import structlog

from rsu.reasons import platform as words
from rsu.reasons.broker import Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import diagnosis
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import HELD, Answer, Dialect, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import ReplyVerdict, RequestDialect

_TIMEOUT_S = 10.0  # for TCP and TLS, and for each reply
_MAX_REPLY_OCTETS = 1 << 16
_GOODBYE_S = 0.5
_CLOSED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)
_log = structlog.get_logger()


class RequestLink:
    """One attempt, and the connection that comes of it."""

    room = None
    unheard = False

    def __init__(
        self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
    ) -> None:
        """Prepare; connects in `start`. `max_qos` has no meaning here."""
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.connected = False
        self.ended: Cause | None = None
        self.unreadable = 0
        self.denied: dict[str, str] = {}
        self.peer_until: str | None = None
        self._settings = settings
        self._dialect = cast(RequestDialect, dialect)
        login = dialect.login(Login(rscu, credentials.username, credentials.password), time.time_ns())
        self._headers = dict(self._dialect.headers(login))
        self._given: SimpleQueue[tuple[SpooledRecord, list[Publication]] | None] = SimpleQueue()
        host, port, context = settings.host, settings.port, credentials.context
        self._http = (
            http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
            if context is None
            else http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=context)
        )
        self._thread = threading.Thread(target=self._run, name="platform", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def send(self, record: SpooledRecord, said: list[Publication]) -> bool:
        """Give a record to the connection as the dialect says it; False: it is down, nothing was taken."""
        if not self.connected:
            return False
        self._given.put((record, said))
        return True

    def look(self) -> None:
        """Do nothing: replies are taken as they come."""

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
        if isinstance(self._http.sock, ssl.SSLSocket):
            self.peer_until = str((self._http.sock.getpeercert() or {}).get("notAfter", "")) or None

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
