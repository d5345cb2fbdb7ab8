"""The table of events: one row each, whose settings, code, words and rule stand in a module of their own.

All other tables of events, such as the page's words or the priorities in RSI, are derived from it (`KINDS`).
"""

from __future__ import annotations

from pydantic import Field, model_validator

from perception.events.congestion import CongestionSettings
from perception.events.emergency import EmergencySettings
from perception.events.intrusion import ObjectSettings, PedestrianSettings
from perception.events.near_miss import NearMissSettings
from perception.events.queue_end import QueueEndSettings
from perception.events.red_light import RedLightSettings
from perception.events.rule import EventRow, RuleSettings
from perception.events.speed import OverspeedSettings, SlowVehicleSettings
from perception.events.stopped import StoppedVehicleSettings
from perception.events.weather import (
    FogSettings,
    HailSettings,
    HazeSettings,
    IcyRoadSettings,
    RainSettings,
    SnowSettings,
    WindSettings,
)
from perception.events.wrong_way import WrongWaySettings
from perception.sensor import Settings


class Zone(Settings):
    """A named area of the site, for rules that hold only there or not there."""

    name: str = Field(min_length=1, max_length=63)  # by which rules name it
    polygon_m: list[tuple[float, float]] = Field(min_length=3, max_length=64, description="east, north")


class EventSettings(Settings):
    """All rules, in the order in which they look."""

    zones: list[Zone] = Field([], max_length=24)
    stopped_vehicle: StoppedVehicleSettings = StoppedVehicleSettings()
    wrong_way: WrongWaySettings = WrongWaySettings()
    overspeed: OverspeedSettings = OverspeedSettings()
    slow_vehicle: SlowVehicleSettings = SlowVehicleSettings()
    congestion: CongestionSettings = CongestionSettings()
    queue_end: QueueEndSettings = QueueEndSettings()
    pedestrian: PedestrianSettings = PedestrianSettings()
    object: ObjectSettings = ObjectSettings()
    emergency: EmergencySettings = EmergencySettings()
    red_light: RedLightSettings = RedLightSettings()
    near_miss: NearMissSettings = NearMissSettings()
    fog: FogSettings = FogSettings()
    haze: HazeSettings = HazeSettings()
    rain: RainSettings = RainSettings()
    snow: SnowSettings = SnowSettings()
    hail: HailSettings = HailSettings()
    wind: WindSettings = WindSettings()
    icy_road: IcyRoadSettings = IcyRoadSettings()

    def rules(self) -> dict[str, RuleSettings]:
        """Return the settings of every rule by its name, in the order in which they look."""
        return {name: each for name, each in self if isinstance(each, RuleSettings)}

    @model_validator(mode="after")
    def _zones_are_named(self) -> EventSettings:
        names = [zone.name for zone in self.zones]
        if len(set(names)) < len(names):
            raise ValueError("two zones have the same name")
        for rule, settings in self.rules().items():
            for name in (*settings.only_in, *settings.never_in):
                if name not in names:
                    raise ValueError(f"{rule}: no zone is called {name!r}, but {', '.join(names) or 'none is there'}")
        return self


KINDS: dict[int, EventRow] = {rule.code: rule.row for rule in EventSettings().rules().values()}


def urgency(code: int) -> int:
    """Return the priority in RSI of an event by its code, which a site may have changed to one of its own."""
    return KINDS.get(code, EventRow("", "")).urgency
