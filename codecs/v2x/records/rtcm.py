"""RTCM, corrections for GNSS receivers (T/CSAE 157-2020, module RTCM)."""

from __future__ import annotations

from typing import Annotated

from v2x.records import names_ii
from v2x.records.common import MsgCount, Record
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits


class RtcmFrame(Record, frozen=True, kw_only=True):
    """One frame as the reference station sent it (RTCMmsg)."""

    revision: Annotated[names_ii.RtcmRevision | None, Wire("rev")] = None
    rtcm_id: Annotated[Annotated[int, Limits(0, 32767)] | None, Wire("rtcmID")] = None
    payload: Annotated[bytes, Limits(1, 2047), Wire("payload")]


class RtcmCorrections(Record, frozen=True, kw_only=True, tag="RTCMcorrections"):
    """Corrections for the receivers around the unit."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    corrections: Annotated[tuple[RtcmFrame, ...], Limits(1, 5), Wire("corrections")]
