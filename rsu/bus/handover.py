"""Hand-over of reports from the station to the uplink process without loss: go-back-N over a bus that may drop.

The station numbers its reports 1, 2, 3... within a boot and keeps each until the uplink's word (`Committed`) says that
it is on disk; without such progress for RESEND_NS it sends again from the oldest. The uplink takes a report only when
it is the next one. So kill -9 of the uplink loses nothing; kill -9 of the station loses only what was not committed at
that moment: about one group commit (50 ms) while the uplink runs.

When the outbox overflows (uplink gone for long) the oldest report of the lowest class is given up, live ones first. A
marker of kind SKIPPED takes its place and says which numbers it stands for (`first`..`seq`) and how many of each kind,
so that every number stays accounted for, up to the platform. Neighbouring markers become one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice

from rsu.bus.records import Committed, Report
from rsu.bus.told import GivenUp, Told

RESEND_NS = 1_000_000_000
WINDOW = 100  # reports under way, far fewer than the bus queues per subscriber
SKIPPED = "skipped"

LIVE = 0  # rank of states that the next record of their kind supersedes
RANK = {  # what is given up first: live records, then statistics, then events; SKIPPED never
    "participant": LIVE,
    "lamp": LIVE,
    "traffic": 1,
    "event": 2,
    "basic-status": 2,
    "run-status": 2,
    SKIPPED: 3,
}


def rank(kind: str, live: bool) -> int:
    """Return the class of a record: the lowest is given up first."""
    return LIVE if live else RANK[kind]


def first_of(report: Report) -> int:
    """Return the first number that a report stands for: its own, except for a marker."""
    return report.data.first if isinstance(report.data, GivenUp) else report.seq


def _marker(boot: str, stamp_ns: int, first: int, seq: int, evicted: Mapping[str, int]) -> Report:
    return Report(SKIPPED, stamp_ns, boot, seq, GivenUp(first, dict(evicted)))


def _beyond(marker: Report, seq: int) -> Report:
    """Return what is left of a marker of which the numbers up to `seq` are on disk: they were given up too late."""
    assert isinstance(marker.data, GivenUp)
    return _marker(marker.boot, marker.stamp_ns, seq + 1, marker.seq, marker.data.evicted)


class Outbox:
    """The station's side: numbers reports and keeps them until they are committed. Pure; time comes in."""

    def __init__(self, boot: str, limit: int = 1000) -> None:
        """Begin a boot. `limit`: reports kept; markers, at most one more than these, come on top."""
        self.evicted: Counter[str] = Counter()  # kind -> reports given up
        self._boot = boot
        self._limit = limit
        self._reports: list[Report] = []  # not committed, in order; their numbers have no holes
        self._last = 0  # number of the newest report
        self._stamp_ns = 0  # and its time
        self._sent = 0  # number up to which was sent since the last go-back
        self._moved = True
        self._progress_ns = 0

    def __len__(self) -> int:
        """Return how many reports (markers not counted) wait for their commit."""
        return sum(report.kind != SKIPPED for report in self._reports)

    def add(self, kind: str, stamp_ns: int, data: Told, live: bool = False) -> Report:
        """Number and keep a report; it is sent by the next `due`. `live`: the next of its kind supersedes it."""
        self._last += 1
        self._stamp_ns = stamp_ns
        report = Report(kind, stamp_ns, self._boot, self._last, data, live)
        self._reports.append(report)
        if len(self) > self._limit:
            self._give_up()
        return report

    def committed(self, word: Committed) -> None:
        """Take the uplink's word; one behind an earlier word tells of a lost spool and is answered by a marker."""
        if word.boot != self._boot or word.seq > self._last:
            return
        base = first_of(self._reports[0]) if self._reports else self._last + 1
        if word.seq >= base:
            self._reports = [report for report in self._reports if report.seq > word.seq]
            if self._reports and first_of(self._reports[0]) <= word.seq:
                self._reports[0] = _beyond(self._reports[0], word.seq)
            self._moved = True
        elif word.seq < base - 1:
            self._reports.insert(0, _marker(self._boot, self._stamp_ns, word.seq + 1, base - 1, {}))
            self._sent = word.seq

    def due(self, now_ns: int) -> list[Report]:
        """Return what to publish now: what is new, or, without progress for RESEND_NS, the oldest ones again."""
        if self._moved or not self._reports or first_of(self._reports[0]) > self._sent:
            self._moved, self._progress_ns = False, now_ns
        elif not 0 <= now_ns - self._progress_ns < RESEND_NS:  # clocks step back too
            self._sent, self._progress_ns = 0, now_ns
        due = [report for report in islice(self._reports, WINDOW) if report.seq > self._sent]
        if due:
            self._sent = due[-1].seq
        return due

    def _give_up(self) -> None:
        """Replace the oldest report of the lowest class by a marker, one with the markers beside it."""
        index = min(range(len(self._reports)), key=lambda i: (rank(self._reports[i].kind, self._reports[i].live), i))
        given_up = self._reports[index]
        self.evicted[given_up.kind] += 1
        low = index - 1 if index > 0 and self._reports[index - 1].kind == SKIPPED else index
        high = index + 1 if self._reports[index + 1 : index + 2] and self._reports[index + 1].kind == SKIPPED else index
        counts = Counter({given_up.kind: 1})
        for report in self._reports[low : high + 1]:
            counts.update(report.data.evicted if isinstance(report.data, GivenUp) else {})
        first, last = self._reports[low], self._reports[high]
        self._reports[low : high + 1] = [_marker(self._boot, last.stamp_ns, first_of(first), last.seq, counts)]


class Inlet:
    """The uplink's side: takes each number of each boot once and in order. Pure."""

    def __init__(self, committed: Mapping[str, int]) -> None:
        """Begin with what is on disk: boot -> last number."""
        self._committed = dict(committed)
        self._accepted = dict(committed)
        self._boot: str | None = None

    def accept(self, report: Report) -> Report | None:
        """Return the report if it is the next one of its boot (a marker: without what is known), else None."""
        self._boot = report.boot
        known = self._accepted.get(report.boot, 0)
        if not first_of(report) <= known + 1 <= report.seq:
            return None
        self._accepted[report.boot] = report.seq
        if isinstance(report.data, GivenUp):
            return _marker(report.boot, report.stamp_ns, known + 1, report.seq, report.data.evicted)
        return report

    def commit(self) -> None:
        """Note that everything accepted is on disk."""
        self._committed = dict(self._accepted)

    def roll_back(self) -> None:
        """Note that what was accepted since the last commit is not on disk: the station will send it again."""
        self._accepted = dict(self._committed)

    def word(self) -> Committed | None:
        """Return what to tell the station that was heard last; None before any."""
        return None if self._boot is None else Committed(self._boot, self._committed.get(self._boot, 0))
