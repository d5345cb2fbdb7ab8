"""Knobs of the detectors, as the site file gives them."""

from __future__ import annotations

from pydantic import Field

from perception.sensor import NotNegative, Positive, Settings


class MotionSettings(Settings):
    """Knobs of the motion detector."""

    shadow: float = Field(0.6, gt=0, lt=1)  # a region darker than this share of the road is no shadow
    learn_s: Positive = 8.0  # time constant with which the empty road is learned
    warm_up_s: NotNegative = 2.0  # after the start, nothing is found for so long
    sure_after_s: NotNegative = 60.0  # detections are doubtful for so long: longer than a wait for green
    stopped_s: Positive = 600.0  # a thing that stands longer becomes part of the road
