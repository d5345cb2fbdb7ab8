"""How good a calibration is: the error of every point, with and without its own say, and the uncertainty left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.calibration.pairs import PointPairs, corners
from perception.camera import on_road
from perception.objects import Floats, Mask
from perception.sensing.scan import in_site_frame
from perception.sensor import FieldOfView, Homography, Intrinsics, Mount

SUSPECT_TIMES, SUSPECT_PX = 4.0, 6.0  # a point off by more than both, against the median: picked wrong?
GRID = 48, 27  # samples of the picture


class PointErrors(NamedTuple):
    """Errors of n points: picked less computed."""

    picture_px: Floats  # (n, 2)
    road_m: Floats  # (n, 2) east, north, at the height of the point; NaN above the horizon

    @property
    def px(self) -> Floats:
        """Lengths (n,) px."""
        return np.hypot(self.picture_px[:, 0], self.picture_px[:, 1])

    @property
    def m(self) -> Floats:
        """Lengths (n,) m; infinite above the horizon."""
        return np.nan_to_num(np.hypot(self.road_m[:, 0], self.road_m[:, 1]), nan=np.inf)


def to_site(pixel: Floats, height_m: Floats, camera: Homography | Intrinsics, mount: Mount) -> Floats:
    """Return the places (n, 2) m, site frame, that pixels (n, 2) show at heights (n,) m; NaN above the horizon."""
    own = np.concatenate(
        [
            on_road(each[None], camera, mount.model_copy(update={"height_m": mount.height_m - up}))
            for each, up in zip(pixel, height_m, strict=True)
        ]
    )
    return in_site_frame(own, mount)


def errors(pairs: PointPairs, seen: Floats, camera: Homography | Intrinsics, mount: Mount) -> PointErrors:
    """Return the errors of points; seen (n, 2) px: where the camera would show their places."""
    placed = to_site(pairs.pixel_px, pairs.place_m[:, 2], camera, mount)
    return PointErrors(pairs.pixel_px - seen, placed - pairs.place_m[:, :2])


def suspects(px: Floats) -> Mask:
    """Return which points (n,) were probably picked wrong; px (n,): their errors in a robust fit."""
    return px > max(SUSPECT_PX, SUSPECT_TIMES * float(np.median(px)))


def coverage(
    pixel: Floats, camera: Homography | Intrinsics, mount: Mount, size: tuple[int, int], view: FieldOfView
) -> float:
    """Return the share of the watched road in a picture of `size` px that lies within the hull of points (n, 2) px."""
    across, down = ((np.arange(count) + 0.5) / count * length for count, length in zip(GRID, size, strict=True))
    samples = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    place = on_road(samples, camera, mount)
    reach = np.hypot(place[:, 0], place[:, 1])
    bearing = np.degrees(np.abs(np.arctan2(place[:, 1], place[:, 0])))
    watched = samples[(reach > view.near_m) & (reach < view.range_m) & (bearing < view.width_deg / 2)]
    hull = pixel[corners(pixel)]
    if len(hull) < 3 or not len(watched):
        return 0.0
    edge = np.roll(hull, -1, axis=0) - hull
    to = watched[:, None] - hull
    side = edge[:, 0] * to[..., 1] - edge[:, 1] * to[..., 0]
    return float(((side >= 0).all(axis=1) | (side <= 0).all(axis=1)).mean())


def far_places(mount: Mount, view: FieldOfView, share: float = 0.8) -> Floats:
    """Return three places (3, 3) m, site frame, on the road far away in a field of view: left, ahead, right."""
    bearing = np.radians(mount.yaw_deg + np.array([-0.3, 0.0, 0.3]) * min(view.width_deg, 120.0))
    reach = share * view.range_m
    return np.column_stack(
        [mount.east_m + reach * np.sin(bearing), mount.north_m + reach * np.cos(bearing), np.zeros(3)]
    )
