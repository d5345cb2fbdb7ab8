"""The site file: one YAML file that says everything about a site. Unknown keys are errors, units are in key names."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from hw.detail import Detail
from perception.events.settings import EventSettings
from perception.geo import Reference
from perception.sensor import Sensor, Settings
from perception.tracking.settings import FusionSettings
from perception.traffic.statistics import StatisticsSettings
from rsu.site.channel import ChannelSettings
from rsu.site.clock import ClockSettings
from rsu.site.corridor import CorridorLinkSettings
from rsu.site.inclusion import InclusionSettings
from rsu.site.position import PositionSettings
from rsu.site.recording import RecordingSettings, ReplaySettings
from rsu.site.signal import SignalSettings
from rsu.site.uplink import UplinkSettings
from rsu.site.vehicles import VehicleCheckSettings
from rsu.site.video import VideoSettings
from rsu.site.web import WebSettings
from v2x.profiles import DEFAULT_PROFILE, Profile

MessageKind = Literal["bsm", "map", "rsm", "spat", "rsi"]

_OFFSET = Detail(
    "{system} is offset by hundreds of metres and cannot go on air; survey in wgs84 or cgcs2000",
    "{system} 的偏移达数百米，不能用于播发；请按 wgs84 或 cgcs2000 测量",
)
_NO_STAND_IN = Detail(
    "a replay names the kind and the driver that it stands in for", "回放须给出所替代设备的 kind 和 driver"
)


class ReferenceSettings(Settings):
    """The site's reference point: origin of the site frame and refPos of the messages."""

    latitude_deg: float = Field(ge=-89, le=89, description="north +")
    longitude_deg: float = Field(ge=-180, le=180, description="east +")
    elevation_m: float = Field(ge=-409.5, le=6143.9, description="above the WGS-84 ellipsoid")
    coordinates: Literal["wgs84", "cgcs2000"] = Field(
        "wgs84", description="system in which it was surveyed; GCJ-02 is refused"
    )

    @field_validator("coordinates", mode="before")
    @classmethod
    def _not_gcj02(cls, value: object) -> object:
        if str(value).lower().replace("-", "") in ("gcj02", "bd09"):
            raise ValueError(_OFFSET.of(system=value))
        return value

    def reference(self) -> Reference:
        """Return it as the core's word."""
        return Reference(self.latitude_deg, self.longitude_deg, self.elevation_m)


class PlaceSettings(Settings):
    """Which site this is."""

    name: str = Field(
        min_length=1, max_length=63, pattern=r"^[\x20-\x7e]+$", description="of the site, printable ASCII"
    )
    region: int = Field(ge=0, le=65535, description="RoadRegulatorID; 0 for tests only")
    node: int = Field(ge=0, le=65535, description="NodeID of the junction; the same in MAP and SPAT")
    reference: ReferenceSettings
    lane_map: str = Field(description="path of the lane map, from the site file's folder")


class IdentitySettings(Settings):
    """Numbers under which the cloud knows this box (T/ITS 0180.1)."""

    rscu_sn: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="serial number of this box at the platform",
    )
    rsu_sn: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="serial number of the radio at the platform",
    )
    city_name: str = Field("", description="for people; records carry the city's code")
    region_id: str = Field("", pattern=r"^[0-9]*$", description="GB/T 2260, six digits; without it no lamp records")
    city_code: str = Field("", pattern=r"^([0-9]{6})?$", description="GB/T 2260 code; default: the region's city")
    cross_id: str = Field("", max_length=64, description="of the crossing at the platform; default: node of the site")
    cross_name: str = Field("", max_length=64, description="of the crossing, for records")
    road_id: int | None = Field(None, ge=0, description="of the road at the platform")
    road_name: str = Field("", max_length=64, description="of the road, for records")
    link_ids: dict[str, Annotated[int, Field(ge=0)]] = Field(
        {}, description="name of a link or exit: its linkId at the platform; default of a link: its upstream node"
    )
    supplier: str = Field("", description="supplier of the box, for its status record")
    owner: str = Field("", description="owner of the box, for its status record")


class DeviceEntry(Settings):
    """One device: which driver, and the driver's own settings.

    Kind `replay` is another kind's device, played from a recording; its kind and driver settings stand among its
    settings:

        {kind: replay, driver: {recording: day.mcap, loop: true, kind: camera-json, driver: {link: {tcp: ...}}}}
    """

    kind: str = Field(description="name of the driver, or replay")
    driver: dict[str, Any] = Field(description="settings of the driver: tables below")
    replay: ReplaySettings | None = Field(None, description="its bytes come from a recording")
    video: VideoSettings | None = Field(None, description="of a video camera: its pictures and its detectors")

    @model_validator(mode="before")
    @classmethod
    def _played(cls, value: Any) -> Any:
        if not isinstance(value, dict) or value.get("kind") != "replay" or not isinstance(value.get("driver"), dict):
            return value
        played = dict(value["driver"])
        if not {"kind", "driver"} <= played.keys():
            raise ValueError(_NO_STAND_IN)
        return {**value, "kind": played.pop("kind"), "driver": played.pop("driver"), "replay": played}


class RadioSettings(Settings):
    """One radio. `radio: NAME` is short for one that sends every message type."""

    device: str = Field(description="name of a radio among the devices")
    messages: list[MessageKind] = Field(list(get_args(MessageKind)), description="message types that this radio sends")


def _one_radio(value: object) -> object:
    return [{"device": value}] if isinstance(value, str) else value


class SignSettings(Settings):
    """One traffic sign announced by RSI (T/CSAE 159-2020: its description is the sign code, then text)."""

    id: int = Field(ge=0, le=255, description="rtsId of the sign in the RSI")
    type: int = Field(ge=0, le=65535, description="serial number in GB 5768.2-2009; 0 text only")
    code: str = Field(min_length=16, max_length=16, description="GB/T 30699-2014 sign code, 16 characters")
    text: str = Field("", max_length=200, description="shown to drivers, such as the limit of a speed limit sign")
    east_m: float = Field(description="place of the sign")
    north_m: float = Field(description="place of the sign")
    priority: int = Field(ge=0, le=7, description="7 is the most urgent")
    links: list[str] = Field(min_length=1, max_length=16, description="names of the lane map's links it rules")


class MessageSettings(Settings):
    """Settings of the messages on air."""

    profile: Profile = Field(DEFAULT_PROFILE, description="edition of the message set")
    inclusion: InclusionSettings = InclusionSettings()
    channel: ChannelSettings = ChannelSettings()
    proxy_bsm: bool = Field(False, description="send BSMs for tracked vehicles that have no radio")
    signs: list[SignSettings] = Field([], max_length=16)
    silent: list[MessageKind] = Field([], description="message types switched off")
    max_frame_octets: int = Field(1400, ge=300, le=1400, description="longest message; the radio carries 1400")


class Site(Settings):
    """The whole file."""

    version: Literal[1] = Field(description="of this file's form")
    site: PlaceSettings
    identity: IdentitySettings
    radio: Annotated[list[RadioSettings], BeforeValidator(_one_radio)] = Field(min_length=1, max_length=8)
    devices: dict[str, DeviceEntry]
    sensors: list[Sensor] = Field(description="mounts, fields of view and errors of the cameras and radars")
    signal: SignalSettings | None = None
    clock: ClockSettings = ClockSettings()
    position: PositionSettings = PositionSettings()
    tracking: FusionSettings = FusionSettings()
    vehicles: VehicleCheckSettings = VehicleCheckSettings()
    events: EventSettings = EventSettings()
    statistics: StatisticsSettings = StatisticsSettings()
    messages: MessageSettings = MessageSettings()
    uplink: UplinkSettings = UplinkSettings()
    corridor: CorridorLinkSettings | None = None
    recording: RecordingSettings = RecordingSettings()
    page: WebSettings = WebSettings()

    @property
    def radios(self) -> list[str]:
        """Return the names of the radios."""
        return [radio.device for radio in self.radio]

    def whereabouts(self) -> dict[str, object]:
        """Return region (GB/T 2260) and place as drivers of devices that name them expect theirs."""
        reference, region = self.site.reference, int(self.identity.region_id or 0)
        place = {"latitude_deg": reference.latitude_deg, "longitude_deg": reference.longitude_deg}
        return {"place": place} | ({"region": region} if 0 < region <= 999_999 else {})
