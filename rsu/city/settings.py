"""The file of a city, which chooses its engine: `rsu city start CITY.yaml`. Paths are those from the file's folder."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from hw.detail import Detail
from perception.sensor import Settings
from rsu.core.errors import ConfigError
from rsu.site.yaml_source import YamlSource

_WANTED = Detail(
    "engine: distributed needs broker, log and database",
    "engine: distributed 需要 broker、log 和 database",
)


class OwnBrokerSettings(Settings):
    """The Mosquitto that an embedded city starts for its boxes."""

    address: str = Field("127.0.0.1", description="for the boxes")
    port: int = Field(1883, ge=1, le=65535, description="for the boxes")
    passwords: Path | None = Field(None, description="of mosquitto_passwd; without it loopback alone")
    tls: Path | None = Field(None, description="folder with ca.pem, server.pem, server.key")


class PageSettings(Settings):
    """Where the page is."""

    address: str = "127.0.0.1"
    port: int = Field(8090, ge=1, le=65535)
    login: bool = Field(False, description="embedded: reading asks for a login too")


class BrokerSettings(Settings):
    """The Mosquitto to which the boxes of a distributed city connect."""

    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password_file: Path | None = Field(None, description="file whose first line is the password")
    ca: Path | None = Field(None, description="PEM file of the authority; without it plain MQTT")


class LogSettings(Settings):
    """The NATS servers."""

    servers: tuple[str, ...] = Field(min_length=1, description="as in nats://10.0.0.1:4222")
    replicas: int = Field(3, ge=1, le=5, description="servers that hold each record")
    username: str | None = None
    password_file: Path | None = Field(None, description="file whose first line is the password")
    ca: Path | None = Field(None, description="PEM file of the authority; without it plain")

    def context(self) -> ssl.SSLContext:
        """Return the authorities for TLS."""
        return ssl.create_default_context(cafile=self.ca)


class CityFile(Settings):
    """The whole file."""

    engine: Literal["embedded", "distributed"] = "embedded"
    data: Path = Field(description="folder: of an embedded city everything, of a distributed one Parquet")
    page: PageSettings = PageSettings()
    boxes: OwnBrokerSettings = Field(OwnBrokerSettings(), description="embedded")
    broker: BrokerSettings | None = Field(None, description="distributed")
    log: LogSettings | None = Field(None, description="distributed")
    database: str | None = Field(None, description="distributed; as in postgresql://rsu@db/city?passfile=FILE")

    @model_validator(mode="after")
    def _whole(self) -> CityFile:
        if self.engine == "distributed" and None in (self.broker, self.log, self.database):
            raise ValueError(_WANTED)
        return self


def load(path: Path) -> CityFile:
    """Read a file. ConfigError: it has mistakes, each with its place."""
    source = YamlSource(path)
    try:
        found = CityFile.model_validate(source.data)
    except ValidationError as error:
        raise ConfigError(source.findings(error, CityFile)) from None
    return _placed(found, path.resolve().parent)


def _placed(file: CityFile, folder: Path) -> CityFile:
    """Return a file with whole paths."""
    changed: dict[str, object] = {"data": folder / file.data}
    for name in ("boxes", "broker", "log"):
        part = getattr(file, name)
        if part is not None:
            paths = {key: folder / each for key, each in part if isinstance(each, Path)}
            changed[name] = part.model_copy(update=paths)
    return file.model_copy(update=changed)


def secret(path: Path | None) -> str | None:
    """Return the first line of a password's file. OSError."""
    return None if path is None else path.read_text(encoding="utf-8").partition("\n")[0]
