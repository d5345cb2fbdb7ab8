"""The lines of `hw/camera.py`: JSON to rows of numbers, and the reason in words why a line is refused."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, chain
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from perception.objects import Floats, Ints, RoadUser

MAX_LINE = 256 * 1024
MAX_OBJECTS = 256
KINDS = {kind.name.lower(): kind for kind in RoadUser}
RANGES = {  # of a field's numbers, and how many those are
    "confidence": (0.0, 1.0, 1),
    "position": (-1000.0, 1000.0, 2),
    "sd": (0.001, 100.0, 2),
    "velocity": (-100.0, 100.0, 2),
    "size": (0.05, 60.0, 3),
    "box": (-1e5, 1e5, 4),
}
WIDTHS = [width for _, _, width in RANGES.values()]
LOWEST, HIGHEST = (np.repeat([limits[side] for limits in RANGES.values()], WIDTHS) for side in (0, 1))
ENDS = accumulate(WIDTHS)
PLACE = {name: slice(end - RANGES[name][2], end) for name, end in zip(RANGES, ENDS, strict=True)}  # in a row
UNKNOWN = (np.nan,) * max(WIDTHS)
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
KEYS_SHOWN = 8

Pair = tuple[float, float]
Triple = tuple[float, float, float]
Box = tuple[float, float, float, float]


class Seen(msgspec.Struct):
    """One road user as the line says it."""

    id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    kind: str = msgspec.field(name="class", default="unknown")
    confidence: float | None = None
    position: Pair | None = None
    sd: Pair | None = None
    velocity: Pair | None = None
    size: Triple | None = None
    box: Box | None = None


class CameraLine(msgspec.Struct):
    """One frame; its objects are decoded one by one."""

    v: Annotated[int, Meta(ge=1, le=1)]
    seq: int
    time: float
    objects: list[msgspec.Raw]
    camera: str = ""


class Objects(NamedTuple):
    """The objects of a frame that can be used, rows aligned; and those parts of it that cannot, by reason."""

    table: Floats  # (n, columns of RANGES), NaN where they do not say
    kind: Ints  # (n,)
    source_id: Ints  # (n,)
    refused: list[tuple[str, bytes, int]]  # reason, object, how many of such


_LINE = msgspec.json.Decoder(CameraLine)
_SEEN = msgspec.json.Decoder(Seen)
_ALL_SEEN = msgspec.json.Decoder(list[Seen])


def decode(text: bytes) -> CameraLine:
    """Return the frame of a line; raises one of UNREADABLE."""
    return _LINE.decode(text)


def objects(line: CameraLine) -> Objects:
    """Return the objects of a frame, at most MAX_OBJECTS."""
    excess = line.objects[MAX_OBJECTS:]
    refused = [("too-many-objects", bytes(excess[0]), len(excess))] if excess else []
    seen, raws = _seen(line.objects[:MAX_OBJECTS], refused)
    numbers = chain.from_iterable(map(_row, seen))
    table = np.fromiter(numbers, np.float64, len(seen) * len(LOWEST)).reshape(-1, len(LOWEST))
    refused += [("field", bytes(raws[row]), 1) for row in _forget_impossible(table)]
    refused += [("class", bytes(raw), 1) for each, raw in zip(seen, raws, strict=True) if each.kind not in KINDS]
    placed = np.isfinite(table[:, PLACE["position"].start]) | np.isfinite(table[:, PLACE["box"].start])
    refused += [("unplaced", bytes(raws[row]), 1) for row in np.flatnonzero(~placed).tolist()]
    kind = np.array([KINDS.get(each.kind, RoadUser.UNKNOWN) for each in seen], dtype=np.int64)
    source_id = np.array([-1 if each.id is None else each.id for each in seen], dtype=np.int64)
    return Objects(table[placed], kind[placed], source_id[placed], refused)


def _seen(raws: list[msgspec.Raw], refused: list[tuple[str, bytes, int]]) -> tuple[list[Seen], list[msgspec.Raw]]:
    """Return the objects that are of the format with their JSON, and add the others to `refused`."""
    try:
        return _ALL_SEEN.decode(b"[" + b",".join(raws) + b"]"), raws  # as a rule all are: thrice as fast as one by one
    except UNREADABLE:
        seen: list[Seen] = []
        kept: list[msgspec.Raw] = []
    for raw in raws:
        try:
            seen.append(_SEEN.decode(raw))
            kept.append(raw)
        except UNREADABLE:
            refused.append(("object", bytes(raw), 1))
    return seen, kept


def _row(seen: Seen) -> tuple[float, ...]:
    """Return the numbers of an object in the order of RANGES, NaN where it does not say."""
    return (
        np.nan if seen.confidence is None else seen.confidence,
        *(seen.position or UNKNOWN[:2]),
        *(seen.sd or UNKNOWN[:2]),
        *(seen.velocity or UNKNOWN[:2]),
        *(seen.size or UNKNOWN[:3]),
        *(seen.box or UNKNOWN),
    )


def _forget_impossible(table: Floats) -> list[int]:
    """Make impossible fields unknown: values out of range, boxes turned over. Return the row of each such field."""
    box = table[:, PLACE["box"]]
    inverted = (box[:, :2] >= box[:, 2:]).any(axis=1)
    outside = (table < LOWEST) | (table > HIGHEST)
    rows: list[int] = []
    if outside.any() or inverted.any():
        for name, columns in PLACE.items():
            wrong = outside[:, columns].any(axis=1) | (inverted & (name == "box"))
            table[wrong, columns] = np.nan
            rows += np.flatnonzero(wrong).tolist()
    return rows


NO_LINE_FEED = Detail(
    f"no line feed within {MAX_LINE // 1024} KiB: every frame has to end with one",
    f"{MAX_LINE // 1024} KiB 内没有换行符：每帧须以换行符结束",
)
SAME_NUMBER = Detail(
    "the same `seq` again: a frame sent twice, or a number that stands still", "`seq` 重复：同一帧发送两次，或编号停滞"
)
TOO_DEEP = Detail("brackets nested too deep", "括号嵌套过深")
DAMAGED = Detail("JSON that is damaged or cut", "JSON 损坏或被截断")
NO_OBJECT = Detail("JSON, but no object: not the lines of this driver", "是 JSON 但不是对象：并非本驱动的数据行")
OTHER_JSON = Detail("JSON without {}, with {}: another maker's format", "JSON 缺少 {}，含有 {}：其他厂家的格式")
BAD_VALUE = Detail("JSON with a value that cannot be: {}", "JSON 中有不可能的值：{}")
OURS = Detail("JSON of this driver", "本驱动的 JSON")
NONE = Detail("an object that is none", "目标不是 JSON 对象")
NO_CLASS = Detail("class {} is none of {}", "类别 {} 不在 {} 之列")
BEYOND = Detail(
    "a value that is impossible on a road, or a box turned over", "数值超出道路上可能的范围，或边框上下颠倒"
)
TOO_MANY = Detail(f"more than {MAX_OBJECTS} objects in a frame", f"一帧中超过 {MAX_OBJECTS} 个目标")
UNPLACED = Detail(
    "objects without `position` or `box`, with {}: another maker's format",
    "目标没有 `position` 或 `box`，含有 {}：其他厂家的格式",
)
BAD_OBJECT = Detail("an object with a value that cannot be: {}", "目标中有不可能的值：{}")
OFF_ROAD = Detail(
    "objects whose `position` and `box` cannot be on a road", "目标的 `position` 和 `box` 不可能位于道路上"
)
DETAILS = (
    *(NO_LINE_FEED, SAME_NUMBER, TOO_DEEP, DAMAGED, NO_OBJECT, OTHER_JSON, BAD_VALUE, OURS),
    *(NONE, NO_CLASS, BEYOND, TOO_MANY, UNPLACED, BAD_OBJECT, OFF_ROAD),
)


def explain(reason: str, sample: bytes) -> str | None:
    """Return in words why input was refused; None where it is no JSON at all."""
    if reason == "long-line":
        return NO_LINE_FEED.en
    if reason == "duplicate":
        return SAME_NUMBER.en
    try:
        value = msgspec.json.decode(sample)
    except RecursionError:
        return TOO_DEEP.en
    except UNDECODABLE:
        return DAMAGED.en if sample.lstrip()[:1] in (b"{", b"[") else None
    if reason in ("object", "unplaced", "objects", "field", "class", "too-many-objects"):
        return _explained_object(reason, value)
    return _explained_line(sample, value)


def _explained_line(sample: bytes, value: object) -> str:
    if not isinstance(value, dict):
        return NO_OBJECT.en
    if missing := [key for key in ("v", "seq", "time", "objects") if key not in value]:
        return OTHER_JSON.say(_listed(missing), _listed(value))
    try:
        _LINE.decode(sample)
    except UNREADABLE as error:
        return BAD_VALUE.say(error)
    return OURS.en


def _explained_object(reason: str, value: object) -> str:
    if not isinstance(value, dict):
        return NONE.en
    if reason == "class":
        return NO_CLASS.say(repr(str(value.get("class"))[:20]), ", ".join(KINDS))
    if reason == "field":
        return BEYOND.en
    if reason == "too-many-objects":
        return TOO_MANY.en
    if not {"position", "box"} & value.keys():
        return UNPLACED.say(_listed(value))
    try:
        _SEEN.decode(msgspec.json.encode(value))
    except UNREADABLE as error:
        return BAD_OBJECT.say(error)
    return OFF_ROAD.en


def _listed(keys: Iterable[object]) -> str:
    """Return some keys in quotes."""
    names = [f"`{str(key)[:20]}`" for key in keys]
    return ", ".join(names[:KEYS_SHOWN]) + (", ..." if len(names) > KEYS_SHOWN else "") if names else "nothing else"
