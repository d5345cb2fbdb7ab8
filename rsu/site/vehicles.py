"""Bounds of a vehicle's reports, beyond which it is not believed: the site file's part."""

from __future__ import annotations

from pydantic import Field

from perception.sensor import Settings


class VehicleCheckSettings(Settings):
    """Bounds of messages received from vehicles."""

    range_m: float = Field(1500.0, gt=0, le=10_000, description="from the site; no radio reaches us from farther away")
    most_hz: int = Field(20, ge=10, le=100, description="messages of one sender; vehicles send 10 a second")
    most_per_cycle: int = Field(200, ge=20, le=1000, description="messages looked at in 100 ms; more are dropped")
    strangers_per_cycle: int = Field(60, ge=10, le=1000, description="of those, of senders not yet found plausible")
    distrust_s: float = Field(60.0, gt=0, le=3600, description="after misbehaviour nothing of a sender is used")
