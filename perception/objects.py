"""The input of perception: records that drivers give and fusion works with. The output: `results`.

Every record carries `stamp_ns`, when its content was true, and `receipt_ns`, when its last byte was read; both integer
nanoseconds of steady time: UTC but for steps of the system clock (`hw/timescale.py`). SI units; angles in degrees.
Unknown is None on single values and NaN in arrays, never 0.

Frames
    sensor: origin at the sensor's reference point, x forward along the boresight, y left, metres on the road plane.
    site:   east, north in metres around the site's reference point (WGS-84).
    heading: degrees clockwise from true north, 0 <= h < 360.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SECOND_NS = 1_000_000_000

# Bounds of 95 % in standard deviations, normal errors.
NORMAL_95 = 1.96  # half of the interval, one dimension
CIRCLE_95 = 2.4477  # radius of the circle, two dimensions alike: sqrt(-2 ln 0.05)


class RoadUser(IntEnum):
    """Class of a road user, as far as a sensor can tell."""

    UNKNOWN = 0
    CAR = 1
    TRUCK = 2
    BUS = 3
    MOTORCYCLE = 4
    BICYCLE = 5
    PEDESTRIAN = 6


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement of a device: its content, the time of validity and the time of receipt."""

    device: str
    stamp_ns: int
    receipt_ns: int


class Detections(Measurement, frozen=True, kw_only=True, eq=False):
    """One scan of one device: n road users, rows aligned over all arrays, NaN where the device does not say.

    A row is located by `position` or, for cameras that give image boxes, by `box`.
    """

    position_m: Floats  # (n, 2) m, sensor frame
    covariance_m2: Floats  # (n, 2, 2) m2, sensor frame; NaN: the site file's figure for the sensor holds
    velocity_mps: Floats  # (n, 2) m/s, sensor frame
    velocity_variance_m2ps2: Floats  # (n,) (m/s)2 per axis; NaN: the site file's figure holds
    box_px: Floats  # (n, 4) px: left, top, right, bottom; y down
    size_m: Floats  # (n, 3) m: length, width, height
    kind: Ints  # (n,) RoadUser
    confidence: Floats  # (n,) 0..1
    source_id: Ints  # (n,) the device's own target number, -1 unknown
    numbered: bool = False  # a road user keeps its `source_id`, by its looks, also after it was hidden
    doubtful: bool = False  # the device still learns the empty scene: alone it confirms no standing road user
    partial: bool = False  # the device sees badly now: a road user that it does not see may be there all the same


class PointCloud(Measurement, frozen=True, kw_only=True, eq=False):
    """Radar reflections of one frame, for radars that do not track by themselves."""

    points_m: Floats  # (n, 3) m, sensor frame: x forward, y left, z up
    doppler_mps: Floats  # (n,) m/s, radial, away from the sensor +
    snr_db: Floats  # (n,) dB


class Speeds(Measurement, frozen=True, kw_only=True, eq=False):
    """Speeds, lengths and lanes of n road users without their places; rows aligned, NaN: not measured."""

    speed_mps: Floats  # (n,) towards the detector +; of a counting one: along the lane +
    length_m: Floats  # (n,)
    lane: Ints  # (n,) the device's own number of the lane, -1 unknown
    kind: Ints  # (n,) RoadUser
    counted: bool  # each row is one vehicle that has passed; else a vehicle is told of again and again


# Precipitation that falls now, the worst for traffic last; unknown: something falls.
PRECIPITATION = ("none", "drizzle", "unknown", "rain", "mixed", "snow", "hail", "freezing")


class Weather(Measurement, frozen=True, kw_only=True):
    """The weather at a station, as far as it measures it."""

    visibility_m: float | None = None  # m, meteorological optical range, mean over a minute
    precipitation: str | None = None  # one of PRECIPITATION
    intensity_mm_h: float | None = None  # mm/h of water
    obscuration: str | None = None  # clear, fog or haze: the cause of a short sight beside precipitation
    wind_mps: float | None = None  # m/s, mean
    gust_mps: float | None = None  # m/s, highest of the averaging time
    wind_from_deg: float | None = None  # deg clockwise from north
    temperature_c: float | None = None  # deg C, of the air
    humidity_percent: float | None = None  # relative


class VehicleReport(Measurement, frozen=True, kw_only=True):
    """A vehicle's report of itself (a received BSM), in the core's units."""

    id: bytes  # 8 octets, temporary
    latitude_deg: float  # deg
    longitude_deg: float  # deg
    position_95_m: float | None  # m, 95 % horizontal accuracy claimed by the vehicle
    speed_mps: float | None  # m/s
    heading_deg: float | None  # deg
    length_m: float | None  # m
    width_m: float | None  # m
    height_m: float | None  # m
    kind: RoadUser
    emergency: bool = False  # on its way with siren or lights


class Lamp(msgspec.Struct, frozen=True):
    """One lamp of a signal controller as reported: colour now and seconds to its end."""

    number: int
    angle_deg: int  # deg clockwise from north of the approach the lamp belongs to
    type: int  # GA/T 1743 lamp type: 1 straight 2 left 3 right 4 round ... 8 crosswalk
    colour: str  # one of COLOURS
    countdown_s: float | None  # s; a steady green counts to the end of its green flash


COLOURS = ("unknown", "dark", "red", "yellow", "green", "flashing-red", "flashing-yellow", "flashing-green")


class SignalState(Measurement, frozen=True, kw_only=True):
    """All lamp colours of a signal controller at one time."""

    lamps: list[Lamp]
    repeated: bool = False  # the very octets of the report before, its time included: no sign of life of the controller


class LampPlan(msgspec.Struct, frozen=True):
    """The steps of one lamp over one signal cycle, in order; durations sum to the cycle."""

    number: int
    angle_deg: int
    type: int
    steps: list[tuple[str, float]]  # (colour, duration s)


class SignalPlan(Measurement, frozen=True, kw_only=True):
    """The plan that the controller runs now."""

    lamps: list[LampPlan]


class Fix(Measurement, frozen=True, kw_only=True):
    """One GNSS solution. `stamp_ns` is not steady as elsewhere: it is the receiver's own UTC."""

    valid: bool  # the receiver itself says that position and time may be used
    kind: str  # none, 2d, 3d, dgps, float, fixed, dead-reckoning
    latitude_deg: float | None
    longitude_deg: float | None
    height_m: float | None  # m above the ellipsoid
    satellites: int | None
    horizontal_accuracy_m: float | None  # m, 1 sigma
    time_accuracy_ns: int | None
    time_only: bool = False  # not valid, yet the time may be used


class Reception(Measurement, frozen=True, kw_only=True):
    """One message received over the air. `stamp_ns` is the radio's receive time."""

    aid: int
    payload: bytes
    source: int  # layer-2 id of the sender


class ChannelState(Measurement, frozen=True, kw_only=True):
    """A radio's report of the channel that all stations share."""

    busy: float | None  # channel busy ratio, 0..1; None: it does not say


def encode_array(value: Any) -> Any:
    """Hook for msgspec: arrays travel as (dtype, shape, bytes)."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, np.ascontiguousarray(value).tobytes())
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode_array(kind: type, value: Any) -> Any:
    """Hook for msgspec: the inverse of `encode_array`."""
    dtype, shape, data = value
    return np.frombuffer(data, dtype=dtype).reshape(shape)
