"""The platform's answers to records, on a record's topic with `/ack` behind it. Pure.

Two forms are understood. The one agreed on names ranges of numbers, ends included, over the kind of its topic:

    {"ackList": [{"bootId": "...", "first": 1, "last": 4},
                 {"bootId": "...", "first": 5, "last": 5, "errorCode": 1, "errorDesc": "..."}]}

and that of T/ITS 0117 (A.1) one number, of the boot in which such a record was sent:

    {"seqNum": "5", "errorCode": 0, "errorDesc": "..."}

errorCode 0: kept durably. 1: refused for good, the record does not fit. 2: not now, send it again. Others: as 1.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from hw.decoding import UNDECODABLE
from rsu.uplink.dialect import HELD, Answer

_LONGEST_TEXT = 300
_Number = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class _Entry(msgspec.Struct, frozen=True, rename={"boot": "bootId", "code": "errorCode", "text": "errorDesc"}):
    boot: str
    first: _Number
    last: _Number
    code: int = HELD
    text: str = ""


class _Acknowledgement(
    msgspec.Struct, frozen=True, rename={"ranges": "ackList", "seq": "seqNum", "code": "errorCode", "text": "errorDesc"}
):
    ranges: list[_Entry] | None = None
    seq: str | int | None = None
    code: int = HELD
    text: str = ""


_DECODER = msgspec.json.Decoder(_Acknowledgement)


def read(kind: str, payload: bytes) -> list[Answer]:
    """Return the content of an acknowledgement; ValueError: nothing that can be used."""
    try:
        said = _DECODER.decode(payload)
    except UNDECODABLE as error:
        raise ValueError(str(error)) from error
    if said.ranges is not None:
        return [Answer(kind, e.boot, e.first, e.last, e.code, e.text[:_LONGEST_TEXT]) for e in said.ranges]
    number = str(said.seq)
    if re.fullmatch("[0-9]{1,18}", number) is None or int(number) < 1:
        raise ValueError(f"neither ackList nor a seqNum, got {payload[:60]!r}")
    return [Answer(kind, None, int(number), int(number), said.code, said.text[:_LONGEST_TEXT])]
