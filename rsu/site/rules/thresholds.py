"""Thresholds and times that contradict each other, or are far from usual values."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from pydantic import BaseModel

from hw.detail import NOTHING, Detail
from rsu.core import folders
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

_STANDS = Detail("stands, moves again", "停住，再起步")
_ENDS = Detail("ends, begins", "结束，开始")
_BEGINS = Detail("begins, ends", "开始，结束")
_VULNERABLE = Detail("the vulnerable first", "弱势交通参与者优先")
_MOVING = Detail("moving, standing", "行驶，静止")
_BORN = Detail("deleted, born", "删除，新建")
_DELETED = Detail("deleted, reported", "删除，上报")
_REPORTED = Detail("reported, confirmed", "上报，确认")
_CONFIRMED = Detail("born, confirmed", "新建，确认")
_EVENTS = Detail("without event, with event", "无事件，有事件")
_ORDERS: tuple[tuple[Path_, Path_, Detail], ...] = (  # the first is to be at most the second
    (("events", "stopped_vehicle", "walking_mps"), ("events", "stopped_vehicle", "release_mps"), _STANDS),
    (("events", "wrong_way", "release_mps"), ("events", "wrong_way", "least_mps"), _ENDS),
    (("events", "overspeed", "release_percent"), ("events", "overspeed", "over_percent"), _ENDS),
    (("events", "slow_vehicle", "under_percent"), ("events", "slow_vehicle", "release_percent"), _BEGINS),
    (("events", "congestion", "slow_mps"), ("events", "congestion", "release_mps"), _BEGINS),
    (("events", "queue_end", "release_length_m"), ("events", "queue_end", "least_length_m"), _ENDS),
    (("events", "fog", "raise_below_m"), ("events", "fog", "clear_above_m"), _BEGINS),
    (("events", "haze", "raise_below_m"), ("events", "haze", "clear_above_m"), _BEGINS),
    (("events", "rain", "clear_below_mm_h"), ("events", "rain", "raise_above_mm_h"), _ENDS),
    (("events", "snow", "clear_below_mm_h"), ("events", "snow", "raise_above_mm_h"), _ENDS),
    (("events", "wind", "clear_below_mps"), ("events", "wind", "raise_above_mps"), _ENDS),
    (("messages", "inclusion", "vulnerable_after_s"), ("messages", "inclusion", "after_s"), _VULNERABLE),
    (("tracking", "max_coast_ms"), ("tracking", "max_coast_stopped_ms"), _MOVING),
    (("tracking", "delete_probability"), ("tracking", "birth_probability"), _BORN),
    (("tracking", "delete_probability"), ("tracking", "report_probability"), _DELETED),
    (("tracking", "report_probability"), ("tracking", "confirm_probability"), _REPORTED),
    (("tracking", "birth_probability"), ("tracking", "confirm_probability"), _CONFIRMED),
    (("recording", "max_age_h"), ("recording", "event_max_age_h"), _EVENTS),
)
_SECTIONS = ("clock", "position", "tracking", "vehicles", "events", "statistics", "messages")
_UNITS = ("_s", "_ms", "_m", "_mps", "_mps2", "_deg", "_percent", "_ppm", "_px")
_FAR = 100.0  # times the default: seconds and milliseconds, metres and centimetres are farther apart
_DAY_S = 86400

_MOST = Detail("at most {key}, {value:g}", "不大于 {key}，即 {value:g}")
_LEAST = Detail("at least {key}, {value:g}", "不小于 {key}，即 {value:g}")
_IN_MS = Detail(" (in ms? {seconds:g} s)", "（是否误用毫秒？{seconds:g} s）")
_ORDER = Detail(
    "expected {limit}, got {got:g} ({why})",
    "应{limit}，实为 {got:g}（{why}）",
)
_ONLY_AND_NEVER = Detail(
    'expected another zone than in only_in, got "{zone}"',
    '应与 only_in 中的区域不同，实为 "{zone}"',
)
_CODE_TWICE = Detail(
    "expected another code than that of {rule}, got {code}",
    "代码应与 {rule} 的不同，实为 {code}",
)
_OTHER_UNIT = Detail(
    "expected something like {usual:g}, got {got:g} (in another unit?)",
    "通常约为 {usual:g}，实为 {got:g}（是否误用其他单位？）",
)
_NO_DAY = Detail(
    "expected seconds that a day is made of (60, 300, 900, 3600), got {got}{hint}",
    "应为能整除一天的秒数（60、300、900、3600），实为 {got}{hint}",
)
_PERIOD_TWICE = Detail(
    "expected each period once, got {got} again",
    "每个时段应只出现一次，实际 {got} 重复",
)
_SHORT_SILENCE = Detail(
    "expected more than {least:g}, as it speaks every {every} ms, got {got}",
    "应大于 {least:g}，因为设备每 {every} ms 发送一次，实为 {got}",
)
_DISK = Detail(
    "expected at most {total:.0f}, the size of the disk of {folder}, got {got:g}",
    "应不超过 {total:.0f}，即 {folder} 所在磁盘的容量，实为 {got:g}",
)
_TWO_FILES = Detail(
    "expected room for two files of {file_mib:g} MiB, got {got:g} GiB",
    "应能容纳两个 {file_mib:g} MiB 的文件，实为 {got:g} GiB",
)


def orders(of: OfSite) -> Iterator[Finding]:
    """Find two thresholds in the wrong order: something ends before it begins."""
    for small, large, why in _ORDERS:
        one, other = _value(of.site, small), _value(of.site, large)
        if one > other:
            at, value = (small, one) if of.source.mark(small) else (large, other)
            limit = _MOST.of(key=large[-1], value=other) if at is small else _LEAST.of(key=small[-1], value=one)
            yield of.source.warning(at, _ORDER.of(limit=limit, got=value, why=why))
    for rule, settings in of.site.events:
        for zone in {*getattr(settings, "only_in", ())} & {*getattr(settings, "never_in", ())}:
            yield of.source.warning(("events", rule, "never_in"), _ONLY_AND_NEVER.of(zone=zone))


def codes(of: OfSite) -> Iterator[Finding]:
    """Find two kinds of events under one code."""
    seen: dict[int, str] = {}
    for rule, settings in of.site.events:
        if (code := getattr(settings, "code", None)) is None:
            continue
        if code in seen:
            yield of.source.warning(("events", rule, "code"), _CODE_TWICE.of(rule=seen[code], code=code))
        seen[code] = rule


def far(of: OfSite) -> Iterator[Finding]:
    """Find numbers with a unit that are a hundred times their default, or a hundredth: another unit, mostly."""
    for section in _SECTIONS:
        yield from _far(of, (section,), getattr(of.site, section))
    for name, settings in of.drivers.items():
        yield from _far(of, ("devices", name, "driver"), settings)
    for name, device in of.site.devices.items():
        if device.video is not None:
            yield from _far(of, ("devices", name, "video"), device.video)


def _far(of: OfSite, at: Path_, settings: BaseModel) -> Iterator[Finding]:
    for key, field in type(settings).model_fields.items():
        value, usual = getattr(settings, key), field.default
        if isinstance(value, BaseModel):
            yield from _far(of, (*at, key), value)
        elif key.endswith(_UNITS) and _is_far(value, usual):
            yield of.source.warning((*at, key), _OTHER_UNIT.of(usual=usual, got=value))


def _is_far(value: object, usual: object) -> bool:
    if not (isinstance(value, (int, float)) and isinstance(usual, (int, float)) and value and usual):
        return False
    return not 1 / _FAR < value / usual < _FAR


def periods(of: OfSite) -> Iterator[Finding]:
    """Find periods of statistics that no day is made of, and such that are there twice."""
    for index, period in enumerate(of.site.statistics.periods_s):
        at = ("statistics", "periods_s", index)
        if _DAY_S % period:
            yield of.source.warning(
                at, _NO_DAY.of(got=period, hint=_IN_MS.of(seconds=period / 1000) if period % 1000 == 0 else NOTHING)
            )
        elif period in of.site.statistics.periods_s[:index]:
            yield of.source.warning(at, _PERIOD_TWICE.of(got=period))


def silences(of: OfSite) -> Iterator[Finding]:
    """Find devices that count as lost between two of their messages."""
    site = of.site
    for name, settings in of.drivers.items():
        video = site.devices[name].video
        usual = site.signal.nominal_interval_ms if site.signal and name == site.signal.device else 0
        usual = round(1000.0 / video.source.rate_hz) if video else usual
        if settings.silence_ms < 1.5 * usual:
            yield of.source.warning(
                ("devices", name, "driver", "silence_ms"),
                _SHORT_SILENCE.of(least=1.5 * usual, every=usual, got=settings.silence_ms),
            )


def disks(of: OfSite) -> Iterator[Finding]:
    """Find recordings that have no room on this machine's disk, and pieces larger than all recordings."""
    recording = of.site.recording
    if not recording.enabled:
        return
    at: Path_ = ("recording", "disk", "max_gib")
    try:
        data = folders.default_data()
    except folders.NoHomeError:
        return
    folder = next(each for each in (data, *data.parents) if each.is_dir())
    total = shutil.disk_usage(folder).total / 2**30
    if recording.disk.max_gib > total:
        yield of.source.warning(at, _DISK.of(total=total, folder=folder, got=recording.disk.max_gib))
    elif recording.disk.max_gib * 1024 < 2 * recording.file_mib:
        yield of.source.warning(at, _TWO_FILES.of(file_mib=recording.file_mib, got=recording.disk.max_gib))


def _value(settings: object, path: Path_) -> float:
    for key in path:
        settings = getattr(settings, str(key))
    assert isinstance(settings, (int, float))
    return float(settings)
