"""Contents of commands: JSON with the keys of T/ITS 0117 (draft) and of T/ITS 0180.1-2021, table 25, as printed.

Extensions of ours in config/down: `airConfig` (switches of message types), `rateConfig` (records a second, 0: none),
`filterConfig` (road users and events that go up), `siteConfig` (values of the site file). A MAP, SPAT or RSM stands as
base64 of its UPER (MessageFrame), in the site's edition of the message set; empty: it is withdrawn. Durations of an
RSI are seconds.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from rsu.bus.orders import AirSwitch, UpFilter
from rsu.site.model import MessageKind

_Seconds = Annotated[int, Meta(ge=0, le=86_400)]
_Ms = Annotated[int, Meta(ge=0, lt=1 << 53)]  # since 1970
_Whole = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
_Dm = Annotated[int, Meta(ge=0, le=65_535)]
_Name = Annotated[str, Meta(max_length=64)]
_Text = Annotated[str, Meta(min_length=1, max_length=64)]


class CommandBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Keys that all commands have."""

    seq_num: _Name | _Whole | None = None
    ack: bool = False
    rscu_sn: _Name = ""
    rsu_id: _Name = ""
    rsu_esn: _Name = ""
    time_stamp: int | str | None = None
    protocol_version: str = ""


class QueryDown(CommandBody, frozen=True):
    """INFOQuery."""

    info_id: Annotated[int, Meta(ge=0, le=2)] = field(name="InfoId")  # 0 running, 1 V2X counters, 2 devices
    interval: Annotated[int, Meta(ge=0, le=3)] = field(default=0, name="Interval")


class VersionsQuery(CommandBody, frozen=True):
    """versions/query."""


class UpConfig(msgspec.Struct, frozen=True, rename="camel"):
    """How many messages of a type go up."""

    up_limit: int | str = 0
    sample_mode: str = "ByAll"
    sample_rate: int = 0
    up_filters: list[Any] = []


class ConfigDown(CommandBody, frozen=True):
    """CONFIG.DOWN."""

    bsm_config: UpConfig | None = None
    rsi_config: UpConfig | None = None
    spat_config: UpConfig | None = None
    rsm_config: UpConfig | None = None
    map_config: UpConfig | None = None
    air_config: dict[MessageKind, AirSwitch] = {}
    site_config: dict[_Text, Any] = {}  # dotted key of the site file -> value; null: it is taken away
    rates_hz: dict[Literal["participant", "lamp", "event"], Annotated[float, Meta(ge=0, le=10)]] = field(
        default_factory=dict, name="rateConfig"
    )
    filters: dict[Literal["participant", "event"], UpFilter] = field(default_factory=dict, name="filterConfig")


class AddressChange(msgspec.Struct, frozen=True):
    """addressChg."""

    url: str = field(name="cssUrl")
    time: int = 0  # 0: at once


class OmConfigDown(CommandBody, frozen=True):
    """Table 25 of T/ITS 0180.1-2021 for the box; MNG.DOWN of T/ITS 0117 for the RSU, whose keys differ."""

    hb_rate: _Seconds | None = None
    running_info_rate: _Seconds | None = None
    hb_rate_rsu: _Seconds | None = field(default=None, name="HBRate")
    running_info_rate_rsu: _Seconds | None = field(default=None, name="RunningInfoRate")
    address_chg: AddressChange | str | None = None
    log_level: Annotated[int, Meta(ge=0, le=4)] | None = None  # 0 DEBUG .. 4 none
    time: int = 0  # 0: at once, else UTC
    power: Annotated[int, Meta(ge=0, le=2)] = 0  # 0 on, 1 off, 2 restart
    reboot: Annotated[int, Meta(ge=0, le=1)] = 0


class GeoPoint(msgspec.Struct, frozen=True):
    """A point, WGS 84."""

    lat: Annotated[int, Meta(ge=-900_000_000, le=900_000_000)]  # 1e-7 degrees
    lon: Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]
    ele: Annotated[int, Meta(ge=-4096, le=61_439)] | None = None  # dm


class OrderedPath(msgspec.Struct, frozen=True):
    """A stretch of road."""

    active_path: Annotated[list[GeoPoint], Meta(min_length=2, max_length=32)]
    path_radius: _Dm = 35  # dm


class OrderedEvent(msgspec.Struct, frozen=True, rename="camel"):
    """One event of RSI.DOWN."""

    alert_id: _Text = field(name="alertID")
    duration: Annotated[int, Meta(ge=0, le=31_536_000)]  # s; 0: sent once
    event_status: bool  # False: it is withdrawn
    event_type: Annotated[int, Meta(ge=0, le=65_535)]  # GB/T 29100-2012
    event_source: Literal["unknown", "police", "government", "meteorological", "internet", "detection"]
    event_position: Annotated[list[GeoPoint], Meta(min_length=1, max_length=1)]  # on air it has one
    event_class: str | int = ""
    time_stamp: _Name | _Ms | None = None
    event_confidence: Annotated[int, Meta(ge=0, le=200)] | None = None  # 0.5 %
    event_radius: _Dm | None = None  # dm
    event_priority: Annotated[int, Meta(ge=0, le=7)] | None = None
    event_description: Annotated[str, Meta(max_length=128)] = ""
    reference_paths: Annotated[list[OrderedPath], Meta(max_length=8)] = []


class RsiDown(CommandBody, frozen=True):
    """RSI.DOWN."""

    rsi: OrderedEvent
    rsi_source_type: int | str | None = None
    rsi_source_id: str = ""


class MapDown(CommandBody, frozen=True):
    """MAP.DOWN."""

    map: str
    e_tag: _Text = field(name="eTag")
    map_slice: Annotated[str, Meta(max_length=64, pattern="^[^-]*$")] = field(name="mapSlice")  # "-" ends the eTag


class SpatDown(CommandBody, frozen=True):
    """SPAT, sent once."""

    spat: str


class RsmDown(CommandBody, frozen=True):
    """RSM, sent once."""

    rsm: str


class V2xDown(CommandBody, frozen=True):
    """Table 24: one message, or several of different types."""

    rsi: OrderedEvent | None = None
    map: str | None = None
    spat: str | None = None
    rsm: str | None = None


class UpgradeDown(CommandBody, frozen=True):
    """OTA.DOWN."""

    update_version: Annotated[str, Meta(max_length=64, pattern=r"^[0-9]+(\.[0-9]+)*\Z")]
    download_url: Annotated[str, Meta(max_length=2000, pattern=r"^https?://[!-~]+\Z")]
    download_md5: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{32})?\Z")] = ""
    download_sha256: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{64})?\Z")] = ""  # extension of ours
    user: str = field(default="", name="OTAUserId")
    password: str = field(default="", name="OTApassword")
    time: int = field(default=0, name="Updatetime")  # 0: at once, else UTC
