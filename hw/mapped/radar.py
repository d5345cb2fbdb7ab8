"""Driver of track radars that publish their targets as JSON on an MQTT broker, as roadside radars of open platforms do.

    V2X/RADAR/{id}/TRACK/UP   {"timeStamp": "1664423415000", "number": 29, "targets": [{"targetId": 6972,
        "targetType": 3, "longitude": 115.93, "latitude": 39.07, "speed": -16.8, "headingAngle": 176.3, ...}]}

Speeds in km/h, negative where the target approaches; headings are those of the motion. The meaning of a target's type
is published for 3, a car, alone: a mapping of the site's own can add others.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw.driver import DeviceSettings
from hw.mapped.driver import MappedDriver, MappedSettings
from hw.mapped.mapping import FieldPath, JsonMapping, TimePath
from hw.modality import RADAR, Modality
from hw.radar.geographic import Origin

TARGETS = JsonMapping(
    objects="targets",
    time=TimePath(field="timeStamp", unit="ms"),
    fields={
        "id": "targetId",
        "class": FieldPath(field="targetType", map={"3": "car"}),
        "confidence": FieldPath(field="confidenceLevel", scale=0.01),
        "longitude_deg": "longitude",
        "latitude_deg": "latitude",
        "speed_mps": FieldPath(field="speed", scale=1 / 3.6),
        "heading_deg": "headingAngle",
        "length_m": "targetLength",
        "width_m": "targetWidth",
        "height_m": "targetHeight",
    },
)


class JsonRadarSettings(MappedSettings):
    """Where the radar publishes, and where it was told that it stands."""

    origin: Origin
    mapping: JsonMapping = TARGETS
    stands_unsure: bool = Field(True, description="a target counts once its confidence was above 0: 0 means it stands")


class JsonRadar(MappedDriver):
    """One radar."""

    Settings: ClassVar[type[DeviceSettings]] = JsonRadarSettings
    modality: ClassVar[Modality] = RADAR
