"""Faults of a source's data, counted, each with its first and last place.

Pure; for frames of others while they are imported, and for the drivers' output from a recording.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from statistics import median

import msgspec

from hw import detail
from hw.detail import Detail

_S = 1_000_000_000
_BORN_NS = 1_514_764_800 * _S  # 2018: no roadside sensor of this kind is older
_STUCK_NS = 500_000_000  # the same time for so long
_GAP = 5  # times the usual interval
_RECENT = 8  # frames
_SETTLED = 20  # intervals from which the usual one is known

TEXTS = {
    "duplicate": Detail("the same objects again, to the last digit", "相同的目标再次出现，分毫不差"),
    "out-of-order": Detail("older than the frame before", "早于前一帧"),
    "stuck-clock": Detail("the same time for half a second or longer", "时间停滞半秒以上"),
    "wrong-clock": Detail(
        "a time before 2018: the source's clock was never set", "时间早于 2018 年：来源的时钟从未设置"
    ),
    "clock-step": Detail("the clock was set; its time jumps there", "时钟被设置，时间在此跳变"),
    "gap": Detail("more than five usual intervals after the frame before", "与前一帧的间隔超过通常间隔的五倍"),
    "two-sets": Detail(
        "no object of the frame before, but those of one a little earlier: two sources under one name",
        "没有前一帧的目标，却有更早一帧的目标：同一名称下有两个来源",
    ),
    "too-many-points": Detail(
        "reflections beyond the room of a radar's frame, left out", "反射点超出雷达帧的容量，已舍去"
    ),
    "cut": Detail("the last line was cut off, left out", "最后一行被截断，已舍去"),
    "double-id": Detail("two objects of one frame have the same number", "同一帧中两个目标编号相同"),
}
STEP = "clock-step"
COUNTED = "driver-"  # and the reason that a driver counts, such as driver-checksum
_CLOCK = Detail(": the driver took the time of receipt instead", "：驱动改用接收时刻")
_COUNTED = Detail("counted by the driver as {}", "驱动计为 {}")
COUNTED_TEXTS = {
    "checksum": Detail("frames with a wrong checksum, dropped", "校验和错误的帧，已丢弃"),
    "clusters": Detail("a radar's clusters instead of objects, dropped", "雷达的聚类而非目标，已丢弃"),
    "class": Detail("objects of a class that is not known, taken as unknown", "类别未知的目标，按未知处理"),
    "clock-future": Detail("a time too far ahead of its receipt{}", "时间比接收时刻超前过多{}").of(_CLOCK),
    "clock-past": Detail("a time too long before its receipt{}", "时间比接收时刻滞后过多{}").of(_CLOCK),
    "clock-stuck": Detail("the same time again and again{}", "时间反复相同{}").of(_CLOCK),
    "duplicate": Detail("the same frame once more, dropped", "同一帧再次出现，已丢弃"),
    "field": Detail("values out of their bounds, left out", "数值超出范围，已舍去"),
    "gap": Detail("frames missing by their numbers", "按编号缺失的帧"),
    "implausible": Detail("values that cannot be, left out", "不可能的数值，已舍去"),
    "length": Detail("frames of a wrong length, dropped", "长度错误的帧，已丢弃"),
    "noise": Detail("bytes between frames that belong to none", "帧之间不属于任何帧的字节"),
    "stationary": Detail("objects that the radar calls stationary, left out", "雷达标为静止的目标，已舍去"),
    "torn": Detail("frames without their end", "不完整的帧"),
    "unknown-tlv": Detail("lists of a kind that the driver does not know, left out", "驱动不认识的列表，已舍去"),
    "unused-tlv": Detail("lists that the driver does not need, left out", "驱动不需要的列表，已舍去"),
    "unplaced": Detail("objects that no place can be told of, dropped", "无法定位的目标，已丢弃"),
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
        return TEXTS[kind].en
    reason = kind.removeprefix(COUNTED)
    return COUNTED_TEXTS.get(reason, _COUNTED.of(reason)).en


def told(text: str, language: str) -> str:
    """Return the text of a finding, which records carry in English, in a language."""
    rows = (*TEXTS.values(), *COUNTED_TEXTS.values(), _COUNTED)
    return detail.chinese(text, rows) if language == "zh" else text


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
