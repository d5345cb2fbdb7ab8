"""Whether a camera's pictures can be used, and why not."""

from __future__ import annotations

from enum import IntEnum


class Sight(IntEnum):
    """Whether road users can be told from a picture, and why not; in the order of `hw.video.STATES`."""

    SEES = 0
    LEARNING = 1  # the road
    BLIND = 2  # dark or covered
    FROZEN = 3
    # motion cannot be told; a network may find some road users even so
    DARK = 6  # 4 and 5 are of the process that fetches the pictures
    DAZZLED = 7
    RESTLESS = 8
