"""The supervisor's watch over a site on probation: has it used, keeps it when it is proven, gives it back in time.

All is decided from the disk and the bus, so that the next supervisor goes on where one has ended.
"""

from __future__ import annotations

import time
from pathlib import Path

import structlog

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.bus.proof import Proof
from rsu.bus.sockets import Subscriber
from rsu.core.errors import RsuError
from rsu.daemon import site_copy
from rsu.daemon.duty import Duty
from rsu.reasons import probation as words
from rsu.site import probation
from rsu.site.history import SiteHistory
from rsu.site.probation import SiteProbation

_TOPICS = ["processes", "air", "uplink"]
UNUSABLE = (OSError, RsuError, *UNDECODABLE)  # a history that cannot be read or written
_log = structlog.get_logger()


def settle(site: Path) -> None:
    """Give back, before a daemon starts, a site whose probation ran out while none ran. It starts in any case."""
    history = SiteHistory(site)
    try:
        found = history.probation()
        if found is not None and found.state == "open" and found.left_s(probation.now_s(), probation.boot()) <= 0:
            _give_back(history, found, words.RESTARTED)
    except UNUSABLE as error:  # the watch tries again
        _log.error("site not returned", path=str(site), why=str(error))


def _give_back(history: SiteHistory, found: SiteProbation, why: Detail) -> None:
    if history.give_back(found.by, str(why)):
        _log.error("site returned", by=found.by, why=str(why))


class ProbationWatch:
    """The watch over one site file."""

    def __init__(self, site: Path, run: Path) -> None:
        self._history, self._site, self._run = SiteHistory(site), site, run
        self._by = ""  # the probation that is watched
        self._proof: Proof | None = None
        self._bus: Subscriber | None = None
        self._asked = False  # for the site file to be read again
        self._used = ""  # digest of the copy that is known to be of the files on probation

    def wants_reload(self, duty: Duty) -> bool:
        """Look at the disk; return whether the site file is to be read again, since it stands there on probation."""
        found = self._open()
        if found is None:
            self._end()
            return False
        if found.by != self._by:
            self._end()
            self._by, self._proof = found.by, Proof(found.working, found.needed_s)
            self._bus = Subscriber(self._run, _TOPICS)
        if self._asked or not self._is_whole():
            return False  # its files are still being written, or the change was cut off
        self._asked = True
        return not self._is_in_use(duty)

    def returned(self, duty: Duty, going_over: bool, why: str) -> bool:
        """Judge; return whether the files before were put back. `why`: the daemon has not taken the new ones."""
        found = self._open()
        if found is None or self._proof is None or self._bus is None:
            return False
        now = time.monotonic()
        for _, record in self._bus.records():
            self._proof.take(record, now)
        why = why if self._asked else ""  # else it was said of a site before
        proven = self._proof.proven(not going_over and self._is_in_use(duty), now)
        if proven and not why and self._history.keep(found.by):
            _log.info("site kept", by=found.by)
            return False
        if why or found.left_s(probation.now_s(), probation.boot()) <= 0:
            said = words.NOT_TAKEN.of(why) if why else words.IN_TIME.of(self._proof.missing)
            _give_back(self._history, found, said)
            return True
        return False

    def _open(self) -> SiteProbation | None:
        found = self._history.probation()
        return found if found is not None and found.state == "open" else None

    def _is_whole(self) -> bool:
        """Tell whether all files of the version on probation are there."""
        newest = next(reversed(self._history.versions()), None)
        return newest is not None and newest.why == self._by

    def _is_in_use(self, duty: Duty) -> bool:
        """Tell whether the daemon runs on the files that stand there, and these are whole."""
        if duty.digest == self._used:
            return True
        if not self._is_whole():
            return False
        try:
            same = site_copy.gather(self._site).digest == duty.digest
        except (RsuError, OSError):
            return False
        self._used = duty.digest if same else ""
        return same

    def _end(self) -> None:
        if self._bus is not None:
            self._bus.close()
        self._by, self._proof, self._bus, self._asked, self._used = "", None, None, False, ""
