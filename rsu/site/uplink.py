"""Settings of the uplink: the `uplink:` part of a site file. Units in key names; nothing is needed for spool only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from hw.detail import Detail
from hw.endpoint import PAIR
from perception.sensor import Settings
from rsu.site.commands import CommandSettings
from rsu.site.dialects import DEFAULT, DIALECTS

_NO_DIALECT = Detail("no dialect {name}: there are {there}", "没有协议 {name}：可用的有 {there}")
_NOT_COVERED = Detail("a password goes over https alone", "口令只通过 https 传输")
_NO_HOST = Detail("{name} is not a host name: {error}", "{name} 不是主机名：{error}")


class TlsSettings(Settings):
    """TLS towards the broker; with `certificate` and `key` the box proves its identity."""

    ca: Path = Field(description="PEM file of the authorities that may sign the broker's certificate")
    certificate: Path | None = Field(None, description="PEM file of this box's certificate")
    key: Path | None = Field(None, description="PEM file of its private key")

    @model_validator(mode="after")
    def _pair(self) -> TlsSettings:
        if (self.certificate is None) != (self.key is None):
            raise ValueError(PAIR)
        return self


class PlatformSettings(Settings):
    """The cloud platform's MQTT broker, and how records are sent to the platform behind it."""

    dialect: str = Field(
        DEFAULT,
        description="how the platform is spoken to",
        json_schema_extra={"enum": [*sorted(DIALECTS)]},
    )
    host: str = Field(min_length=1, max_length=253, description="name or address of the broker")
    port: int = Field(8883, ge=1, le=65535, description="of the broker")
    tls: TlsSettings | None = None
    username: str | None = Field(None, description="at the broker")
    password_file: Path | None = Field(
        None, description="file whose first line is the password; a bare name: in /etc/rsu/credentials"
    )
    keepalive_s: int = Field(10, ge=1, le=600, description="a dead connection is noticed within two of these")
    reconnect_max_s: int = Field(4, ge=1, le=3600, description="longest wait between two attempts to connect")
    in_flight: int = Field(
        100, ge=1, le=5000, description="records of one kind sent and not yet acknowledged; bounds duplicates"
    )
    ack_timeout_s: float = Field(
        10, ge=0.2, le=600, description="no acknowledgement for so long: probe, then send again"
    )

    @field_validator("dialect")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in DIALECTS:
            raise ValueError(_NO_DIALECT.of(name=repr(value), there=", ".join(sorted(DIALECTS))))
        return value

    @field_validator("host")
    @classmethod
    def _host_name(cls, value: str) -> str:
        try:
            value.encode("idna")
        except UnicodeError as error:
            raise ValueError(_NO_HOST.of(name=repr(value), error=error)) from error
        return value


class MaxAgeSettings(Settings):
    """How long records of a class are kept for a platform that does not take them."""

    event: float = Field(720, gt=0, description="events, basic and run status")
    statistics: float = Field(168, gt=0, description="traffic per lane")
    tracks: float = Field(1, gt=0, description="live records")


class SpoolSettings(Settings):
    """The records on disk that the platform has not acknowledged."""

    path: Path = Field(Path("uplink.sqlite"), description="from the data folder")
    max_mib: float = Field(
        512,
        gt=0,
        description="of records: tracks are given up first, then statistics, then events; the file takes up to twice",
    )
    max_live: int = Field(
        60,
        ge=1,
        le=100_000,
        description="live records of one kind: participants, lamps, running events, short statistics",
    )
    max_age_h: MaxAgeSettings = MaxAgeSettings()


class StandardSettings(Settings):
    """Choices that T/ITS 0180.1-2021 and other platforms leave open, and extensions."""

    vehicle_class: Literal["printed", "ydt3709"] = Field(
        "printed", description="numbers of vehicleClass: 0..6 as printed, or BasicVehicleClass of YD/T 3709"
    )
    fault_types: dict[str, Annotated[int, Field(ge=0)]] = Field(
        {}, description="faultType of devices without a number in the standard, as {gnss: 5, signal: 4}"
    )
    event_types: dict[int, Annotated[int, Field(ge=0, le=255)]] = Field(
        {904: 1},
        description="of RCU2CLOUD, by the code of an event; one without is not sent there",
    )
    extensions: bool = Field(
        True, description="keys beyond the standard in traffic records: extended, loopFlowData, zoneFlowData"
    )


class UploadSettings(Settings):
    """Where files go that the platform asks for: recordings, the support archive. No command names another place."""

    url: str = Field(
        max_length=200,
        pattern=r"^https?://[A-Za-z0-9._~:\[\]-]+(/[A-Za-z0-9._~/-]*)?$",
        description="each file is put (HTTP PUT) at URL/RSCU_SN/NAME",
    )
    username: str | None = Field(None, description="there; sent with HTTPS alone")
    password_file: Path | None = Field(
        None, description="file whose first line is the password; a bare name: in /etc/rsu/credentials"
    )
    ca: Path | None = Field(None, description="PEM file of the authorities that may sign its certificate")
    log: Path | None = Field(None, description="file of the daemon's log; without it the journal is read")

    @model_validator(mode="after")
    def _secret_is_covered(self) -> UploadSettings:
        if self.username is not None and not self.url.startswith("https:"):
            raise ValueError(_NOT_COVERED)
        return self


class UplinkSettings(Settings):
    """Reports to the cloud, their rates and the platform; without a platform the spool keeps them, bounded."""

    platform: PlatformSettings | None = None
    second: PlatformSettings | None = Field(
        None, description="another platform that gets the records too, in its dialect, from a spool of its own"
    )
    spool: SpoolSettings = SpoolSettings()
    standard: StandardSettings = StandardSettings()
    commands: CommandSettings | None = None
    uploads: UploadSettings | None = None
    participants_hz: float = Field(1, ge=0, le=10, description="0: never; 10 for automated driving")
    lamp_hz: float = Field(1, ge=0, le=10, description="0: never; 10 for automated driving")
    events_hz: float = Field(1, ge=0, le=10, description="of running events; start and end always at once")
    run_status_s: float = Field(60, ge=1, description="between two records of run status")
    basic_status_s: float = Field(3600, ge=10, description="and at every start")
