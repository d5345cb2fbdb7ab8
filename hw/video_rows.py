"""The objects of a video camera's datagram (`hw/video.py`): their octets, and the limits of possible ones."""

from __future__ import annotations

import numpy as np

from perception.objects import RoadUser

ROW = np.dtype(
    [("kind", "u1"), ("confidence", "<f4"), ("position_m", "<f4", 2), ("covariance_m2", "<f4", 3), ("size_m", "<f4", 3),
     ("box_px", "<f4", 4), ("number", "<u4")]
)  # fmt: skip
_FARTHEST_M, _LARGEST_M, _WORST_M2 = 1000.0, 60.0, 1e4


def possible(rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows can be true."""
    with np.errstate(all="ignore"):
        xx, xy, yy = rows["covariance_m2"].astype(np.float64).T
        box, size = rows["box_px"], rows["size_m"]
        good: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            (rows["kind"] < len(RoadUser))
            & (rows["confidence"] >= 0)
            & (rows["confidence"] <= 1)
            & (np.abs(rows["position_m"]) <= _FARTHEST_M).all(axis=1)
            & (xx > 0) & (yy > 0) & (xx <= _WORST_M2) & (yy <= _WORST_M2) & (xy * xy < xx * yy)
            & ((size > 0) & (size <= _LARGEST_M)).all(axis=1)
            & (np.abs(box) <= 1e5).all(axis=1)
            & (box[:, 0] < box[:, 2])
            & (box[:, 1] < box[:, 3])
        )  # fmt: skip
    return good
