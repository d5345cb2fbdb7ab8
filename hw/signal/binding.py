"""Which controller is heard: the site's own, by region, number and place. It is never learned from messages."""

from __future__ import annotations

from math import cos, hypot, radians
from typing import NamedTuple

from pydantic import Field

from hw.detail import Detail
from hw.driver import DriverSettings
from hw.signal.contents import JunctionPlace
from hw.signal.messages import Address

M_PER_DEG = 111_195.0  # of latitude


OTHER_REGION = Detail("hears a controller of region {}, the site's is {}", "收到区域号为 {} 的信号机的数据，站点为 {}")
OTHER_NUMBER = Detail("hears a controller number {}, the site's is {}", "收到设备号为 {} 的信号机的数据，站点为 {}")
OTHER_PLACE = Detail(
    "hears a controller at {}, {} m from the site: another junction's?",
    "收到位于 {} 的信号机的数据，距站点 {} m：可能属于其他路口",
)
DETAILS = (OTHER_REGION, OTHER_NUMBER, OTHER_PLACE)


class ControllerPlaceSettings(DriverSettings):
    """Where the controller says that its junction is."""

    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    within_m: float = Field(300.0, gt=0, description="of that place; the next junction is farther away")


class Refusal(NamedTuple):
    """Why a message is not of the site's controller."""

    reason: str  # counted under this name
    words: str


class Binding(NamedTuple):
    """The controller's identity in the site file; None: not stated."""

    region: int | None
    number: int | None
    place: ControllerPlaceSettings | None

    def refusal(self, sender: Address, place: JunctionPlace) -> Refusal | None:
        """Return why a message is none of the site's controller, None when it is one."""
        if self.region is not None and sender.region != self.region:
            return Refusal("region", OTHER_REGION.say(sender.region, self.region))
        if self.number is not None and sender.number != self.number:
            return Refusal("number", OTHER_NUMBER.say(sender.number, self.number))
        if self.place is not None and (away_m := _distance_m(place, self.place)) > self.place.within_m:
            where = f"{place.latitude_deg:.7f}, {place.longitude_deg:.7f}"
            return Refusal("place", OTHER_PLACE.say(where, f"{away_m:.0f}"))
        return None


def _distance_m(place: JunctionPlace, other: ControllerPlaceSettings) -> float:
    north = place.latitude_deg - other.latitude_deg
    east = (place.longitude_deg - other.longitude_deg + 180) % 360 - 180
    return M_PER_DEG * hypot(north, east * cos(radians(other.latitude_deg)))
