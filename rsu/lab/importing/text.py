"""Detections of others in JSON or CSV (gzip too), read as a mapping says."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail, placed
from rsu.lab import tables
from rsu.lab.importing import mapping_words as words
from rsu.lab.importing.findings import Findings
from rsu.lab.importing.frames import ForeignError, ScanObjects, SeenUser, SensorView
from rsu.lab.importing.mapping import TIME_NS, FieldSettings, StreamSettings, TimeSettings

_MINUTE_NS = 60_000_000_000
_LATEST_NS = 1 << 63  # in the year 2262: the range of a recording's clock
_UNKNOWN_M = 0.0  # of a size: the value that such files write for unknown

Json = dict[str, object]

_NO_OBJECTS = Detail(
    "expected objects with keys",
    "应为带键的对象",
)
_NO_COLUMN = Detail(
    "{place}: no column {missing}, but {there}",
    "{place}：没有列 {missing}，只有 {there}",
)
_NO_PLACE = Detail(
    "{place}: an object without a place",
    "{place}：目标没有位置",
)


class _Raw(NamedTuple):
    """One frame of theirs."""

    place: str
    frame: Json
    objects: list[Json]


def frames(path: Path, stream: StreamSettings, view: SensorView, findings: Findings) -> Iterator[ScanObjects]:
    """Yield a file's frames in its order. ForeignError: it is not as the mapping says."""
    assert stream.time is not None
    clock = _Clock(stream.time)
    try:
        content = tables.text_of(path)
        for raw in (_csv if tables.is_table(path) else _json)(content, stream, findings):
            stamp_ns = clock.stamp_ns(raw)
            if stamp_ns is not None:
                seen = [_seen(one, stream, view, raw.place) for one in raw.objects]
                yield ScanObjects(stream.device, raw.place, stamp_ns, None, seen)
    except tables.TableError as error:
        raise ForeignError(placed(path, error)) from error


def _json(content: str, stream: StreamSettings, findings: Findings) -> Iterator[_Raw]:
    for place, frame in _documents(content, stream, findings):
        objects = list(_walk(frame, stream.objects)) if stream.objects else [frame]
        known = [each for each in objects if isinstance(each, dict)]
        if not isinstance(frame, dict) or len(known) < len(objects):
            raise tables.TableError(placed(place, _NO_OBJECTS))
        yield _Raw(place, frame, known)


def _documents(content: str, stream: StreamSettings, findings: Findings) -> Iterator[tuple[str, object]]:
    """Yield the frames of a list or one object, or one a line, of which the last one may be cut."""
    if content.lstrip()[:1] == "[":
        found = _parsed(content)
        assert isinstance(found, list)
        yield from ((f"frame {number}", frame) for number, frame in enumerate(found, 1))
        return
    every = [*tables.lines(content)]
    if every and every[0][1].strip() == "{":  # one object over many lines
        yield "frame 1", _parsed(content)
        return
    for number, line in every:
        try:
            yield f"line {number}", _parsed(line, number)
        except tables.TableError:
            if len(every) == 1 or number != every[-1][0] or content.endswith("\n"):
                raise
            findings.add(stream.device, "cut", f"line {number}")


def _parsed(content: str, line: int = 1) -> object:
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1}, column {error.colno}"
        raise tables.TableError(placed(place, tables.NO_JSON.of(error=error.msg))) from error
    except (ValueError, RecursionError) as error:
        raise tables.TableError(placed(f"line {line}", tables.NO_JSON.of(error=error))) from error


def _csv(content: str, stream: StreamSettings, findings: Findings) -> Iterator[_Raw]:
    assert stream.time is not None
    field, wanted = stream.time.field, stream.columns()
    for _, group in groupby(tables.rows(content), key=lambda row: row.values.get(field)):
        found = [*group]
        place = f"line {found[0].line}"
        if not found[0].values:
            findings.add(stream.device, "cut", place)
            continue
        if missing := [name for name in wanted if name not in found[0].values]:
            there = ", ".join(found[0].values)
            raise tables.TableError(_NO_COLUMN.of(place=place, missing=", ".join(missing), there=there))
        yield _Raw(place, {**found[0].values}, [{**row.values} for row in found])


def _walk(value: object, path: str) -> Iterator[object]:
    """Yield the values at a path; lists on the way are gone through. Keys may have dots in their names."""
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        ends = [len(path), *(at for at in range(len(path) - 1, 0, -1) if path[at] == ".")]
        end = next((end for end in ends if path[:end] in value), None)
        if end is not None:
            yield from _walk(value[path[:end]], path[end + 1 :])


class _Clock:
    """Times of theirs as ns UTC. Within a minute, a number that is half a minute back begins the next one."""

    def __init__(self, settings: TimeSettings) -> None:
        self._settings = settings
        self._minute_ns = _ns(settings.minute, settings.zoned()) if settings.minute else 0
        self._newest = 0

    def stamp_ns(self, raw: _Raw) -> int | None:
        """Return when a frame was true; None: it does not say, as frames without objects may."""
        value = next(_walk(raw.frame, self._settings.field), None)
        if value is None:
            return None
        try:
            stamp_ns = self._read(str(value))
            if not 0 <= stamp_ns < _LATEST_NS:
                raise ValueError(words.BEFORE_1970.of(value=value))
        except (ValueError, OverflowError) as error:
            raise ForeignError(placed(f"{raw.place}: {self._settings.field}", error)) from error
        return stamp_ns

    def _read(self, text: str) -> int:
        if self._settings.format == "iso":
            return _ns(datetime.fromisoformat(text), self._settings.zoned())
        if self._settings.format:
            return _ns(datetime.strptime(text, self._settings.format), self._settings.zoned())  # noqa: DTZ007
        # without a detour through floats, which have no room for nanoseconds since 1970
        try:
            number = int(text) if text.strip().lstrip("-").isdecimal() else float(text)
        except ValueError as error:
            raise ValueError(words.NO_TIME_NUMBER.of(text=text)) from error
        within = round(number * TIME_NS[self._settings.unit])
        return self._in_minute(within) if self._settings.minute else within

    def _in_minute(self, within_ns: int) -> int:
        if within_ns < self._newest - _MINUTE_NS // 2:
            self._minute_ns += _MINUTE_NS
        self._newest = within_ns
        return self._minute_ns + within_ns


def _ns(moment: datetime, zone: tzinfo | None) -> int:
    """Return a time as ns UTC: by its own offset, else by the mapping's. ValueError: neither says one."""
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(words.NO_OFFSET.of(moment=moment))
        moment = moment.replace(tzinfo=zone)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000


def _seen(one: Json, stream: StreamSettings, view: SensorView, place: str) -> SeenUser:
    fields = stream.fields

    def number(settings: FieldSettings | None) -> float | None:
        value = None if settings is None else next(_walk(one, settings.field), None)
        if settings is None or value is None or value == "":
            return None
        try:
            found = float(str(value)) * settings.factor + settings.offset
        except ValueError as error:
            raise ForeignError(placed(f"{place}: {settings.field}", error)) from error
        return found if math.isfinite(found) else None

    first, second = (fields.latitude, fields.longitude) if stream.frame == "wgs84" else (fields.x, fields.y)
    x, y = number(first), number(second)
    if x is None or y is None:
        raise ForeignError(_NO_PLACE.of(place=place))
    size = (number(fields.length), number(fields.width), number(fields.height))
    known = next(_walk(one, fields.id), None) if fields.id else None
    return SeenUser(
        position=view.place(stream.frame, x, y),
        id=None if known is None or known == "" else number_of(str(known)),
        kind=_kind(one, stream),
        confidence=number(fields.confidence),
        velocity=_velocity(number, stream, view),
        size=None if None in size or _UNKNOWN_M in size else (size[0] or 0, size[1] or 0, size[2] or 0),
    )


def number_of(name: str) -> int:
    """Return an object's number; of a name that is none, one that is always the same."""
    with contextlib.suppress(ValueError, OverflowError):
        if 0 <= (number := int(float(name))) < 1 << 53:  # beyond, floats skip numbers
            return number
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def _kind(one: Json, stream: StreamSettings) -> str:
    settings = stream.fields.kind
    value = None if settings is None else next(_walk(one, settings.field), None)
    if settings is None or value is None:
        return "unknown"
    return {str(key): kind for key, kind in settings.map.items()}.get(str(value), "unknown")


def _velocity(
    number: Callable[[FieldSettings | None], float | None], stream: StreamSettings, view: SensorView
) -> tuple[float, float] | None:
    fields = stream.fields
    vx, vy = number(fields.vx), number(fields.vy)
    if vx is not None and vy is not None:
        return view.turned(stream.frame, vx, vy)
    speed, heading = number(fields.speed), number(fields.heading)
    if speed is None or heading is None:
        return None
    angle = math.radians(heading)
    return view.turned("site", speed * math.sin(angle), speed * math.cos(angle))
