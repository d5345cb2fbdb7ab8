"""Faults of a source's data, counted, each with its first and last place.

Pure; for frames of others while they are imported, and for the drivers' output from a recording.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from statistics import median

import msgspec

_S = 1_000_000_000
_BORN_NS = 1_514_764_800 * _S  # 2018: no roadside sensor of this kind is older
_STUCK_NS = 500_000_000  # the same time for so long
_GAP = 5  # times the usual interval
_RECENT = 8  # frames
_SETTLED = 20  # intervals from which the usual one is known

TEXTS = {
    "duplicate": "the same objects again, to the last digit",
    "out-of-order": "older than the frame before",
    "stuck-clock": "the same time for half a second or longer",
    "wrong-clock": "a time before 2018: the source's clock was never set",
    "clock-step": "the clock was set; its time jumps there",
    "gap": "more than five usual intervals after the frame before",
    "two-sets": "no object of the frame before, but those of one a little earlier: two sources under one name",
    "too-many-points": "reflections beyond what a radar's frame has room for, left out",
    "cut": "the last line was cut off, left out",
    "double-id": "two objects of one frame have the same number",
}
STEP = "clock-step"
COUNTED = "driver-"  # and the reason that a driver counts, such as driver-checksum
_CLOCK = ": the driver took the time of receipt instead"
COUNTED_TEXTS = {
    "checksum": "frames with a wrong checksum, dropped",
    "clusters": "a radar's clusters instead of objects, dropped",
    "class": "objects of a class that is not known, taken as unknown",
    "clock-future": f"a time too far ahead of its receipt{_CLOCK}",
    "clock-past": f"a time too long before its receipt{_CLOCK}",
    "clock-stuck": f"the same time again and again{_CLOCK}",
    "duplicate": "the same frame once more, dropped",
    "field": "values out of their bounds, left out",
    "gap": "frames missing by their numbers",
    "implausible": "values that cannot be, left out",
    "length": "frames of a wrong length, dropped",
    "noise": "bytes between frames that belong to none",
    "stationary": "objects that the radar calls stationary, left out",
    "torn": "frames without their end",
    "unknown-tlv": "lists of a kind that the driver does not know, left out",
    "unused-tlv": "lists that the driver does not need, left out",
    "unplaced": "objects that no place can be told of, dropped",
}


class ImportFinding(msgspec.Struct):
    """One kind of fault of one device."""

    device: str
    kind: str  # a key of TEXTS, or COUNTED and a reason
    count: int
    first: str  # place
    last: str
    text: str


class Findings:
    """All that was found, in the order of first sight."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], ImportFinding] = {}

    def add(self, device: str, kind: str, place: str, count: int = 1) -> None:
        """Count something."""
        one = self._found.setdefault((device, kind), ImportFinding(device, kind, 0, place, place, _text(kind)))
        one.count += count
        one.last = place

    def list(self) -> list[ImportFinding]:
        """Return everything."""
        return list(self._found.values())


def _text(kind: str) -> str:
    if not kind.startswith(COUNTED):
        return TEXTS[kind]
    reason = kind.removeprefix(COUNTED)
    return COUNTED_TEXTS.get(reason, f"counted by the driver as {reason}")


class SourceCheck:
    """Watches the frames of one device."""

    def __init__(self, device: str, findings: Findings) -> None:
        self._device = device
        self._findings = findings
        self._known: set[Hashable] = set()
        self._recent: deque[frozenset[int]] = deque(maxlen=_RECENT)  # ids of frames, newest last
        self._intervals: deque[int] = deque(maxlen=_SETTLED)
        self._stamp_ns: int | None = None
        self._since_ns = 0  # receipt of the first frame with that time

    def frame(self, place: str, stamp_ns: int, receipt_ns: int, ids: Iterable[int], content: Hashable) -> None:
        """Judge the next frame. `ids`: of its objects, without unknown ones; `content`: equal for equal objects."""
        ids = list(ids)
        found = [*self._of_time(stamp_ns, receipt_ns), *self._of_ids(ids)]
        if content and content in self._known:
            found.append("duplicate")
        self._known.add(content)
        for kind in found:
            self._findings.add(self._device, kind, place)

    def _of_time(self, stamp_ns: int, receipt_ns: int) -> list[str]:
        found = ["wrong-clock"] if stamp_ns < _BORN_NS else []
        before, self._stamp_ns = self._stamp_ns, stamp_ns
        if before is None or stamp_ns != before:
            self._since_ns = receipt_ns
        elif receipt_ns - self._since_ns >= _STUCK_NS:
            found.append("stuck-clock")
        if before is None:
            return found
        step_ns = stamp_ns - before
        if step_ns < 0:
            found.append("out-of-order")
        elif len(self._intervals) >= _SETTLED // 2 and step_ns > _GAP * median(self._intervals):
            found.append("gap")
        elif step_ns > 0:
            self._intervals.append(step_ns)
        return found

    def _of_ids(self, ids: list[int]) -> list[str]:
        now = frozenset(ids)
        found = ["double-id"] if len(now) < len(ids) else []
        if now:
            if (
                self._recent
                and not now & self._recent[-1]
                and any(2 * len(now & one) > len(now) for one in self._recent)
            ):
                found.append("two-sets")
            self._recent.append(now)
        return found
