"""Takes the station's reports to disk and says so; survives all faults of the disk.

A group of reports is committed as a whole or forgotten as a whole: the station sends a forgotten group again. A spool
that cannot be opened or written is tried again; a damaged one is set aside, and its readable rows are kept. Nothing
here raises for the disk's sake.
Ages count the time the box runs, not the clock, which may step by years when GNSS first sets it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from rsu.bus.handover import BEFORE, beyond, first_of, rank
from rsu.bus.records import Committed, Report
from rsu.bus.resend import Inlet
from rsu.bus.told import GivenUp
from rsu.reasons import uplink as words
from rsu.site.uplink import SpoolSettings
from rsu.uplink.errors import SpoolDamagedError, SpoolError
from rsu.uplink.record import Range, SpooledRecord
from rsu.uplink.spool import Spool, Waiting, open_spool
from rsu.uplink.transaction import SpoolChanges, Unfit

GROUP_RECORDS = 100
_RETRY_NS = 1_000_000_000  # between attempts to open
_HOUSEKEEPING_NS = 10_000_000_000  # ages are looked at so often when nothing else is committed
_log = structlog.get_logger()

Payload = Callable[[Report], bytes]  # gives the octets of a report for the spool: the dialect's


class Store:
    """The spool, the group that is not yet committed, and the state of the disk."""

    def __init__(
        self, path: Path, settings: SpoolSettings, payload: Payload, steady: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Open the spool if that is possible now. `steady`: a clock that never steps, ns."""
        self.error: str | None = None
        self._path = path
        self._payload = payload
        self._settings = settings
        self._spool: Spool | None = None
        self._distrusted = False  # it proved damaged in use
        self._inlet = Inlet({}, BEFORE)
        self._group: list[SpooledRecord] = []
        self._skipped: Counter[str] = Counter()
        self._acknowledged: list[Range] = []
        self._unfit: list[Unfit] = []
        self._steady = steady
        self._clock_ns = 0  # added to the steady clock so that it goes on where the spool's clock stopped
        self._looked_ns = 0  # steady; last attempt to open or to commit
        self._open()

    @property
    def full(self) -> bool:
        """Tell whether the group is large enough to be committed."""
        return len(self._group) >= GROUP_RECORDS

    @property
    def counters(self) -> Mapping[str, int]:
        """Return the spool's counters; empty while there is none."""
        return self._spool.counters if self._spool is not None else {}

    def accept(self, report: Report) -> None:
        """Put a report into the group if it is the next one of its boot."""
        known = self._inlet.known(report.boot)
        if self._spool is None or not self._inlet.accept(report.boot, first_of(report), report.seq):
            return
        if isinstance(report.data, GivenUp):
            self._skipped.update(report.data.evicted)
            report = beyond(report, known)
        self._group.append(self._record(report))

    def _record(self, report: Report) -> SpooledRecord:
        of_class, payload = rank(report.kind, report.live), self._payload(report)
        return SpooledRecord(report.boot, first_of(report), report.seq, report.kind, of_class, report.stamp_ns, payload)

    def word(self) -> Committed | None:
        """Return the acknowledgement for the station: the number up to which all reports are on disk."""
        return self._inlet.word() if self._spool is not None else None

    def commit(self, acknowledged: Sequence[Range], unfit: Sequence[Unfit] = ()) -> None:
        """Commit the group, the acknowledgements and the unfit records, when there are any."""
        self._acknowledged += acknowledged
        self._unfit += unfit
        waited_ns = self._steady() - self._looked_ns
        if self._spool is None:
            if waited_ns >= _RETRY_NS:
                self._open()
        elif self._spool.damaged or self._group or self._acknowledged or self._unfit or waited_ns >= _HOUSEKEEPING_NS:
            self._write(self._spool)

    def _write(self, spool: Spool) -> None:
        self._looked_ns = self._steady()
        if _is_gone(self._path):
            self._restore(spool)
            return
        changes = SpoolChanges(time.time_ns(), self._group, self._acknowledged, self._unfit, self._skipped)
        try:
            spool.commit(changes, self._clock_ns + self._looked_ns)
        except SpoolError as error:
            self._inlet.roll_back()
            self._fail(words.SPOOL_READ_ONLY.say(error))
        except SpoolDamagedError as error:
            self._give_up(spool, error)
        else:
            self._inlet.commit()
            self._acknowledged, self._unfit = [], []
            self._recovered()
        self._group = []
        self._skipped.clear()

    def waiting(self, kind: str, rank: int, after: int, limit: int) -> list[Waiting]:
        """Return records of a stream to send; none while the disk fails, since none could be released either."""
        if self._spool is None or self.error is not None:
            return []
        try:
            return self._spool.waiting(kind, rank, after, limit)
        except SpoolError as error:
            self._fail(words.SPOOL_UNREADABLE.say(error))
        except SpoolDamagedError as error:
            self._give_up(self._spool, error)
        return []

    def _open(self) -> None:
        self._looked_ns = self._steady()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            opened = open_spool(self._path, self._settings, self._distrusted)
        except (SpoolError, SpoolDamagedError, OSError) as error:
            self._fail(words.SPOOL_CLOSED.say(error))
            return
        if opened.aside is not None:
            _log.error("spool set aside", kept=str(opened.aside), taken_over=opened.saved, lost=opened.lost)
        self._spool, self._distrusted = opened.spool, False
        self._clock_ns = self._spool.counters.get("clock", 0) - self._steady()
        self._inlet = Inlet(self._spool.boots(), BEFORE)
        self._recovered()

    def _restore(self, spool: Spool) -> None:
        """Put a spool that was deleted under us back into its place; the station sends the group again."""
        _log.error("spool was deleted, it is put back", path=str(self._path))
        self._group = []
        self._skipped.clear()
        self._inlet.roll_back()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            spool.copy(self._path)
        except (SpoolError, SpoolDamagedError, OSError) as error:
            self._fail(words.SPOOL_GONE.say(error))
            return
        spool.close()
        self._spool = None
        self._open()

    def _give_up(self, spool: Spool, error: SpoolDamagedError) -> None:
        """Leave a damaged spool; the next attempt to open sets it aside."""
        spool.close()
        self._spool, self._distrusted = None, True
        self._group, self._acknowledged, self._unfit = [], [], []
        self._fail(words.SPOOL_DAMAGED.say(error))

    def _fail(self, error: str) -> None:
        if error != self.error:
            _log.error("spool", error=error)
        self.error = error

    def _recovered(self) -> None:
        if self.error is not None:
            _log.info("spool works again", path=str(self._path))
        self.error = None

    def close(self) -> None:
        """Close the spool; a group that is not committed is the station's again."""
        if self._spool is not None:
            self._spool.close()


def _is_gone(path: Path) -> bool:
    """Tell whether a file was deleted; a disk that does not say is no sign of that."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
