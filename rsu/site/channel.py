"""The `channel` section of a site file: how much of the channel RSM may use."""

from __future__ import annotations

from pydantic import Field, model_validator

from hw.detail import Detail
from perception.sensor import Settings

_ORDER = Detail("expected busy_from below busy_full", "busy_from 应小于 busy_full")


class ChannelSettings(Settings):
    """The share of RSM (and proxies' BSM) in 100 ms."""

    frames_per_cycle: int = Field(8, ge=1, le=100, description="at most; 15 road users a frame")
    octets_per_cycle: int = Field(8000, ge=300, le=100_000, description="no further frame is begun after so many")
    busy_from: float = Field(0.6, ge=0, le=1, description="channel busy ratio from which the share shrinks")
    busy_full: float = Field(0.8, ge=0, le=1, description="channel busy ratio from which one frame per cycle is left")

    @model_validator(mode="after")
    def _shrinks(self) -> ChannelSettings:
        if self.busy_from >= self.busy_full:
            raise ValueError(_ORDER)
        return self
