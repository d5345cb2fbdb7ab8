"""A sensor as the site file describes it: its mount, its field of view and its errors.

`camera` turns image boxes into places on the road; everything else that a sensor says is already in metres.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Probability = Annotated[float, Field(gt=0, lt=1)]
Row = tuple[float, float, float]


class Settings(BaseModel):
    """Base of all settings of a site: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Mount(Settings):
    """Where the sensor's reference point is and where its boresight points."""

    east_m: float  # from the site's reference point
    north_m: float  # from the site's reference point
    height_m: NotNegative = 0.0  # above the road
    yaw_deg: Annotated[float, Field(ge=-360, le=360)]  # of the boresight, clockwise from true north
    pitch_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0  # of the boresight, below the horizon +; camera models only
    roll_deg: Annotated[float, Field(ge=-180, le=180)] = 0.0  # about it, right side down +; camera models only


class FieldOfView(Settings):
    """The sector around the boresight in which the sensor detects."""

    range_m: Positive  # farthest road user that it detects
    width_deg: Annotated[float, Field(gt=0, le=360)]  # whole opening angle
    near_m: NotNegative = 0.0  # nearest road user that it detects


class Noise(Settings):
    """Errors, 1 sigma, where the device does not give its own."""

    along_m: Positive = 0.5  # along the line of sight
    across_m: NotNegative = 0.5  # across it, constant part
    azimuth_deg: NotNegative = 0.0  # across it, part that grows with range
    speed_mps: Positive = 0.5  # along the line of sight
    speed_across_mps: Positive | None = None  # across it; the same where not given


class Homography(Settings):
    """A camera whose image was matched to the road by surveyed points."""

    homography: tuple[Row, Row, Row]  # image px (u right, v down, 1) -> sensor frame metres, any scale
    pixel_sd: Positive = 3.0  # px, of the middle of the contact line


class Intrinsics(Settings):
    """A calibrated camera; its pose is the mount. OpenCV's model and order of parameters."""

    fx: Positive  # px
    fy: Positive  # px
    cx: float  # px
    cy: float  # px
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)  # k1 k2 p1 p2 k3
    pixel_sd: Positive = 3.0  # px, of the middle of the contact line


class Sensor(Settings):
    """One camera or radar of the site."""

    device: str  # name of the camera or radar among the devices
    mount: Mount
    field_of_view: FieldOfView
    noise: Noise = Noise()
    detection_probability: Probability = 0.9  # per scan, in view and not hidden
    false_alarms: Positive = 0.5  # per scan, mean, over the whole field of view
    alike: Annotated[float, Field(ge=1)] = 1.0  # a device that tracks errs alike in so many scans: each counts for less
    least_speed_mps: NotNegative = 0.0  # radial speed under which it sees nothing (clutter removal of radars)
    camera: Homography | Intrinsics | None = None  # for devices that give image boxes

    @property
    def clutter_density(self) -> float:
        """Mean number of false alarms per scan and m2."""
        view = self.field_of_view
        return self.false_alarms / (math.radians(view.width_deg) / 2.0 * (view.range_m**2 - view.near_m**2))

    @model_validator(mode="after")
    def _stands_high_enough(self) -> Sensor:
        if isinstance(self.camera, Intrinsics) and self.mount.height_m <= 0:
            raise ValueError("a camera with intrinsics needs mount.height_m > 0")
        return self
