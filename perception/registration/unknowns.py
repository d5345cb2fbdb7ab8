"""The unknowns of sensors, vehicles and lanes, and how they move the places that a sensor reports."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from perception.camera import attitude
from perception.objects import Floats, Ints
from perception.registration.paths import Paths
from perception.sensing.scan import rotation_of
from perception.sensor import Mount

EACH = 7  # unknowns of a sensor
TILT = slice(4, EACH)  # those that only cameras have whose places are worked out from the picture
LEAST_HEIGHT_M = 0.5


class Stand(NamedTuple):
    """Where a sensor stands by the site file; `lens`: its places are rays of a picture that meet the road."""

    mount: Mount
    lens: bool

    @property
    def place_m(self) -> Floats:
        """East and north (2,)."""
        return np.array([self.mount.east_m, self.mount.north_m])


class Layout:
    """Which columns the unknowns have: seven of each sensor (east, north m; yaw rad; lag s; pitch, roll rad; height m),
    then two of each vehicle (east, north m), one of each lane (m), and the lag of all vehicles (s).

    Lags make up for filters and clocks: a track that lags looks turned, since traffic keeps to one side. Pitch, roll
    and height are those of cameras with a lens in the site file; of all others they stay 0.
    """

    def __init__(self, sensors: int, vehicles: int, lanes: int) -> None:
        self.vehicle = EACH * sensors
        self.lane = self.vehicle + 2 * vehicles
        self.vehicle_lag = self.lane + lanes
        self.unknowns = self.vehicle_lag + 1


def columns_of(sensor: int) -> Ints:
    """Return the columns (EACH,) of a sensor's unknowns."""
    return EACH * sensor + np.arange(EACH)


def moved(paths: Paths, stand: Stand, x: Floats) -> Paths:
    """Return paths of a sensor with its unknowns (EACH,) put right."""
    east, north, yaw, lag_s = x[:4]
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])  # clockwise
    seen, velocity = paths.position_m, paths.velocity_mps
    if stand.lens and x[TILT].any():
        seen, velocity = _tilted(paths, stand, x)
    position = (seen - stand.place_m) @ turn.T + stand.place_m + [east, north]
    velocity = velocity @ turn.T
    return msgspec.structs.replace(
        paths,
        position_m=position + velocity * lag_s,
        velocity_mps=velocity,
        covariance_m2=turn @ paths.covariance_m2 @ turn.T,
    )


def _tilted(paths: Paths, stand: Stand, x: Floats) -> tuple[Floats, Floats]:
    """Return positions (n, 2) m and velocities (n, 2) m/s with pitch, roll and height put right by x (EACH,)."""
    mount, axes = stand.mount, _axes(stand, 0.0)
    pitch, roll, height = x[TILT]
    changed = {"pitch_deg": mount.pitch_deg + np.degrees(pitch), "roll_deg": mount.roll_deg + np.degrees(roll)}
    turn = attitude(mount.model_copy(update=changed)) @ attitude(mount).T
    above = max(LEAST_HEIGHT_M, mount.height_m + height)

    def put_right(position: Floats) -> Floats:
        """Return places (n, 2) at which the same rays meet the road."""
        own = (position - stand.place_m) @ axes.T
        ray = np.column_stack([own, np.full(len(own), -mount.height_m)]) @ turn.T
        down = np.minimum(ray[:, 2:], -1e-3)  # a ray above the horizon meets it very far away
        placed: Floats = ray[:, :2] * (-above / down) @ axes + stand.place_m
        return placed

    step_s = 0.1
    position = put_right(paths.position_m)
    return position, (put_right(paths.position_m + step_s * paths.velocity_mps) - position) / step_s


def _axes(stand: Stand, yaw: float) -> Floats:
    """Return the sensor's axes (2, 2), site frame: forward, left; `yaw`, rad: beyond that of the site file."""
    turned = stand.mount.model_copy(update={"yaw_deg": stand.mount.yaw_deg + np.degrees(yaw)})
    return rotation_of(turned).T


def sensitivity(position: Floats, velocity: Floats, stand: Stand, x: Floats) -> Floats:
    """Return d position / d unknowns, (n, 2, EACH), of places that a sensor sees.

    position (n, 2) m and velocity (n, 2) m/s, site frame, are put right by the sensor's unknowns x (EACH,).
    """
    arm = position - stand.place_m - x[:2]
    slope = np.zeros((len(arm), 2, EACH))
    slope[:, 0, 0] = slope[:, 1, 1] = 1.0
    slope[:, 0, 2], slope[:, 1, 2] = arm[:, 1], -arm[:, 0]
    slope[:, :, 3] = velocity
    if stand.lens:
        slope[:, :, TILT] = _tilts(arm, stand, x)
    return slope


def _tilts(arm: Floats, stand: Stand, x: Floats) -> Floats:
    """Return how pitch, roll and height move places, (n, 2, 3), at `arm` (n, 2) m from the sensor; x (EACH,)."""
    axes = _axes(stand, x[2])
    ahead, left = (arm @ axes.T).T
    height = max(LEAST_HEIGHT_M, stand.mount.height_m + x[6])
    pitch = np.radians(stand.mount.pitch_deg) + x[4]
    sine, cosine = np.sin(pitch), np.cos(pitch)
    own = np.array(
        [
            [-height - ahead**2 / height, sine * left + cosine * ahead * left / height, ahead / height],
            [-left * ahead / height, cosine * height - sine * ahead + cosine * left**2 / height, left / height],
        ]
    )
    slope: Floats = np.einsum("abn,ac->ncb", own, axes)
    return slope
