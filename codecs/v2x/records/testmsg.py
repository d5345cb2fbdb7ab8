"""TEST, octets without a meaning (T/CSAE 157-2020, module TestMsg)."""

from __future__ import annotations

from typing import Annotated

from v2x.records.common import MsgCount, Record
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits


class TestMessage(Record, frozen=True, kw_only=True, tag="TestMsg"):
    """A message to try the way with."""

    __test__ = False  # pytest: this is no test

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    data: Annotated[bytes, Limits(1, 2048), Wire("userData")]
