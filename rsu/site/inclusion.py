"""The `inclusion` section of a site file: when RSM tells of a road user again."""

from __future__ import annotations

from pydantic import Field

from perception.sensor import Settings


class InclusionSettings(Settings):
    """When a road user is told of again."""

    at_least: int = Field(
        15, ge=0, description="where fewer road users are due, the next in order fill up to this number"
    )
    moved_m: float = Field(4.0, ge=0, description="told of again after so long a way")
    speed_mps: float = Field(0.5, ge=0, description="or such a change of speed")
    heading_deg: float = Field(4.0, ge=0, description="or such a change of heading")
    after_s: float = Field(1.0, ge=0.1, le=1.0, description="or so long since it was told of last")
    vulnerable_after_s: float = Field(0.5, ge=0.1, le=1.0, description="the same for pedestrians and cyclists")
