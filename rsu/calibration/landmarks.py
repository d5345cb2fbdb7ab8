"""The points of a lane map that a person can find in a camera's picture, with the pixels its present model gives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from perception.calibration.unknowns import seen
from rsu.calibration import features, job
from rsu.calibration.errors import CalibrateError
from rsu.site.config import Config


class Landmark(NamedTuple):
    """A point of the lane map; u_px, v_px: in the camera's model, None where it does not show it."""

    name: str
    east_m: float
    north_m: float
    u_px: float | None
    v_px: float | None


class SurveyedView(NamedTuple):
    """A camera before its calibration."""

    camera: str
    size: tuple[int, int] | None  # px of its model; None: it has none yet
    has_model: bool
    landmarks: list[Landmark]

    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        return self._asdict() | {"landmarks": [each._asdict() for each in self.landmarks]}


def view(site: Config, name: str) -> SurveyedView:
    """Return a camera's view of its lane map. CalibrateError: no such camera."""
    sensor, known = job.sensor_of(site, name), features.places(site.lane_map)
    try:
        size = job.size_of(site, sensor, None)
    except CalibrateError:  # no model, and no picture
        size = None
    pixel = np.full((len(known), 2), np.nan)
    if sensor.camera is not None and size is not None and known:
        pixel = seen(np.array([[*place, 0.0] for place in known.values()]), sensor.camera, sensor.mount, size)
        pixel[((pixel < 0) | (pixel > size)).any(axis=1)] = np.nan
    rows = [
        Landmark(at, *(round(x, 3) for x in place), *(None if np.isnan(x) else round(float(x), 1) for x in px))
        for (at, place), px in zip(known.items(), pixel, strict=True)
    ]
    return SurveyedView(name, size, sensor.camera is not None, rows)
