"""The shape of a camera's pictures against that of the picture for which its model holds.

A stream may be smaller than `image_px`, but must show the same view: one whose sides have another ratio is a part of
the view, whose edges are unknown, or the whole view squeezed. Places found in the former would be wrong by metres.
"""

from __future__ import annotations

from typing import Literal

import cv2

from perception.video.boxes import Picture

ROUNDING_PX = 2  # encoders make sides even, or multiples of four

Misfit = Literal["turned", "other"]  # by 90 degrees, or of another ratio of the sides


def misfit(stream: tuple[int, int], model: tuple[int, int], stretched: bool) -> Misfit | None:
    """Return why pictures of a size (width, height px) cannot be those of the camera's model; None where they can."""
    (width, height), (model_width, model_height) = stream, model
    if stretched or abs(height - width * model_height / model_width) <= ROUNDING_PX:
        return None
    return "turned" if abs(width - height * model_height / model_width) <= ROUNDING_PX else "other"


def straightened(picture: Picture, model: tuple[int, int]) -> Picture:
    """Return a picture of the whole view in the shape of the camera's model."""
    height, width = picture.shape[:2]
    wanted = round(width * model[1] / model[0])
    return picture if height == wanted else cv2.resize(picture, (width, wanted), interpolation=cv2.INTER_AREA)
