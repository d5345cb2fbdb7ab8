"""Sends records that wait in the store to the platform, as far as the windows let, and takes its answers.

Each stream (kind and class of record) has its own window: one that the platform does not take holds up no other.
Important ones go first. A connection that has ended is made anew at intervals that double; certificates and password
are read for each.
"""

from __future__ import annotations

import time
from queue import Empty

import structlog

from rsu.bus.handover import LIVE, RANK
from rsu.reasons.broker import NOT_YET, PUT_RIGHT, QOS_0_ONLY, Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import credentials, diagnosis, transport
from rsu.uplink.attempts import Attempts
from rsu.uplink.command_port import CommandPort
from rsu.uplink.dialect import Answer, Dialect
from rsu.uplink.errors import CredentialsError, TooLargeError
from rsu.uplink.ledger import UNREADABLE, Ledger
from rsu.uplink.link import BrokerLink
from rsu.uplink.record import Range
from rsu.uplink.silence import Silence
from rsu.uplink.spool import Waiting
from rsu.uplink.store import Store
from rsu.uplink.transaction import REFUSED, TOO_LARGE, Unfit
from rsu.uplink.transport import PlatformLink
from rsu.uplink.window import LiveWindow, Window

_SHORT_S = 60.0  # a connection that lasted less was no good one
_SHORT_ONES = 3  # in a row are no accident
_log = structlog.get_logger()

Stream = tuple[str, int]  # kind, rank


class PlatformSender:
    """The platform's side of the uplink process."""

    def __init__(self, settings: PlatformSettings, rscu: str, max_live: int, dialect: Dialect) -> None:
        """Prepare; connects in `send`. `max_live`: live records of one kind that the store keeps."""
        self.settings = settings
        self.dialect = dialect
        self.silence = Silence(settings.ack_timeout_s)
        self.refusal: str | None = None  # the platform's reason for the record that it refused last
        self.commands: CommandPort | None = None
        self._rscu = rscu
        timeout_ns = round(settings.ack_timeout_s * 1e9)
        self._windows: dict[Stream, Window] = {
            (kind, rank): Window(settings.in_flight, timeout_ns) for kind, rank in RANK.items() if rank != LIVE
        } | {(kind, LIVE): LiveWindow(max_live, timeout_ns) for kind in RANK}
        self._streams = sorted(self._windows, key=lambda stream: -stream[1])
        self._ledger = Ledger()
        self._attempts = Attempts(settings.reconnect_max_s)
        self._link: PlatformLink | None = None
        self._up_s: float | None = None  # monotonic; since when the connection is up
        self._max_qos = 1
        self._short = 0  # connections in a row that came up and did not last
        self._unfit: list[Unfit] = []
        self._untold: list[Range] = []  # records that this platform is not told of: done without being sent
        self._unreadable = 0  # acknowledgements, on connections that have ended
        self.trouble: Cause | None = NOT_YET

    @property
    def platform(self) -> str:
        """Return the platform's address."""
        return f"{self.settings.host}:{self.settings.port}"

    @property
    def connected(self) -> bool:
        """Tell whether records can be sent now."""
        return self._up_s is not None

    @property
    def unstable(self) -> Cause | None:
        """Return the fault of connections that come up and do not last."""
        lasts = self._up_s is not None and time.monotonic() - self._up_s >= _SHORT_S
        return diagnosis.unstable(self._short) if self._short >= _SHORT_ONES and not lasts else None

    @property
    def link(self) -> PlatformLink | None:
        """Return the connection, or the attempt, if there is one."""
        return self._link

    @property
    def stray(self) -> dict[str, int]:
        """Return reason -> answers that changed nothing."""
        unreadable = self._unreadable + (self._link.unreadable if self._link is not None else 0)
        return {reason: count for reason, count in {**self._ledger.stray, UNREADABLE: unreadable}.items() if count}

    def taken(self) -> tuple[list[Range], list[Unfit]]:
        """Return the records acknowledged since the last call, and those to set aside."""
        found: list[Answer] = []
        while self._link is not None:
            try:
                found.append(self._link.answers.get_nowait())
            except Empty:
                break
        total = self._ledger.sum(found)
        for kind in total.kinds:
            self.silence.answered(kind)
        refused = [Unfit(numbers, REFUSED, text) for numbers, text in total.refused]
        numbers = [*total.held, *(each.numbers for each in refused)]
        for window in self._windows.values() if numbers else ():
            window.acknowledged(numbers, time.monotonic_ns())
        if refused and refused[-1].text != self.refusal:
            self.refusal = refused[-1].text
            _log.error("record refused by the platform", why=self.refusal, seq=refused[-1].numbers.last)
        unfit, self._unfit = refused + self._unfit, []
        untold, self._untold = self._untold, []
        return total.held + untold, unfit

    def send(self, store: Store) -> None:
        """Send the records that may be sent now; connect if it is time for that."""
        if self._link is None:
            self._connect()
        elif self._link.ended is not None:
            self._ended(self._link.ended)
        elif self._link.connected:
            if self._up_s is None:
                self._came_up()
            self._link.look()
            for stream in self._streams:
                self._send_stream(self._link, stream, store)

    def _connect(self) -> None:
        now_s, signature = time.monotonic(), credentials.signature(self.settings)
        if not self._attempts.due(now_s, signature):
            return
        self._attempts.begun(signature)
        try:
            found = credentials.read(self.settings)
        except CredentialsError as error:
            self._fail(Cause(error.args[0], PUT_RIGHT, stubborn=True), 0.0)
            return
        self._link = transport.make(self.settings, self._rscu, found, self.dialect, self._max_qos)
        if isinstance(self._link, BrokerLink):
            self._link.commands = self.commands
        self._link.start()

    def _came_up(self) -> None:
        self._up_s, self.trouble = time.monotonic(), None
        self.silence.restart()
        for window in self._windows.values():
            window.restart()

    def _ended(self, trouble: Cause) -> None:
        lasted_s = 0.0 if self._up_s is None else time.monotonic() - self._up_s
        if self._up_s is not None:
            self._short = self._short + 1 if lasted_s < _SHORT_S else 0
        if self._link is not None:
            self._unreadable += self._link.unreadable
        self._link, self._up_s = None, None
        if trouble is QOS_0_ONLY:
            self._max_qos = 0
        self._fail(trouble if trouble.stubborn else self.unstable or trouble, lasted_s)

    def _fail(self, trouble: Cause, lasted_s: float) -> None:
        self._attempts.failed(time.monotonic(), lasted_s, trouble.stubborn)
        if trouble != self.trouble:
            _log.warning("platform not connected", error=str(trouble))
        self.trouble = trouble

    def _send_stream(self, link: PlatformLink, stream: Stream, store: Store) -> None:
        kind, rank = stream
        window, now_ns = self._windows[stream], time.monotonic_ns()
        after, room = window.place(now_ns)
        for number in window.overdue(now_ns):
            found = store.waiting(kind, rank, number - 1, 1)
            if store.error is not None:
                return
            if not found or found[0].id != number:
                window.gone(number)
            elif not self._give(link, window, found[0], now_ns):
                return
        batch = store.waiting(kind, rank, after, room) if room else []
        for waiting in batch:
            if not self._give(link, window, waiting, now_ns):
                return
        if not batch:
            window.nothing_follows()

    def _give(self, link: PlatformLink, window: Window, waiting: Waiting, now_ns: int) -> bool:
        """Give one record to the connection, or set it aside; False: the connection is down."""
        record = waiting.record
        try:
            said = self.dialect.publications(record, link.room)
        except TooLargeError as error:
            window.skip(waiting.id)
            self._unfit.append(Unfit(Range(record.boot, record.first, record.seq), TOO_LARGE, str(error)))
            _log.error("record too large for the broker", kind=record.kind, seq=record.seq, why=str(error))
            return True
        if not said:
            window.skip(waiting.id)
            self._untold.append(Range(record.boot, record.first, record.seq))
            return True
        if not link.send(record, said):
            return False
        way = self.dialect.way(record.kind)
        self._ledger.sent(way, record)
        self.silence.asked(way)
        window.sent(waiting, now_ns)
        return True

    def close(self) -> None:
        """Say goodbye to the platform."""
        if self._link is not None:
            self._link.stop()
