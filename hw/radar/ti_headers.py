"""Headers of the frames of TI mmWave radars: one magic word, then words in the order of the firmware. u32 LE.

    sdk3      40 octets  SDK 2 and 3, Radar Toolbox, xWRL6432: version, length, platform, number, cycles, points, TLVs,
                         sub-frame
    area      44 octets  area scanner: as sdk3, then static points
    traffic   52 octets  traffic monitoring, long-range people: version, platform, time, length, number, sub-frame,
                         chirp margin, frame margin, tracking time, sending time, TLVs u16, checksum u16
    people    48 octets  3D people counting: version, length, platform, number, sub-frame, chirp margin,
                         processing time, tracking time, sending time, TLVs u16, checksum u16; a TLV's length counts
                         its own 8 octets; no padding
    sdk1      36 octets  SDK 1: as sdk3 without sub-frame

Each firmware numbers its lists in its own way. The checksum is not looked at: some firmware sends 0. Sources: header
files and parsers of TI's toolboxes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Literal, NamedTuple

from hw.detail import Detail
from hw.radar.ti_types import AREA_TARGETS, COMPRESSED_POINTS, KNOWN, SPHERICAL_POINTS, TARGET_INDEX, TARGETS

MAGIC = bytes.fromhex("0201040306050807")
PADDING = 32
MAX_LENGTH = 65536
OTHER_HEADER = Detail(
    "frames with the header of other firmware: set `header: {}`", "帧头属于其他固件：请设置 `header: {}`"
)
HeaderName = Literal["sdk3", "area", "traffic", "people", "sdk1"]
MOST_LISTS = 32
_PRESENCE = 1021


class Head(NamedTuple):
    """The fields of a header."""

    version: int
    length: int
    platform: int
    number: int
    cycles: int
    points: int
    lists: int  # number of TLVs


class Header(NamedTuple):
    """One layout. `order`: where the fields of Head stand among the words; None: nowhere."""

    struct: struct.Struct
    order: tuple[int | None, ...]
    own: int = 0  # octets of itself that a TLV's length counts
    padding: int = PADDING
    same: Mapping[int, int] = {}  # type of a TLV -> type with the same payload that the driver knows

    def read(self, data: bytes | bytearray) -> Head:
        """Return the fields of a header."""
        words = self.struct.unpack_from(data)[1:]
        return Head(*(0 if place is None else words[place] for place in self.order))


HEADERS: dict[str, Header] = {
    "sdk3": Header(struct.Struct("<8s8I"), (0, 1, 2, 3, 4, 5, 6)),
    "area": Header(
        struct.Struct("<8s9I"), (0, 1, 2, 3, 4, 5, 6), same={1: SPHERICAL_POINTS, 10: AREA_TARGETS, 11: TARGET_INDEX}
    ),
    "traffic": Header(
        struct.Struct("<8s10I2H"), (0, 3, 1, 4, 2, None, 10),
        same={6: SPHERICAL_POINTS, 7: TARGETS, 8: TARGET_INDEX},
    ),
    "people": Header(
        struct.Struct("<8s9I2H"), (0, 1, 2, 3, None, None, 9), own=8, padding=1,
        same={6: COMPRESSED_POINTS, 7: TARGETS, 8: TARGET_INDEX, 11: _PRESENCE},
    ),
    "sdk1": Header(struct.Struct("<8s7I"), (0, 1, 2, 3, 4, 5, 6)),
}  # fmt: skip
SDK3 = HEADERS["sdk3"]


def recognised(sample: bytes) -> str | None:
    """Return the name of the header that the beginning of a frame fits; None: none, or several."""
    fits = [name for name, header in HEADERS.items() if _fits(header, sample)]
    return fits[0] if len(fits) == 1 else None


def advised(header: str, sample: bytes) -> str | None:
    """Return in words that refused octets are a frame of another header; one that is given up has lost its magic."""
    other = recognised(MAGIC + sample.removeprefix(MAGIC))
    return None if other in (None, header) else OTHER_HEADER.say(other)


def _fits(header: Header, sample: bytes) -> bool:
    """Tell whether the header and the list behind it make sense in a layout."""
    size = header.struct.size
    if len(sample) < size + 8:
        return False
    head, (kind, length) = header.read(sample), struct.unpack_from("<2I", sample, size)
    end = size + 8 + length - header.own
    known = kind in KNOWN or kind in header.same
    whole = header.own <= length and end <= head.length <= MAX_LENGTH and head.length % header.padding == 0
    return known and whole and 0 < head.lists <= MOST_LISTS
