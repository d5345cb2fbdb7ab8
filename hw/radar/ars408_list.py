"""The objects of one list of an ARS408, put together from its messages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hw.radar.ars408_frames import General, ObjectExtent, ObjectQuality
from perception.objects import RoadUser

ROW = np.dtype(
    [
        ("id", np.int64),
        ("position", float, 2),
        ("velocity", float, 2),
        ("dynamics", np.int64),
        ("sd", float, 4),  # x, y, vx, vy
        ("confidence", float),
        ("state", np.int64),  # -1: not told
        ("kind", np.int64),
        ("size", float, 3),
    ]
)
KINDS = {
    1: RoadUser.CAR,
    2: RoadUser.TRUCK,
    3: RoadUser.PEDESTRIAN,
    4: RoadUser.MOTORCYCLE,
    5: RoadUser.BICYCLE,
}  # a point, something wide: unknown


class ObjectList:
    """Collects messages; a list is complete with as many of each kind as the lists before had."""

    def __init__(self) -> None:
        self.announced = 0
        self.begun_ns = 0  # receipt of its first frame
        self._general: dict[int, General] = {}
        self._quality: dict[int, ObjectQuality] = {}
        self._extent: dict[int, ObjectExtent] = {}
        self._wanted: list[dict[int, Any]] | None = None  # frames of each object; None: not known yet

    def begin(self, objects: int, receipt_ns: int) -> None:
        """Begin the next list; the list before has shown which frames a list has."""
        if self._general:
            self._wanted = [each for each in (self._general, self._quality, self._extent) if each]
        self.announced, self.begun_ns = objects, receipt_ns
        for messages in (self._general, self._quality, self._extent):
            messages.clear()

    def add(self, message: General | ObjectQuality | ObjectExtent) -> None:
        """Take the next message of the list."""
        if isinstance(message, General):
            self._general[message.id] = message
        elif isinstance(message, ObjectQuality):
            self._quality[message.id] = message
        else:
            self._extent[message.id] = message

    @property
    def complete(self) -> bool:
        """Whether nothing more can come; before the first whole list that is not known."""
        if not self.announced:
            return True
        return self._wanted is not None and all(len(each) >= self.announced for each in self._wanted)

    def table(self) -> NDArray[Any]:
        """Return the objects that came, rows of ROW; NaN where the radar does not say."""
        rows = np.zeros(len(self._general), ROW)
        for row, one in zip(rows, self._general.values(), strict=True):
            row["id"], row["dynamics"] = one.id, one.dynamics
            row["position"], row["velocity"] = (one.x_m, one.y_m), (one.vx_mps, one.vy_mps)
            self._describe(row, self._quality.get(one.id), self._extent.get(one.id))
        return rows

    def _describe(self, row: Any, quality: ObjectQuality | None, extent: ObjectExtent | None) -> None:
        row["sd"], row["confidence"], row["state"], row["size"] = np.nan, np.nan, -1, np.nan
        if quality is not None:
            row["sd"] = quality.x_sd_m, quality.y_sd_m, quality.vx_sd_mps, quality.vy_sd_mps
            row["confidence"], row["state"] = quality.probability, quality.state
        if extent is not None:
            row["kind"] = KINDS.get(extent.kind, RoadUser.UNKNOWN)
            row["size"][:2] = extent.length_m or np.nan, extent.width_m or np.nan
