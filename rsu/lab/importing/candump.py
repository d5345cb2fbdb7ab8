"""Logs of a CAN bus as `candump -l` writes them, as the octets of a gateway (`hw/can/gateway.py`) for a CAN radar.

    (1436509052.249713) can0 60B#5F5F2BCC80200193

Seconds since 1970, or since the log began: then the mapping's `begin` says when. `R` after # is a remote request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from hw.can.gateway import LONGEST, CanFrame, encode
from hw.detail import Detail, placed
from rsu.lab import tables
from rsu.lab.importing.frames import DeviceBytes, ForeignError
from rsu.lab.importing.mapping import StreamSettings
from rsu.site.config import Config

_LINE = re.compile(r"\((\d+\.\d+)\)\s+(\S+)\s+([0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})#(R\d?|[0-9A-Fa-f.]*)(?:\s+[TR])?\s*")
_PARTS = ("time in brackets", "interface", "id", "#data")
_KIND = "ars408"
_LATEST_S = 1 << 33  # in the year 2242
_EARLIEST_S = 1 << 29  # in 1987: earlier times count from a beginning of their own

_NO_CAN = Detail(
    "{device}: frames of a CAN bus go to an {wanted}, not to a {kind}",
    "{device}：CAN 总线的帧应给 {wanted}，而不是 {kind}",
)
_NO_CANDUMP = Detail(
    "{place}, column {column}: expected (seconds) interface id#data: {got}",
    "{place}，第 {column} 列：应为 (seconds) interface id#data，实为：{got}",
)
_NO_EPOCH = Detail(
    "{place}: {seconds} s are not since 1970: say `begin`, when the log began",
    "{place}：{seconds} s 不是自 1970 年起的时间：请给出 `begin`，即日志开始的时刻",
)


def frames(path: Path, stream: StreamSettings, config: Config) -> Iterator[DeviceBytes]:
    """Yield a bus's frames, one each. ForeignError: with line and column."""
    kind = config.site.devices[stream.device].kind
    if kind != _KIND:
        raise ForeignError(_NO_CAN.of(device=stream.device, wanted=_KIND, kind=kind))
    try:
        text = tables.text_of(path)
    except tables.TableError as error:
        raise ForeignError(placed(path, error)) from error
    first: Decimal | None = None
    for number, line in tables.lines(text):
        if line.startswith("#"):
            continue
        seconds, interface, frame = _read(f"{path}: line {number}", line)
        first = seconds if first is None else first
        if stream.interface in (None, interface):
            stamp_ns = _stamp_ns(f"{path}: line {number}", seconds, first, stream.begin_ns)
            yield DeviceBytes(stream.device, f"line {number}", stamp_ns, stamp_ns, "link", encode(frame))


def _read(place: str, line: str) -> tuple[Decimal, str, CanFrame]:
    found = _LINE.fullmatch(line)
    data = found[4] if found else ""
    octets = "" if data.startswith("R") else data.replace(".", "")
    if found is None or len(octets) % 2 or len(octets) > 2 * LONGEST:
        words = line.split()
        raise ForeignError(_NO_CANDUMP.of(place=place, column=_column(words), got=line.strip()[:60]))
    return Decimal(found[1]), found[2], CanFrame(int(found[3], 16), bytes.fromhex(octets), len(found[3]) == 8)


def _column(words: list[str]) -> str:
    """Return which part of a line is the first that cannot be."""
    if not words or not re.fullmatch(r"\(\d+\.\d+\)", words[0]):
        return f"1 ({_PARTS[0]})"
    if len(words) < 3 or "#" not in words[2]:
        return f"3 ({_PARTS[2]})"
    return f"3 ({_PARTS[3]})"


def _stamp_ns(place: str, seconds: Decimal, first: Decimal, begin_ns: int | None) -> int:
    if begin_ns is not None:
        return max(begin_ns + int((seconds - first) * 10**9), 0)
    if not _EARLIEST_S <= seconds < _LATEST_S:
        raise ForeignError(_NO_EPOCH.of(place=place, seconds=seconds))
    return int(seconds * 10**9)
