"""Boxes and places of road users in the text layouts of two benchmarks: MOTChallenge and KITTI tracking.

    mot     frame, id, left, top, width, height, confidence or 0 = ignore[, class, visibility]    comma between
    kitti   frame id type truncated occluded alpha left top right bottom height width length x y z yaw [score]

MOTChallenge gives boxes in pixels, which the site's camera places on the road. KITTI's x right and z forward, m, of the
bottom's middle become the place in the sensor frame, as if the camera looked level. Neither says when: the mapping's
`begin` is the time of the first frame in the file, and `rate_hz` frames follow in a second. A number that is left out
is a frame without road users.

Sources: MOTChallenge devkit (MOT16, table of classes), KITTI tracking devkit, readme.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from hw.detail import Detail, placed
from rsu.lab import tables
from rsu.lab.importing.frames import ForeignError, ScanObjects, SeenUser
from rsu.lab.importing.mapping import StreamSettings

_MOT = ("frame", "id", "left", "top", "width", "height", "confidence", "class", "visibility", "z")
_KITTI = ("frame", "id", "type", "truncated", "occluded", "alpha", "left", "top", "right", "bottom",
          "height", "width", "length", "x", "y", "z", "yaw", "score")  # fmt: skip
_MOT_CLASSES = {1: "pedestrian", 3: "car", 4: "bicycle", 5: "motorcycle", 7: "pedestrian"}
_MOT_NOBODY = {8, 9, 10, 11, 12}  # distractors, occluders, reflections
_KITTI_CLASSES = {
    "Car": "car", "Van": "car", "Truck": "truck", "Cyclist": "bicycle", "Pedestrian": "pedestrian",
    "Person": "pedestrian", "Person_sitting": "pedestrian",
}  # fmt: skip
_KITTI_NOBODY = "DontCare"
_TEXT = {"type"}
_LONGEST_GAP = 100_000  # frames

Cells = dict[str, float]

_COUNT = Detail(
    "{place}: expected {least} to {most} columns ({names}), got {got}",
    "{place}：应有 {least} 至 {most} 列（{names}），实有 {got} 列",
)
_NO_NUMBER = Detail(
    '{place}, column {column} ({name}): no number: "{got}"',
    '{place}，第 {column} 列（{name}）：不是数字："{got}"',
)
_OUT_OF_RANGE = Detail(
    '{place}, column {column} ({name}): cannot be: "{got}"',
    '{place}，第 {column} 列（{name}）：不可能的值："{got}"',
)
_ORDER = Detail(
    "{place}, column 1 (frame): {number} comes after {before}",
    "{place}，第 1 列 (frame)：{number} 出现在 {before} 之后",
)


def frames(path: Path, stream: StreamSettings) -> Iterator[ScanObjects]:
    """Yield the frames in the order of their numbers. ForeignError: with line and column."""
    seen: dict[int, list[SeenUser]] = defaultdict(list)
    places: dict[int, str] = {}
    try:
        for line, text in tables.lines(tables.text_of(path)):
            number, user = (_mot if stream.format == "mot" else _kitti)(f"line {line}", text, stream)
            places.setdefault(number, f"line {line}")
            seen[number] += [user] if user else []
    except tables.TableError as error:
        raise ForeignError(placed(path, error)) from error
    yield from _in_order(seen, places, stream)


def _in_order(seen: dict[int, list[SeenUser]], places: dict[int, str], stream: StreamSettings) -> Iterator[ScanObjects]:
    assert stream.begin_ns is not None
    assert stream.rate_hz is not None
    before = first = min(seen, default=0)
    for number in sorted(seen):
        if number - before > _LONGEST_GAP:
            raise ForeignError(_ORDER.of(place=places[number], number=number, before=before))
        for each in range(before + 1, number + 1) if number > first else (first,):
            stamp_ns = stream.begin_ns + round((each - first) * 1e9 / stream.rate_hz)
            yield ScanObjects(stream.device, places.get(each, f"frame {each}"), stamp_ns, None, seen.get(each, []))
        before = number


def _cells(place: str, texts: list[str], names: tuple[str, ...], least: int) -> Cells:
    """Return the numbers of a row by the names of its columns."""
    if not least <= len(texts) <= len(names):
        raise tables.TableError(
            _COUNT.of(place=place, least=least, most=len(names), names=", ".join(names), got=len(texts))
        )
    cells: Cells = {}
    for column, (name, text) in enumerate(zip(names, texts, strict=False), 1):
        if name in _TEXT:
            continue
        try:
            cells[name] = float(text)
        except ValueError as error:
            raise tables.TableError(_NO_NUMBER.of(place=place, column=column, name=name, got=text.strip())) from error
        if not math.isfinite(cells[name]) or abs(cells[name]) > 1e9:
            raise tables.TableError(_OUT_OF_RANGE.of(place=place, column=column, name=name, got=text.strip()))
    return cells


def _mot(place: str, text: str, stream: StreamSettings) -> tuple[int, SeenUser | None]:
    texts = text.split(",")
    cells = _cells(place, texts, _MOT, 6)
    number, named = int(cells["frame"]), len(texts) < len(_MOT)  # with ten columns the last three are a place
    kind = int(cells.get("class", -1)) if named else -1
    if kind in _MOT_NOBODY or cells.get("confidence") == 0:
        return number, None
    left, top = cells["left"], cells["top"]
    return number, SeenUser(
        id=_id(cells),
        kind=_MOT_CLASSES.get(kind, stream.kind),
        confidence=_confidence(cells.get("confidence")),
        box=(left, top, left + cells["width"], top + cells["height"]),
    )


def _kitti(place: str, text: str, stream: StreamSettings) -> tuple[int, SeenUser | None]:
    texts = text.split()
    cells = _cells(place, texts, _KITTI, 17)
    number = int(cells["frame"])
    if texts[2] == _KITTI_NOBODY:
        return number, None
    size = (cells["length"], cells["width"], cells["height"])
    return number, SeenUser(
        position=(cells["z"], -cells["x"]) if abs(cells["z"]) < 1000 > abs(cells["x"]) else None,  # -1000: not known
        id=_id(cells),
        kind=_KITTI_CLASSES.get(texts[2], "unknown"),
        confidence=_confidence(cells.get("score")),
        size=size if min(size) > 0 else None,
        box=(cells["left"], cells["top"], cells["right"], cells["bottom"]),
    )


def _id(cells: Cells) -> int | None:
    return int(cells["id"]) if cells["id"] >= 0 else None


def _confidence(value: float | None) -> float | None:
    """Return a confidence; detectors of these benchmarks may write scores of any range."""
    return value if value is not None and 0 < value <= 1 else None
