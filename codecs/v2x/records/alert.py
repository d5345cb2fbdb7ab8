"""RSI of T/CSAE 53-2017: one event or sign in a message."""

from __future__ import annotations

from typing import Annotated

from v2x import units
from v2x.records.common import Identity, MsgCount, Octet, Record, Word
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself


class RoadSideAlert(Record, frozen=True, kw_only=True, tag="rsiFrame"):
    """An event or sign on a stretch of road."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    moy: Annotated[int | None, Wire("timeStamp", units.MOY)] = None  # minute of the UTC year
    id: Annotated[Identity, Wire("id")]  # of the RSU
    rsi_id: Annotated[Octet, Wire("rsiId")]  # local to the RSU
    alert_type: Annotated[Word, Wire("alertType")]
    description: Annotated[Annotated[str, Limits(1, 256)] | None, Wire("description")] = None  # ASCII
    priority: Annotated[int | None, Wire("priority", units.PRIORITY)] = None  # 0..7, 7 highest
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    path: Annotated[
        tuple[Annotated[Position | None, Wire("", relative=True)], ...], Limits(2, 32), Wire("alertPath")
    ]  # downstream
    radius_m: Annotated[float, Wire("alertRadius", units.RADIUS_CSAE53_2017)]  # half the width of the path
