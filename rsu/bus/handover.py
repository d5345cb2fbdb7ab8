"""Reports from the station to the uplink process (`resend`): they are held when they are on disk, as a rule in 50 ms.

When the outbox overflows (uplink gone for long) the oldest report of the lowest class is given up, live ones first. A
marker of kind SKIPPED takes its place and says which numbers it stands for (`first`..`seq`) and how many of each kind,
so that every number stays accounted for, up to the platform. Neighbouring markers become one. A marker also stands for
the uplink has held and lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rsu.bus.records import Report
from rsu.bus.resend import Outbox
from rsu.bus.told import GivenUp, Told

BEFORE = 0  # reports are numbered 1, 2, 3...
_AT_ONCE = 100
SKIPPED = "skipped"

LIVE = 0  # rank of states that the next record of their kind supersedes
RANK = {  # the order in which records are given up: live records, then statistics, then events; SKIPPED never
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


def beyond(marker: Report, seq: int) -> Report:
    """Return the rest of a marker of which the numbers up to `seq` are held: they were given up too late."""
    assert isinstance(marker.data, GivenUp)
    return _marker(marker.boot, marker.stamp_ns, seq + 1, marker.seq, marker.data.evicted)


class ReportOutbox(Outbox[Report]):
    """The reports of one boot that are not on disk."""

    def __init__(self, boot: str, limit: int = 1000) -> None:
        """Begin a boot. `limit`: reports kept; markers, at most one more than these, come on top."""
        super().__init__(boot, BEFORE, _AT_ONCE)
        self.evicted: Counter[str] = Counter()  # kind -> reports given up
        self._boot = boot
        self._limit = limit
        self._stamp_ns = 0  # of the newest

    def __len__(self) -> int:
        """Return how many reports (markers not counted) wait for their commit."""
        return sum(report.kind != SKIPPED for report in self._things)

    def add(self, kind: str, stamp_ns: int, data: Told, live: bool = False) -> Report:
        """Number and keep a report; it is sent by the next `due`. `live`: the next of its kind supersedes it."""
        self._stamp_ns = stamp_ns
        report = Report(kind, stamp_ns, self._boot, self._last + 1, data, live)
        self._add(report)
        if len(self) > self._limit:
            self._give_up()
        return report

    def _cut(self, seq: int) -> None:
        if self._things and first_of(self._things[0]) <= seq:
            self._things[0] = beyond(self._things[0], seq)

    def _forgotten(self, seq: int, held: int) -> None:
        self._things.insert(0, _marker(self._boot, self._stamp_ns, seq + 1, held, {}))

    def _give_up(self) -> None:
        """Replace the oldest report of the lowest class by a marker, one with the markers beside it."""
        things = self._things
        index = min(range(len(things)), key=lambda i: (rank(things[i].kind, things[i].live), i))
        given_up = things[index]
        self.evicted[given_up.kind] += 1
        low = index - 1 if index > 0 and things[index - 1].kind == SKIPPED else index
        high = index + 1 if things[index + 1 : index + 2] and things[index + 1].kind == SKIPPED else index
        counts = Counter({given_up.kind: 1})
        for report in things[low : high + 1]:
            counts.update(report.data.evicted if isinstance(report.data, GivenUp) else {})
        first, last = things[low], things[high]
        things[low : high + 1] = [_marker(self._boot, last.stamp_ns, first_of(first), last.seq, counts)]
