"""Truth files: one road user at one time a row. CSV with a header, or NDJSON (one object a line); `.gz` as well.

    stamp_ns      integer ns UTC; or `time_s`: seconds UTC since 1970
    id            number or text, the same for one road user as long as it is there
    class         car, truck, bus, motorcycle, bicycle, pedestrian or unknown
    east_m, north_m              centre, metres around the site's reference point; or
    latitude_deg, longitude_deg  WGS-84
    speed_mps, heading_deg, length_m, width_m, height_m     left out or empty: unknown
    accuracy_m    95 % radius of the position, left out: exact

Rows may come in any order; other columns are ignored. `rsu demo` writes such files into the folder `truth` of its run
folder, one for ten minutes; a folder stands for all files in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hw.detail import Detail, placed
from perception.geo import Reference, to_site
from perception.objects import RoadUser
from rsu.lab import tables
from rsu.lab.errors import TruthError
from rsu.lab.receiver import Rows
from rsu.lab.truth import ROW, RunTruth

FOLDER = "truth"
SUFFIXES = (".csv", ".csv.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_KINDS = {kind.name.lower(): int(kind) for kind in RoadUser}
_PARSED = np.dtype([*ROW.descr, ("geographic", np.bool_)])  # position: latitude, longitude where it is set
_END_NS = 1 << 62  # the year 2116
_ABOVE = 3  # folders above a recording in which the bench's truth may lie

Row = Mapping[str, object]

_NO_TRUTH = Detail(
    "{recording}: no truth of the bench beside it: neither {near} nor a folder {folder}/",
    "{recording}：旁边没有测试台的真值：既无 {near} 也无目录 {folder}/",
)
_NO_RECORDING = Detail(
    "no recording",
    "没有录制文件",
)
_NO_PLACE = Detail(
    "neither east_m, north_m nor latitude_deg, longitude_deg",
    "既无 east_m、north_m，也无 latitude_deg、longitude_deg",
)
_TIME = Detail(
    "{stamp_ns} ns is no time after 1970",
    "{stamp_ns} ns 不是 1970 年之后的时间",
)
_NO_CLASS = Detail(
    'class "{kind}": there are {there}',
    '类别 "{kind}"：可用的有 {there}',
)
_NO_ID = Detail(
    "no id",
    "没有 id",
)
_NO_OBJECT = Detail(
    "line {line}: expected an object",
    "第 {line} 行：应为一个对象",
)
_OTHER_TIME = Detail(
    "{path}: nothing of the time of the recording in it",
    "{path}：其中没有录制时段的内容",
)


def beside(recording: Path) -> Path:
    """Return where the bench left the truth of a recording. TruthError: nowhere."""
    stem = recording.name.removesuffix(".part").removesuffix(".mcap")
    near = [recording.with_name(f"{stem}.truth{suffix}") for suffix in SUFFIXES]
    folders = [folder / FOLDER for folder in recording.resolve().parents[:_ABOVE]]
    for path in [*near, *folders]:
        if path.exists():
            return path
    raise TruthError(_NO_TRUTH.of(recording=recording, near=near[0].name, folder=FOLDER))


def beside_any(recordings: Iterable[Path]) -> Path:
    """Return where the bench left the truth of one of several recordings of the same time. TruthError: nowhere."""
    missing = TruthError(_NO_RECORDING)
    for recording in recordings:
        try:
            return beside(recording)
        except TruthError as error:
            missing = error
    raise missing


class SteadySpan(NamedTuple):
    """A span of a run in which its clock did not step."""

    begin_ns: int  # steady
    end_ns: int  # steady, not in it
    correction_ns: int  # UTC less steady time


def load(path: Path, reference: Reference, spans: Sequence[SteadySpan]) -> RunTruth:
    """Read a truth file or folder, as far as it is of a run, in the run's steady time.

    Where the clock was set back, rows are of both spans that had their time. TruthError: where it is wrong; OSError.
    """
    files = sorted(each for each in path.iterdir() if each.name.endswith(SUFFIXES)) if path.is_dir() else [path]
    tables = [_table(file, reference) for file in files]
    rows = np.concatenate([np.zeros(0, ROW), *tables])
    steady = np.concatenate([_within(rows, span) for span in spans])
    if not len(steady):
        raise TruthError(_OTHER_TIME.of(path=path))
    return RunTruth(path.name, steady, complete=True)


def _within(rows: Rows, span: SteadySpan) -> Rows:
    """Return the rows of a span, in steady time."""
    moved = rows.copy()
    moved["stamp_ns"] -= span.correction_ns
    return moved[(moved["stamp_ns"] >= span.begin_ns) & (moved["stamp_ns"] < span.end_ns)]


def _table(path: Path, reference: Reference) -> Rows:
    numbers: dict[str, int] = {}
    rows = np.array([_row(path, line, row, numbers) for line, row in _rows(path)], dtype=_PARSED)
    latitude, longitude = rows["position"][rows["geographic"]].T
    rows["position"][rows["geographic"]] = np.column_stack(to_site(latitude, longitude, reference))
    return rows[list(ROW.names or ())].astype(ROW)


def _row(path: Path, line: int, row: Row, numbers: dict[str, int]) -> tuple[object, ...]:
    """Return one row as _PARSED has it. TruthError: it is not as it should be."""

    def number(key: str, unknown: float = np.nan) -> float:
        value = row.get(key)
        return unknown if value is None or value == "" else float(str(value))

    try:
        geographic = row.get("east_m") in (None, "")
        keys = ("latitude_deg", "longitude_deg") if geographic else ("east_m", "north_m")
        place = number(keys[0]), number(keys[1])
        if not np.isfinite(place).all():
            raise ValueError(_NO_PLACE)
        stamp = row.get("stamp_ns")
        stamp_ns = round(number("time_s") * 1e9) if stamp in (None, "") else int(str(stamp))
        if not 0 <= stamp_ns < _END_NS:
            raise ValueError(_TIME.of(stamp_ns=stamp_ns))
        kind = str(row.get("class") or "unknown").lower()
        if kind not in _KINDS:
            raise ValueError(_NO_CLASS.of(kind=kind, there=", ".join(_KINDS)))
        if row.get("id") in (None, ""):
            raise ValueError(_NO_ID)
        own = numbers.setdefault(str(row["id"]), len(numbers) + 1)
        size = number("length_m"), number("width_m"), number("height_m")
        motion = number("speed_mps"), number("heading_deg")
        return stamp_ns, own, _KINDS[kind], place, *motion, size, number("accuracy_m", 0.0), geographic
    except (ValueError, OverflowError) as error:
        raise TruthError(placed(f"{path}:{line}", error)) from error


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield line numbers and rows. A file that is still being written ends where it does."""
    try:
        text = tables.text_of(path)
        if path.suffix.lower() == ".gz":
            text = text[: text.rfind("\n") + 1]  # the end of a file being written is cut anywhere
        if tables.is_table(path):
            yield from ((row.line, row.values) for row in tables.rows(text) if row.values)
            return
        every = [*tables.lines(text)]
        for number, line in every:
            try:
                row = json.loads(line)
            except ValueError as error:
                if number == every[-1][0] and not text.endswith("\n"):
                    return
                raise tables.TableError(placed(f"line {number}", tables.NO_JSON.of(error=error))) from error
            if not isinstance(row, dict):
                raise tables.TableError(_NO_OBJECT.of(line=number))
            yield number, row
    except tables.TableError as error:
        told, (place, _, why) = placed(path, error), str(error).removeprefix("line ").partition(": ")
        raise TruthError(Detail(f"{path}:{place}: {why}", told.zh) if place.isdecimal() else told) from error
