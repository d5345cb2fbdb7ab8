"""The `clock` section of a site file."""

from __future__ import annotations

from pydantic import Field

from perception.sensor import Settings


class ClockSettings(Settings):
    """The receiver's delay and the errors of the box's oscillator."""

    gnss_delay_ms: float = Field(15, ge=0, le=1000, description="least time from epoch to last byte received")
    holdover_ppm: float = Field(30, ge=0, le=1000, description="least drift of the system clock while GNSS is lost")
