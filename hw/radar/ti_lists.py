"""Whether the list that a frame of a TI mmWave radar should bring can be read, and in words why not.

A frame without a target list tells of an empty road: radars leave out lists without rows. One whose list is of another
kind, or of records of another size, tells nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hw.radar.ti_frames import HEADER, LAYOUTS, TLV_HEADER, Table, TiFrame
from hw.radar.ti_types import (
    HARMLESS,
    LOW_POWER_POINTS,
    LOW_POWER_TARGETS,
    OTHER_LISTS,
    OTHER_POINTS,
    POINTS,
    TARGETS,
)

SENT_AS = {TARGETS: (TARGETS, LOW_POWER_TARGETS), POINTS: (POINTS, LOW_POWER_POINTS)}
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
        strange -= OTHER_POINTS | {LOW_POWER_POINTS} if wanted == TARGETS else set()
        return ("list", frame.others[min(strange)]) if strange else None


def _are_garbled(targets: Table) -> bool:
    """Tell whether rows of targets hold integers where numbers should be, or the reverse: records of another size."""
    numbers = np.frombuffer(targets.tobytes(), np.float32)
    numbers = np.delete(numbers, slice(0, None, LAYOUTS[TARGETS].itemsize // 4))  # without the tids
    tiny = (numbers != 0) & (np.abs(numbers) < TINY)
    return bool((targets["tid"] >= MOST_TID).any() or tiny.any())


def explain(reason: str, sample: bytes) -> str | None:
    """Return in words why input was refused; None: nothing that this driver knows."""
    if reason == "list":
        return _explained_list(*TLV_HEADER.unpack_from(sample))
    if reason == "unknown-tlv":
        kind, size = TLV_HEADER.unpack_from(sample)
        return f"TLV {kind}, {size} octets: a kind that this driver does not know, left out"
    return {
        "empty-frame": "frames of a header and nothing else: guiMonitor or the tracker is off, or another firmware",
        "length": "a header whose lengths disagree: frames of another SDK",
        "torn": "frames that end too early: bytes are lost on the line",
        "duplicate": "the same frame number again and again",
        "implausible": "targets or points where and as fast as nobody can be",
        "cli-error": "a command that the radar does not know or take",
        "cli-timeout": "commands without an answer: is this the command port, and its baud rate?",
    }.get(reason)


def _explained_list(kind: int, size: int) -> str:
    what = next((words for each, words in ((TARGETS, "targets"), (POINTS, "points")) if kind in SENT_AS[each]), None)
    if what is None:
        known = OTHER_LISTS.get(kind, f"{size} octets of an unknown kind")
        read = (
            f"{name} from TLV {' and '.join(map(str, SENT_AS[each]))}"
            for each, name in ((TARGETS, "targets"), (POINTS, "points"))
        )
        return f"TLV {kind}: {known}; this driver reads {', '.join(read)}"
    if not size:
        return f"the header tells of {what}, and no list comes: guiMonitor, or another firmware"
    if kind == LOW_POWER_POINTS:
        return f"TLV {kind} of {size} octets is not what its numbers of points and its units say: another firmware"
    row = LAYOUTS[TARGETS if what == "targets" else POINTS].itemsize
    if size % row:
        return f"TLV {kind} of {size} octets is no whole number of {what} of {row} octets: another firmware's records"
    return f"TLV {kind}: read as {what} of {row} octets its {size} octets make no sense: another firmware's records"
