"""Which value of a JSON message means which fact: a site file says it, or a driver that knows its device.

    mapping:
      objects: data.targets          the list of road users; empty: the message is the list
      only: {eventType: detection}   messages of which this does not hold are passed over
      time: {field: ts, unit: ms}    when the scene was so, UTC
      fields:
        id: trackId
        class: {field: type, map: {"1": car, "2": truck}}
        x_m: {field: position.1}
        speed_mps: {field: speed, scale: 0.27778}

A path names keys, and indices of lists, with dots between.
"""

from __future__ import annotations

import math
import zlib
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import Field

from hw.endpoint import Strict
from perception.objects import RoadUser

Name = Literal[
    "id", "class", "confidence", "x_m", "y_m", "longitude_deg", "latitude_deg", "vx_mps", "vy_mps", "speed_mps",
    "heading_deg", "length_m", "width_m", "height_m", "left_px", "top_px", "right_px", "bottom_px",
]  # fmt: skip
_UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}  # us
_FARTHEST_NS = 1 << 63


class FieldPath(Strict):
    """One value."""

    field: str = Field(description="path of the value")
    scale: float = Field(1.0, description="what the value is multiplied by")
    map: dict[str, str] = Field({}, description="value, as text: class")


class TimePath(Strict):
    """When the scene was as the message says."""

    field: str = Field(description="path of the time, UTC")
    unit: Literal["s", "ms", "us", "ns", "iso"] = Field("ms", description="since 1970, or ISO 8601 with its offset")


class JsonMapping(Strict):
    """All values of one kind of message."""

    objects: str = Field(description="path of the list of road users; empty: the message is the list")
    only: dict[str, str] = Field({}, description="path: value, as text, of the messages that are meant")
    time: TimePath | None = Field(None, description="none: messages are stamped when received")
    fields: dict[Name, str | FieldPath] = Field(description="what is known of a road user: path, or path and scale")


class Values(NamedTuple):
    """One road user as a message tells it."""

    id: int
    kind: RoadUser
    numbers: dict[Name, float]

    def number(self, name: Name) -> float:
        """Return a number; NaN: not said."""
        return self.numbers.get(name, math.nan)


def at(data: Any, path: str) -> Any:
    """Return the value at a path; None: there is none."""
    for key in path.split(".") if path else ():
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        else:
            return None
    return data


class MappedReader:
    """Reads messages by one mapping."""

    def __init__(self, mapping: JsonMapping) -> None:
        self._mapping = mapping
        self._paths = {
            name: FieldPath(field=each) if isinstance(each, str) else each for name, each in mapping.fields.items()
        }

    def is_meant(self, message: Any) -> bool:
        """Return whether a message is one of those that the mapping is for."""
        return all(_text(at(message, path)) == value for path, value in self._mapping.only.items())

    def time_ns(self, message: Any) -> int | None:
        """Return UTC in ns; None: the mapping names no time. ValueError: there is none."""
        if (time := self._mapping.time) is None:
            return None
        value = at(message, time.field)
        if time.unit == "iso":
            return round(datetime.fromisoformat(str(value)).timestamp() * 1e6) * 1000
        stamp_ns = round(_number(value) * _UNITS[time.unit]) * 1000
        if abs(stamp_ns) > _FARTHEST_NS:
            raise ValueError("no time")
        return stamp_ns

    def objects(self, message: Any) -> list[Any]:
        """Return the road users of a message as they are. ValueError: it has no list."""
        found = at(message, self._mapping.objects)
        if not isinstance(found, list):
            raise ValueError("no list")
        return found

    def values(self, one: Any) -> Values:
        """Return the values of one road user; a value that is no number is left out."""
        numbers = {name: _scaled(one, path) for name, path in self._paths.items() if name not in ("id", "class")}
        key = at(one, self._paths["id"].field) if "id" in self._paths else None
        return Values(_identity(key), self._kind(one), numbers)

    def _kind(self, one: Any) -> RoadUser:
        if (path := self._paths.get("class")) is None:
            return RoadUser.UNKNOWN
        text = _text(at(one, path.field))
        return RoadUser.__members__.get(path.map.get(text, text).upper(), RoadUser.UNKNOWN)


def _identity(key: Any) -> int:
    """Return the device's number of a target: its own, or made of its text; -1: none."""
    if key is None or isinstance(key, (list, dict, bool, float)):
        return -1
    text = str(key)
    return int(text) if text.isdecimal() and len(text) < 19 else zlib.crc32(text.encode())


def _scaled(one: Any, path: FieldPath) -> float:
    try:
        return _number(at(one, path.field)) * path.scale
    except ValueError:
        return math.nan


def _number(value: Any) -> float:
    if value is None or isinstance(value, (bool, list, dict)):
        raise ValueError("no number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
