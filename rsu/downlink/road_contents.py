"""Contents of event/down and traffic/down: tables 17 to 21 of T/ITS 0180.1-2021, as far as an RSI can say them.

Keys that are not named here are not looked at.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

from rsu.downlink.contents import CommandBody

_Ms = Annotated[int, Meta(ge=0, lt=1 << 53)]  # since 1970
_Text = Annotated[str, Meta(min_length=1, max_length=64)]


class ReportedEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One event of table 18."""

    id: Annotated[int, Meta(ge=0, lt=1 << 53)] = field(name="eventId")
    event_type: Annotated[int, Meta(ge=0, le=65_535)]
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)] = field(name="longitude")
    latitude_deg: Annotated[float, Meta(ge=-90, le=90)] = field(name="latitude")
    source_type: Annotated[int, Meta(ge=0, le=8)] = 0  # 0 unknown, else a kind of sensor
    start_time: _Ms | None = None
    end_time: _Ms | None = None  # None: not known yet
    priority: Annotated[str, Meta(pattern=r"^[0-7]?\Z")] = ""
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = field(default=None, name="eventConfidence")


class EventDown(CommandBody, frozen=True):
    """event/down, tables 17 and 18."""

    event_list: Annotated[list[ReportedEvent], Meta(min_length=1, max_length=32)]


class ReportedFlow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One lane of table 21."""

    branch_id: _Text
    lane_id: _Text
    congestion_level: Annotated[int, Meta(ge=0, le=3)] | None = None  # GA/T 115; 0: none


class TrafficDown(CommandBody, frozen=True):
    """traffic/down, tables 19 to 21."""

    start_time: _Ms
    end_time: _Ms
    cross_id: str | int = ""
    lanes: Annotated[list[ReportedFlow], Meta(max_length=64)] = field(default_factory=list, name="laneFlowData")
