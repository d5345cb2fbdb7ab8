"""The `uplink.commands` section of a site file: which commands of the platform this box obeys. Default: none."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from pydantic import Field, field_validator, model_validator

from hw.detail import Detail
from perception.sensor import Settings

CommandName = Literal[
    "query",
    "versions",
    "config",
    "switches",
    "site",
    "om-config",
    "power",
    "address",
    "rsi",
    "map",
    "spat",
    "rsm",
    "event",
    "traffic",
    "recorder",
    "upload",
    "doctor",
    "upgrade",
]
PLATFORM = "platform"  # issuer of commands without a signature
_KEY_OCTETS = 32
_NO_KEY = Detail("expected an Ed25519 public key, base64 of 32 octets", "应为 Ed25519 公钥，即 32 字节的 base64")
_STRANGER = Detail("{} has no key in issuers; only {} needs none", "{} 在 issuers 中没有公钥；只有 {} 不需要")


class CommandSettings(Settings):
    """Commands of the platform. A site without this section subscribes to none."""

    issuers: dict[str, str] = Field(
        {}, description="name of an issuer of signed commands: its Ed25519 public key, base64"
    )
    allow: dict[CommandName, list[str]] = Field(
        {}, description="name of a command: issuers that may give it; all others are refused"
    )
    probation_s: float = Field(
        60, ge=5, le=80, description="a configuration of the platform that is not proven by then is given back"
    )
    kept: int = Field(10_000, ge=100, le=100_000, description="commands remembered, so that none is applied twice")

    @field_validator("issuers")
    @classmethod
    def _are_keys(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            try:
                if len(base64.b64decode(text, validate=True)) != _KEY_OCTETS:
                    raise ValueError(_NO_KEY)
            except binascii.Error as error:
                raise ValueError(_NO_KEY) from error
        return value

    @model_validator(mode="after")
    def _are_known(self) -> CommandSettings:
        for name in (name for names in self.allow.values() for name in names):
            if name != PLATFORM and name not in self.issuers:
                raise ValueError(_STRANGER.of(name, PLATFORM))
        return self
