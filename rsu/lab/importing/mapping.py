"""The mapping file: how another system's fields become ours. One YAML file, one entry a stream.

    streams:
      - device: radar-north                  # of the site file
        objects: targets                     # JSON: where the objects of a frame are
        time: {field: timeStamp, unit: ms}
        frame: wgs84
        fields:
          id: targetId
          class: {field: targetType, map: {3: car}}
          latitude: latitude
          longitude: longitude
          speed: {field: speed, unit: km/h}
          heading: headingAngle
          length: targetLength

JSON is an array of frames or one frame a line; a path such as `content.rsms.participants` goes through objects and,
where it meets a list, through all of its items. CSV has one object a row; rows that follow each other with the same
time are one frame. Of a rosbag `topic` chooses the messages, whose types say the rest (`rsu/lab/importing/ros.py`):

    streams:
      - {device: camera-north, topic: /detections, fields: {class: {field: class_id, map: {CAR: car}}}}
      - {device: radar-north, topic: /radar/points, fields: {doppler: {field: v_r, scale: -1}}}

Files whose layout is known need no fields (`rsu/lab/importing/labels.py`, `captures.py`, `candump.py`):

    streams:
      - {device: camera-north, format: mot, begin: "2026-11-23T08:00:00+08:00", rate_hz: 25, class: pedestrian}
      - {device: camera-north, format: kitti, begin: "2026-11-23T08:00:00+08:00", rate_hz: 10}
      - {device: radar-north, format: bytes, begin: "2026-11-23T08:00:00+08:00"}    # of its data port
      - {device: gnss, format: bytes}    # NMEA or UBX
      - {device: radar-south, format: candump, interface: can0}

Devices are those of the site file: objects go to a `camera-json`, reflections to a `ti-mmwave` whose profile has no
tracker, positions to a `gnss`. `configs/import/` has mappings and sites to begin with.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from perception.sensor import Settings
from rsu.core.errors import ConfigError
from rsu.lab.importing import mapping_words as words
from rsu.site.yaml_source import YamlSource

UNITS = {  # to SI and degrees
    "m": 1.0, "cm": 0.01, "mm": 0.001, "km": 1000.0,
    "m/s": 1.0, "km/h": 1 / 3.6, "cm/s": 0.01, "mph": 0.44704,
    "deg": 1.0, "rad": 57.29577951308232, "1e-7deg": 1e-7,
    "1": 1.0, "%": 0.01,
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIME_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1000, "ns": 1}
Kind = Literal["car", "truck", "bus", "motorcycle", "bicycle", "pedestrian", "unknown"]


def _with_its_offset(value: object) -> object:
    """Give a time of the YAML parser its zone back: it has made UTC of it."""
    offset = getattr(value, "_yaml", {}).get("tz")
    return value.replace(tzinfo=UTC) if offset and isinstance(value, datetime) else value


Moment = Annotated[datetime, BeforeValidator(_with_its_offset)]


class FieldSettings(Settings):
    """One number of theirs as one of ours: value * unit * scale + offset."""

    field: str
    unit: str = "1"
    scale: float = 1.0
    offset: float = 0.0

    @model_validator(mode="after")
    def _known(self) -> FieldSettings:
        if self.unit not in UNITS:
            raise ValueError(words.NO_UNIT.of(unit=self.unit, there=", ".join(UNITS)))
        return self

    @property
    def factor(self) -> float:
        """The factor for their values."""
        return UNITS[self.unit] * self.scale


class ClassSettings(Settings):
    """Their classes as ours; those that are not named are unknown."""

    field: str
    map: dict[str | int, Kind]


class TimeSettings(Settings):
    """When a frame was true: a number since 1970 UTC, or text."""

    field: str
    unit: Literal["s", "ms", "us", "ns"] = "ms"
    format: str | None = Field(None, description='of text, as in "%Y-%m-%d %H:%M:%S"; "iso": ISO 8601')
    zone: str | None = Field(None, description='of times without an offset: "UTC", "+08:00", "Asia/Shanghai"')
    minute: Moment | None = Field(None, description="the number counts within a minute; the first one, ISO 8601")

    @model_validator(mode="after")
    def _zone_is_known(self) -> TimeSettings:
        if self.minute is not None and self.minute.tzinfo is None and self.zone is None:
            raise ValueError(words.MINUTE_OFFSET)
        self.zoned()
        return self

    def zoned(self) -> tzinfo | None:
        """Return the zone of times without an offset. ValueError: there is none of that name."""
        if self.zone is None or self.zone.upper() in ("UTC", "Z"):
            return UTC if self.zone else None
        if self.zone[:1] in "+-":
            return datetime.fromisoformat(f"2000-01-01T00:00:00{self.zone}").tzinfo
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(words.NO_ZONE.of(zone=self.zone)) from error


class FieldsSettings(Settings):
    """Which of their fields are ours. A bare name is a field in our unit already."""

    id: str | None = None
    kind: ClassSettings | None = Field(None, alias="class")
    confidence: FieldSettings | None = None
    latitude: FieldSettings | None = None
    longitude: FieldSettings | None = None
    x: FieldSettings | None = Field(None, description="m; east in the site frame, forward in the sensor frame")
    y: FieldSettings | None = Field(None, description="m; north in the site frame, left in the sensor frame")
    vx: FieldSettings | None = Field(None, description="m/s along x; with wgs84 towards east")
    vy: FieldSettings | None = Field(None, description="m/s along y; with wgs84 towards north")
    speed: FieldSettings | None = None
    heading: FieldSettings | None = Field(None, description="deg clockwise from north; goes with speed")
    length: FieldSettings | None = None
    width: FieldSettings | None = None
    height: FieldSettings | None = None
    doppler: FieldSettings | None = Field(
        None, description="m/s, away +; of a point cloud whose field has its own name"
    )

    @model_validator(mode="before")
    @classmethod
    def _bare_names(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        bare = {"id", "class"}
        return {k: {"field": v} if isinstance(v, str) and k not in bare else v for k, v in value.items()}


class StreamSettings(Settings):
    """One device's data among theirs."""

    device: str
    topic: str | None = None
    format: Literal["mot", "kitti", "bytes", "candump"] | None = Field(
        None, description="of a file whose layout is known: MOTChallenge, KITTI tracking, a device's bytes, a CAN log"
    )
    interface: str | None = Field(None, description="of a CAN log with several: can0; else all of it")
    begin: Moment | None = Field(None, description="with a format: when the first frame was, ISO 8601 with its offset")
    rate_hz: float | None = Field(None, gt=0, le=1000, description="frames a second of mot and kitti")
    kind: Kind = Field("unknown", alias="class", description="of the users of a mot file that names no classes")
    objects: str = Field("", description="path of a frame's objects; empty: the frame itself is one")
    time: TimeSettings | None = None
    frame: Literal["wgs84", "site", "sensor"] = Field("wgs84", description="with a topic: sensor, if not said")
    fields: FieldsSettings = FieldsSettings()

    @model_validator(mode="before")
    @classmethod
    def _of_a_bag(cls, value: object) -> object:
        if isinstance(value, dict) and "topic" in value:
            return {"frame": "sensor", **value}
        return value

    @model_validator(mode="after")
    def _placed(self) -> StreamSettings:
        if self.begin is not None and self.begin.tzinfo is None:
            raise ValueError(words.BEGIN_OFFSET)
        if self.format in ("mot", "kitti") and (self.begin is None or self.rate_hz is None):
            raise ValueError(words.FRAME_NUMBERS.of(device=self.device, format=self.format))
        if self.format is not None:
            return self
        if self.topic is not None and self.frame == "wgs84":
            raise ValueError(words.BAG_FRAME)
        given = self.fields
        wanted = ("latitude", "longitude") if self.frame == "wgs84" else ("x", "y")
        if self.topic is None and (self.time is None or any(getattr(given, name) is None for name in wanted)):
            raise ValueError(words.NEEDED.of(device=self.device, first=wanted[0], second=wanted[1]))
        if self.frame == "sensor" and given.heading:
            raise ValueError(words.SENSOR_HEADING)
        return self

    @property
    def begin_ns(self) -> int | None:
        """When the first frame was, ns UTC."""
        return None if self.begin is None else (self.begin - _EPOCH) // timedelta(microseconds=1) * 1000

    def columns(self) -> list[str]:
        """Return the fields of theirs that the mapping names."""
        said = [getattr(self.fields, name) for name in FieldsSettings.model_fields]
        names = [each if isinstance(each, str) else each.field for each in said if each is not None]
        return [*([self.time.field] if self.time else []), *names]


class Mapping(Settings):
    """The whole file."""

    streams: list[StreamSettings] = Field(min_length=1)
    pace_ms: float | None = Field(
        None, gt=0, description="frames were received so far apart, in the file's order; else as their times say"
    )
    latency_ms: float = Field(60.0, ge=0, description="from when a frame was true to its receipt")
    assume_fix: bool = Field(
        True, description="without positions of a receiver: fixes at the reference point, or the gate keeps all silent"
    )


def load(path: Path) -> Mapping:
    """Read and check a mapping. ConfigError: every finding with line and column."""
    source = YamlSource(path)
    try:
        return Mapping.model_validate(source.data)
    except ValidationError as error:
        raise ConfigError(source.findings(error, Mapping)) from error
