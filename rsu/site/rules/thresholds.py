"""Thresholds and times that contradict each other, or are far from what they usually are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from pydantic import BaseModel

from rsu.core import folders
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

_ORDERS: tuple[tuple[Path_, Path_, str], ...] = (  # the first is to be at most the second
    (("events", "stopped_vehicle", "walking_mps"), ("events", "stopped_vehicle", "release_mps"), "stands, moves again"),
    (("events", "wrong_way", "release_mps"), ("events", "wrong_way", "least_mps"), "ends, begins"),
    (("events", "overspeed", "release_percent"), ("events", "overspeed", "over_percent"), "ends, begins"),
    (("events", "slow_vehicle", "under_percent"), ("events", "slow_vehicle", "release_percent"), "begins, ends"),
    (("events", "congestion", "slow_mps"), ("events", "congestion", "release_mps"), "begins, ends"),
    (("events", "queue_end", "release_length_m"), ("events", "queue_end", "least_length_m"), "ends, begins"),
    (("messages", "inclusion", "vulnerable_after_s"), ("messages", "inclusion", "after_s"), "the vulnerable first"),
    (("tracking", "max_coast_ms"), ("tracking", "max_coast_stopped_ms"), "moving, standing"),
    (("tracking", "delete_probability"), ("tracking", "birth_probability"), "deleted, born"),
    (("tracking", "delete_probability"), ("tracking", "report_probability"), "deleted, reported"),
    (("tracking", "report_probability"), ("tracking", "confirm_probability"), "reported, confirmed"),
    (("tracking", "birth_probability"), ("tracking", "confirm_probability"), "born, confirmed"),
    (("recording", "max_age_h"), ("recording", "event_max_age_h"), "without event, with event"),
)
_SECTIONS = ("clock", "position", "tracking", "events", "statistics", "messages")
_UNITS = ("_s", "_ms", "_m", "_mps", "_mps2", "_deg", "_percent", "_ppm", "_px")
_FAR = 100.0  # times the default: seconds and milliseconds, metres and centimetres are farther apart
_DAY_S = 86400


def orders(of: OfSite) -> Iterator[Finding]:
    """Find two thresholds in the wrong order: something ends before it begins."""
    for small, large, why in _ORDERS:
        one, other = _value(of.site, small), _value(of.site, large)
        if one > other:
            at, value = (small, one) if of.source.mark(small) else (large, other)
            limit = f"at most {large[-1]}, {other:g}" if at is small else f"at least {small[-1]}, {one:g}"
            yield of.source.warning(at, f"expected {limit}, got {value:g} ({why})")
    for rule, settings in of.site.events:
        for zone in {*getattr(settings, "only_in", ())} & {*getattr(settings, "never_in", ())}:
            yield of.source.warning(
                ("events", rule, "never_in"), f'expected another zone than in only_in, got "{zone}"'
            )


def codes(of: OfSite) -> Iterator[Finding]:
    """Find two kinds of events under one code."""
    seen: dict[int, str] = {}
    for rule, settings in of.site.events:
        if (code := getattr(settings, "code", None)) is None:
            continue
        if code in seen:
            text = f"expected another code than that of {seen[code]}, got {code}"
            yield of.source.warning(("events", rule, "code"), text)
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
            text = f"expected something like {usual:g}, got {value:g} (in another unit?)"
            yield of.source.warning((*at, key), text)


def _is_far(value: object, usual: object) -> bool:
    if not (isinstance(value, (int, float)) and isinstance(usual, (int, float)) and value and usual):
        return False
    return not 1 / _FAR < value / usual < _FAR


def periods(of: OfSite) -> Iterator[Finding]:
    """Find periods of statistics that no day is made of, and such that are there twice."""
    for index, period in enumerate(of.site.statistics.periods_s):
        at = ("statistics", "periods_s", index)
        if _DAY_S % period:
            text = f"expected seconds that a day is made of (60, 300, 900, 3600), got {period}"
            yield of.source.warning(at, text + (f" (in ms? {period / 1000:g} s)" if period % 1000 == 0 else ""))
        elif period in of.site.statistics.periods_s[:index]:
            yield of.source.warning(at, f"expected each period once, got {period} again")


def silences(of: OfSite) -> Iterator[Finding]:
    """Find devices that count as lost between two of their messages."""
    site = of.site
    for name, settings in of.drivers.items():
        video = site.devices[name].video
        usual = site.signal.nominal_interval_ms if site.signal and name == site.signal.device else 0
        usual = round(1000.0 / video.source.rate_hz) if video else usual
        if settings.silence_ms < 1.5 * usual:
            text = f"expected more than {1.5 * usual:g}, as it speaks every {usual} ms, got {settings.silence_ms}"
            yield of.source.warning(("devices", name, "driver", "silence_ms"), text)


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
        text = f"expected at most {total:.0f}, the size of the disk of {folder}, got {recording.disk.max_gib:g}"
        yield of.source.warning(at, text)
    elif recording.disk.max_gib * 1024 < 2 * recording.file_mib:
        text = f"expected room for two files of {recording.file_mib:g} MiB, got {recording.disk.max_gib:g} GiB"
        yield of.source.warning(at, text)


def _value(settings: object, path: Path_) -> float:
    for key in path:
        settings = getattr(settings, str(key))
    assert isinstance(settings, (int, float))
    return float(settings)
