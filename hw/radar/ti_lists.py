"""Whether the list that a frame of a TI mmWave radar should bring can be read, and in words why not.

A frame without a target list tells of an empty road: radars leave out lists without rows. One whose list is of another
kind, or of records of another size, tells nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hw.detail import Detail
from hw.radar.ti_frames import HEADER, LAYOUTS, TLV_HEADER, Table, TiFrame
from hw.radar.ti_types import (
    COMPRESSED_POINTS,
    HARMLESS,
    LOW_POWER_POINTS,
    LOW_POWER_TARGETS,
    OTHER_LISTS,
    POINT_KINDS,
    POINTS,
    TARGETS,
)

SENT_AS = {TARGETS: (TARGETS, LOW_POWER_TARGETS), POINTS: (POINTS, *sorted(POINT_KINDS))}
TINY = 1e-30  # no measured number is so small; an integer that is read as one is
MOST_TID = 1 << 16

Bools = NDArray[np.bool_]


class ListReader:
    """Judges the frames of one radar, one after another. `statistics`: every frame should have them."""

    def __init__(self, statistics: bool) -> None:
        self._statistics = statistics
        self._companions: set[int] = set()  # types that came beside a list that could be read: they are not that list

    def refusal(self, frame: TiFrame, wanted: int) -> tuple[str, bytes] | None:
        """Return the reason why a frame tells nothing, with a sample; None where it can be used.

        `wanted`: TARGETS or POINTS.
        """
        if (sent := next((kind for kind in SENT_AS[wanted] if kind in frame.others), None)) is not None:
            return "list", frame.others[sent]
        if (rows := frame.tlvs.get(wanted)) is not None:
            if wanted == TARGETS and _are_garbled(rows):
                return "list", TLV_HEADER.pack(TARGETS, rows.nbytes) + rows.tobytes()
            self._companions |= frame.others.keys()
            return None
        if not frame.tlvs and not frame.others and (self._statistics or frame.points):
            return "empty-frame", HEADER.pack(b"", *(0, frame.length, 0, frame.number, 0, frame.points, 0, 0))
        if wanted == POINTS and frame.points and not frame.others:
            return "list", TLV_HEADER.pack(POINTS, 0)
        strange = frame.others.keys() - HARMLESS.keys() - self._companions
        strange -= POINT_KINDS if wanted == TARGETS else set()
        return ("list", frame.others[min(strange)]) if strange else None


def _are_garbled(targets: Table) -> bool:
    """Tell whether rows of targets hold integers where numbers should be, or the reverse: records of another size."""
    words = targets.view(np.float32).reshape(-1, LAYOUTS[TARGETS].itemsize // 4)
    size = np.abs(words[:, 1:])  # without the tids
    tiny = (size > 0) & (size < TINY)
    return bool((targets["tid"] >= MOST_TID).any() or tiny.any())


EXPLAINED = {
    "empty-frame": Detail(
        "frames of a header and nothing else: guiMonitor or the tracker is off, or another firmware",
        "帧中只有帧头：guiMonitor 或跟踪器未开启，或固件不同",
    ),
    "length": Detail("a header whose lengths disagree: frames of another SDK", "帧头中的长度不一致：其他 SDK 的帧"),
    "torn": Detail("frames that end too early: bytes are lost on the line", "帧提前结束：线路上有字节丢失"),
    "duplicate": Detail("the same frame number again and again", "帧编号反复相同"),
    "implausible": Detail(
        "targets or points at places or speeds that no road user has", "目标或点的位置与速度不可能属于任何交通参与者"
    ),
    "cli-error": Detail("a command that the radar does not know or take", "雷达不认识或不接受的命令"),
    "cli-timeout": Detail(
        "commands without an answer: is this the command port, and its baud rate?",
        "命令无应答：请核对是否为命令口及其波特率",
    ),
}
TARGET_LIST, POINT_LIST = Detail("targets", "目标"), Detail("points", "点")
UNKNOWN_TLV = Detail(
    "TLV {}, {} octets: a kind that this driver does not know, left out", "TLV {}，{} 字节：本驱动不认识，已略过"
)
OTHER_LIST = Detail(
    "TLV {}: {}; this driver reads {} from TLV {}, {} from TLV {}",
    "TLV {0}：{1}；本驱动从 TLV {3} 读取{2}，从 TLV {5} 读取{4}",
)
UNKNOWN_LIST = Detail("{} octets of an unknown kind", "未知类型，{} 字节")
NO_LIST = Detail(
    "the header tells of {}, and no list comes: guiMonitor, or another firmware",
    "帧头声明有{}，却没有列表：guiMonitor 设置或固件不同",
)
OTHER_UNITS = Detail(
    "TLV {} of {} octets differs from the size that its numbers of points and its units give: another firmware",
    "TLV {}（{} 字节）与其点数和单位不符：固件不同",
)
NO_WHOLE_NUMBER = Detail(
    "TLV {} of {} octets is no whole number of {} of {} octets: another firmware's records",
    "TLV {}（{} 字节）不是{}（每个 {} 字节）的整数倍：其他固件的记录",
)
NO_SENSE = Detail(
    "TLV {}: read as {} of {} octets its {} octets make no sense: another firmware's records",
    "TLV {}：按{}（每个 {} 字节）读取，其 {} 字节没有意义：其他固件的记录",
)
DETAILS = (
    *(*EXPLAINED.values(), TARGET_LIST, POINT_LIST, UNKNOWN_TLV, OTHER_LIST, UNKNOWN_LIST),
    *(NO_LIST, OTHER_UNITS, NO_WHOLE_NUMBER, NO_SENSE, *OTHER_LISTS.values()),
)


def explain(reason: str, sample: bytes) -> str | None:
    """Return in words why input was refused; None: nothing that this driver knows."""
    if reason == "list":
        return _explained_list(*TLV_HEADER.unpack_from(sample))
    if reason == "unknown-tlv":
        return UNKNOWN_TLV.say(*TLV_HEADER.unpack_from(sample))
    return EXPLAINED[reason].en if reason in EXPLAINED else None


def _explained_list(kind: int, size: int) -> str:
    wanted = next((each for each in (TARGETS, POINTS) if kind in SENT_AS[each]), None)
    if wanted is None:
        known = OTHER_LISTS[kind].en if kind in OTHER_LISTS else UNKNOWN_LIST.say(size)
        targets, points = (" and ".join(map(str, SENT_AS[each])) for each in (TARGETS, POINTS))
        return OTHER_LIST.say(kind, known, TARGET_LIST.en, targets, POINT_LIST.en, points)
    what = (TARGET_LIST if wanted == TARGETS else POINT_LIST).en
    if not size:
        return NO_LIST.say(what)
    if kind in (LOW_POWER_POINTS, COMPRESSED_POINTS):
        return OTHER_UNITS.say(kind, size)
    row = LAYOUTS[wanted].itemsize
    return NO_WHOLE_NUMBER.say(kind, size, what, row) if size % row else NO_SENSE.say(kind, what, row, size)
