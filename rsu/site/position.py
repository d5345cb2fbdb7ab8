"""The `position` section of a site file."""

from __future__ import annotations

from pydantic import Field

from perception.sensor import Settings


class PositionSettings(Settings):
    """Where the antenna is and how far GNSS may say it is elsewhere."""

    antenna_east_m: float = Field(0.0, description="of the GNSS antenna, from the site's reference point")
    antenna_north_m: float = Field(0.0, description="of the GNSS antenna, from the site's reference point")
    tolerance_m: float = Field(10.0, gt=0, le=100, description="deviation of GNSS at which all messages stop")
    hold_s: float = Field(300.0, gt=0, description="how long the last good position counts while GNSS is lost")
