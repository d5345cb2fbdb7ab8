"""When something on the road is an event: the rules' part of the site file. All of it has defaults.

Each rule has a code, the times that make it start and end, and the zones in which it holds; its own thresholds follow.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from perception.events import kinds
from perception.sensor import AtLeastOne, NotNegative, Positive, Settings

Code = Annotated[int, Field(ge=0, le=65535)]


class Zone(Settings):
    """A named area of the site, for rules that hold only there or not there."""

    name: str = Field(min_length=1, max_length=63)  # by which rules name it
    polygon_m: list[tuple[float, float]] = Field(min_length=3, max_length=64, description="east, north")


class RuleSettings(Settings):
    """Settings that every rule has."""

    enabled: bool = True  # whether the rule looks
    code: Code  # of the event (GB/T 29100, or the site's own)
    on_air: bool = Field(True, description="part of RSI; else only recorded and uploaded")
    keep_recording: bool = Field(True, description="keep the recording of it and of the time before it")
    start_after_s: NotNegative  # it must hold for so long before the event starts
    end_after_s: NotNegative  # it must not hold for so long before the event ends
    sure_for_s: NotNegative = 1.0  # its road user's position must have been known to 1 m for so long
    lost_after_s: NotNegative = 3.0  # it ends when the road user was not seen for so long
    update_every_s: Positive = 1.0  # a running event is told of so often
    only_in: list[str] = Field([], description="zones; none: everywhere")
    never_in: list[str] = Field([], description="zones")


class StoppedVehicleSettings(RuleSettings):
    """A vehicle that stands where traffic should move."""

    code: Code = kinds.STOPPED_VEHICLE.code
    start_after_s: NotNegative = 1.5  # standing without reason on a lane
    start_in_junction_after_s: NotNegative = 45.0  # standing past the stop lines or on a road that leads away
    start_if_never_moved_after_s: NotNegative = 45.0  # standing since it was seen first: those ahead may be hidden
    end_after_s: NotNegative = 0.0
    walking_mps: Positive = 0.8  # slower is standing
    release_mps: Positive = 1.5  # faster is moving again
    queue_zone_m: NotNegative = 20.0  # before the stop line, where the first of a queue may stand
    least_way_m: NotNegative = 3.0  # a vehicle that has come so far counts as having moved
    queue_gap_m: Positive = 20.0  # a vehicle within this distance ahead explains a stop
    radius_m: Positive = 5.0  # of its area on air


class WrongWaySettings(RuleSettings):
    """A vehicle that drives against the direction of its lane."""

    code: Code = kinds.WRONG_WAY.code
    start_after_s: NotNegative = 0.8
    end_after_s: NotNegative = 1.0
    least_mps: Positive = 2.0  # slower is not looked at
    release_mps: Positive = 1.0  # slower ends it
    edge_m: NotNegative = 0.4  # it must be so far inside the lane
    least_way_m: NotNegative = 3.0  # distance that it must have driven
    radius_m: Positive = 10.0  # of its area on air


class OverspeedSettings(RuleSettings):
    """A vehicle that is faster than the limit of its lane."""

    code: Code = kinds.OVERSPEED.code
    start_after_s: NotNegative = 0.7
    end_after_s: NotNegative = 1.0
    over_percent: NotNegative = 20.0  # above the limit
    release_percent: NotNegative = 15.0  # above the limit, less ends it
    sigmas: NotNegative = 2.0  # and by so many standard deviations of the speed
    radius_m: Positive = 10.0  # of its area on air


class SlowVehicleSettings(RuleSettings):
    """A vehicle that creeps where it could drive."""

    code: Code = kinds.SLOW_VEHICLE.code
    start_after_s: NotNegative = 1.2
    end_after_s: NotNegative = 1.0
    under_percent: Positive = 40.0  # of the limit
    release_percent: Positive = 50.0  # of the limit, more ends it
    least_mps: Positive = 1.5  # slower is standing
    steady_mps: Positive = 0.4  # largest difference from its smoothed speed: it neither brakes nor accelerates
    free_m: Positive = 40.0  # free road ahead, and to the stop line
    radius_m: Positive = 10.0  # of its area on air


class CongestionSettings(RuleSettings):
    """Many vehicles on a link that hardly move although they may."""

    code: Code = kinds.CONGESTION.code
    start_after_s: NotNegative = 6.0
    end_after_s: NotNegative = 20.0
    slow_mps: Positive = 2.8  # a slower vehicle counts (10 km/h)
    release_mps: Positive = 4.2  # faster ends it
    least_vehicles: AtLeastOne = 10  # of the link, on lanes that have had green for `discharge_s`, or have no signal
    discharge_s: NotNegative = 6.0  # a queue needs so long to move off
    vehicles_per_level: Positive = 3.0  # further vehicles for each level above 1


class QueueEndSettings(RuleSettings):
    """The tail of a long queue, where approaching vehicles have to brake."""

    code: Code = kinds.QUEUE_END.code
    on_air: bool = kinds.QUEUE_END.on_air
    keep_recording: bool = kinds.QUEUE_END.keep_recording
    start_after_s: NotNegative = 1.0
    end_after_s: NotNegative = 3.0
    least_length_m: Positive = 40.0  # of the queue
    release_length_m: Positive = 30.0  # a shorter queue ends it
    radius_m: Positive = 10.0  # of its area on air


class PedestrianSettings(RuleSettings):
    """A person on foot, or an animal, where only motor vehicles should be."""

    code: Code = kinds.PEDESTRIAN.code
    start_after_s: NotNegative = 0.8
    sure_for_s: NotNegative = 1.5
    end_after_s: NotNegative = 1.0
    fastest_mps: Positive = 5.0  # a faster road user is not on foot
    least_height_m: NotNegative = 0.9  # a lower one is an object
    most_length_m: Positive = 1.5  # a longer one is a vehicle that a camera took for a pedestrian
    radius_m: Positive = 5.0  # of its area on air


class ObjectSettings(RuleSettings):
    """Something low that lies on the carriageway."""

    code: Code = kinds.OBJECT.code
    start_after_s: NotNegative = 0.5
    sure_for_s: NotNegative = 0.5
    end_after_s: NotNegative = 1.0
    most_height_m: Positive = 0.9  # a higher thing is no object on the road
    most_length_m: Positive = 3.0  # a longer thing is no object on the road
    still_mps: Positive = 0.8  # slower stands still
    still_m: Positive = 2.0  # largest distance from where it was seen first
    radius_m: Positive = 3.0  # of its area on air


class EmergencySettings(RuleSettings):
    """An emergency vehicle on its way, by its own word (BSM with siren or lights in use)."""

    code: Code = kinds.EMERGENCY_VEHICLE.code
    start_after_s: NotNegative = 0.0
    end_after_s: NotNegative = 2.0
    sure_for_s: NotNegative = 0.0
    radius_m: Positive = 20.0  # of its area on air


class RedLightSettings(RuleSettings):
    """A vehicle that drives on over a stop line whose light is red."""

    code: Code = kinds.RED_LIGHT.code
    on_air: bool = kinds.RED_LIGHT.on_air
    start_after_s: NotNegative = 0.0
    end_after_s: NotNegative = 2.0
    red_for_s: NotNegative = 1.0  # before its front reaches the line
    least_mps: Positive = 3.0  # slower is not looked at
    past_line_m: NotNegative = 3.0  # its middle must be so far past the line
    decide_within_s: Positive = 4.0  # where the lane's ways have different lights: until its way must be known
    radius_m: Positive = 10.0  # of its area on air


class NearMissSettings(RuleSettings):
    """Two road users that almost met: time to collision, post-encroachment time."""

    code: Code = kinds.NEAR_MISS.code
    on_air: bool = kinds.NEAR_MISS.on_air
    start_after_s: NotNegative = 0.2  # time to collision must be short for so long
    end_after_s: NotNegative = 2.0
    ttc_s: Positive = 1.5  # time to collision at constant velocity
    least_braking_mps2: Positive = 5.0  # that would be needed to stay apart
    pet_s: Positive = 0.5  # between one leaving a place and the other coming there
    crossing_deg: Positive = 40.0  # ways that cross at a smaller angle follow each other
    least_mps: Positive = 4.0  # least speed of the faster one
    sigmas: NotNegative = 2.0  # standard deviations of positions, speeds and headings that count against it
    radius_m: Positive = 5.0  # of its area on air


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

    @model_validator(mode="after")
    def _zones_are_named(self) -> EventSettings:
        names = [zone.name for zone in self.zones]
        if len(set(names)) < len(names):
            raise ValueError("two zones have the same name")
        for rule, settings in self:
            if isinstance(settings, RuleSettings):
                for name in (*settings.only_in, *settings.never_in):
                    if name not in names:
                        raise ValueError(
                            f"{rule}: no zone is called {name!r}, but {', '.join(names) or 'none is there'}"
                        )
        return self
