"""Driver of units of radar and camera that post their targets to us, as Hikvision's (HTTP listening of ISAPI).

A request is multipart/form-data with a JSON part whose eventType is `radarVideoDetection`; eventState `inactive` is a
heartbeat. `position` is x to the right and y forward, m, from the middle of the road under the unit. The
origin of `radarDirection` is not published: speeds are left out, and fusion finds them. Number plates are personal
data: the driver does not read them, and they are kept nowhere but in recordings of the raw octets.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw.driver import DeviceSettings
from hw.mapped.driver import MappedDriver, MappedSettings
from hw.mapped.mapping import FieldPath, JsonMapping, TimePath
from hw.modality import RADAR, Modality

TARGETS = JsonMapping(
    objects="Datas",
    only={"eventType": "radarVideoDetection", "eventState": "active"},
    time=TimePath(field="dateTime", unit="iso"),
    fields={
        "id": "targetID",
        "class": FieldPath(
            field="targetType", map={"vehicle": "unknown", "human": "pedestrian", "nonMotor": "unknown"}
        ),
        "x_m": "position.1",
        "y_m": FieldPath(field="position.0", scale=-1.0),
    },
)


class RadarVideoSettings(MappedSettings):
    """Where the unit posts to."""

    mapping: JsonMapping = TARGETS
    rate_hz: float = Field(10.0, gt=0, le=100, description="lists a second; half of it is a fault")


class RadarVideo(MappedDriver):
    """One unit."""

    Settings: ClassVar[type[DeviceSettings]] = RadarVideoSettings
    modality: ClassVar[Modality] = RADAR
