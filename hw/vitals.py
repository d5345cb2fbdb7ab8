"""Vital figures of a device, over the last 10 s, and the alarms that follow from them. Pure.

Stamp: when a measurement was true, by the device's clock (the time of receipt where that clock is not believed).
Arrival: when its last octet was received. Figures are made once a second; each alarm has two thresholds
(`hw/hysteresis.py`). The state of a device (`hw/checkup.py`) decides on the use of its data; these alarms name
faults with which the data can still be used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import sub
from statistics import median
from typing import NamedTuple

import msgspec

from hw.hysteresis import Hysteresis
from hw.utc import NS
from hw.vital_rules import RULES
from perception.objects import Measurement

STEP_NS = NS
WINDOW = 10  # steps
FEW = 3  # of a fault in the window, that prove nothing
MOST = 1024  # measurements in a window that are looked at
BITS_PER_OCTET = 10  # of a serial line: start bit, 8 data bits, stop bit
MS = 1_000_000

Arrival = tuple[int, int]  # stamp ns, receipt ns


class Vitals(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a device. Shares are 0..1 of its messages in the window; None: too few data, or nothing to compare."""

    source_interval_ms: float | None = None  # from one stamp to the next, median
    arrival_interval_ms: float | None = None  # from one arrival to the next, median
    jitter_ms: float | None = None  # 95 % of the arrival intervals are nearer to the median
    age_ms: float | None = None  # arrival less stamp, median
    slower_share: float | None = None  # the source interval is longer than the nominal one by so much
    uneven_share: float | None = None  # arrival intervals outside 50 to 150 % of the expected one
    backward_share: float | None = None  # stamps before the one before
    ahead_share: float | None = None  # stamps too far in the future to be believed
    behind_share: float | None = None  # stamps too far in the past to be believed
    stuck_share: float | None = None  # stamps that stand still
    frozen_share: float | None = None  # contents that stand still
    duplicate_share: float | None = None
    reordered_share: float | None = None
    missing_share: float | None = None  # numbers of the device that never came
    damaged_share: float | None = None  # messages that could not be parsed
    octets_per_s: float = 0.0
    line_share: float | None = None  # share of the capacity of a serial line


class VitalAlarm(msgspec.Struct, frozen=True):
    """An alarm that is raised now."""

    code: str  # of `rsu.reasons`
    since_ns: int
    text: str  # the figure in words


# counter of a driver -> figure
COUNTED = {
    "clock-future": "ahead_share",
    "clock-past": "behind_share",
    "clock-stuck": "stuck_share",
    "frozen": "frozen_share",
    "duplicate": "duplicate_share",
    "repeated-scan": "duplicate_share",
    "reordered": "reordered_share",
    "gap": "missing_share",
}
_IN_STAMPS = ("ahead_share", "behind_share", "stuck_share")  # messages that are counted among the measurements too
SHARES = tuple(name for name in Vitals.__struct_fields__ if name.endswith("_share"))
NOTHING = Vitals()


class _Totals(NamedTuple):
    """Counts since the start at one step."""

    octets: int
    scans: int
    counts: dict[str, int]  # figure -> count


class VitalSigns:
    """Keeps the vital figures of one device. `baud`: of its serial line; None: it has none."""

    def __init__(self, baud: int | None = None) -> None:
        self._baud = baud
        self.figures = NOTHING
        self.alarms: tuple[VitalAlarm, ...] = ()
        self._arrivals: dict[type[Measurement], deque[Arrival]] = {}
        self._octets = self._scans = self._refused = 0
        self._steps: deque[_Totals] = deque([_Totals(0, 0, {})], maxlen=WINDOW + 1)
        self._stepped_ns = 0
        self._states = [Hysteresis(rule.limit) for rule in RULES]

    def hear(self, octets: int, found: Sequence[Measurement], refused: int) -> None:
        """Enter one read: its size, its measurements, and the count of messages that could not be used."""
        if found and not self._scans:
            self._refused = 0  # before, it was being set up
            self._steps.clear()
        self._octets += octets
        self._refused += refused
        for one in found:
            arrivals = self._arrivals.setdefault(type(one), deque(maxlen=MOST))
            if not arrivals or one.stamp_ns != arrivals[-1][0]:
                self._scans += 1
                arrivals.append((one.stamp_ns, one.receipt_ns))

    def is_due(self, now_ns: int) -> bool:
        """Tell whether the next step is due."""
        return not 0 <= now_ns - self._stepped_ns < STEP_NS

    def step(self, now_ns: int, counters: Mapping[str, int], nominal_hz: float) -> None:
        """Make the figures and alarms of now. `counters`: of driver and content; `nominal_hz`: 0 where unknown."""
        self._stepped_ns = now_ns
        counts = Counter({"damaged_share": self._refused})
        for name, figure in COUNTED.items():
            counts[figure] += counters.get(name, 0)
        self._steps.append(_Totals(self._octets, self._scans, counts))
        self.figures = self._made(now_ns - WINDOW * STEP_NS, nominal_hz)
        raised = []
        for rule, state in zip(RULES, self._states, strict=True):
            value: float | None = getattr(self.figures, rule.figure)
            state.step(now_ns, value)
            if state.since_ns is not None and value is not None:
                raised.append(VitalAlarm(rule.code, state.since_ns, rule.say(value)))
        self.alarms = tuple(raised)

    def _made(self, from_ns: int, nominal_hz: float) -> Vitals:
        first, last = self._steps[0], self._steps[-1]
        octets_per_s = (last.octets - first.octets) / max(1, len(self._steps) - 1)
        load = {} if self._baud is None else {"line_share": round(octets_per_s * BITS_PER_OCTET / self._baud, 3)}
        times = intervals(self._longest(from_ns), nominal_hz)
        return Vitals(octets_per_s=round(octets_per_s, 1), **(dict(_shares(first, last)) | load | times))

    def _longest(self, from_ns: int) -> deque[Arrival]:
        """Forget old arrivals; return those of the kind of measurement that comes most."""
        for arrivals in self._arrivals.values():
            while arrivals and arrivals[0][1] < from_ns:
                arrivals.popleft()
        return max(self._arrivals.values(), key=len, default=deque())


def _shares(first: _Totals, last: _Totals) -> Iterator[tuple[str, float]]:
    """Yield the share of each fault between two steps; none where nothing came."""
    scans = last.scans - first.scans
    faults = {figure: max(0, count - first.counts.get(figure, 0)) for figure, count in last.counts.items()}
    for figure, count in faults.items():
        total = scans if figure in _IN_STAMPS else scans + count
        if total:
            yield figure, round(min(1.0, count / total), 3) if count > FEW else 0.0


def intervals(arrivals: Iterable[Arrival], nominal_hz: float) -> dict[str, float]:
    """Return the figures of times that measurements, in the order of arrival, give. `nominal_hz`: 0 where unknown."""
    arrivals = list(arrivals)
    if len(arrivals) <= FEW:
        return {}
    stamps, receipts = zip(*arrivals, strict=True)
    source, arrival = (sorted(map(sub, times[1:], times)) for times in (stamps, receipts))
    paced_ns, usual_ns = median(source), median(arrival)
    apart_ns = sorted([abs(each - usual_ns) for each in arrival])
    figures = {
        "source_interval_ms": paced_ns / MS,
        "arrival_interval_ms": usual_ns / MS,
        "jitter_ms": apart_ns[(len(apart_ns) * 95 - 1) // 100] / MS,
        "age_ms": median(map(sub, receipts, stamps)) / MS,
    }
    if nominal_hz:
        nominal_ns = NS / nominal_hz
        expected_ns = min(nominal_ns, paced_ns) if paced_ns > 0 else nominal_ns  # faster than nominal is no fault
        backward = bisect_left(source, 0)
        shorter, as_long = bisect_left(arrival, expected_ns / 2), bisect_right(arrival, expected_ns * 3 / 2)
        figures |= {
            "slower_share": max(0.0, paced_ns / nominal_ns - 1),
            "uneven_share": (shorter + len(arrival) - as_long) / len(arrival),
            "backward_share": backward / len(source) if backward > 1 else 0.0,
        }
    return {name: round(value, 3) for name, value in figures.items()}
