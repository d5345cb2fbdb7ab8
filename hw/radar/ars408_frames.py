"""Messages of Continental ARS404 and ARS408 radars, 11-bit CAN ids; bits are counted big endian (Motorola).

The id of radar n of a bus (0..7) is the id below plus 0x10 n. A list is 60A, then a 60B for each object, then, where
they are switched on, as many 60C and 60D. Nanoradar MR72, MR76, MR82 and CAR28 send 60A and 60B of the same layout.

Sources: Continental, ARS404-21/ARS408-21 technical documentation; three public drivers that agree with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hw.detail import Detail

CONFIGURATION, STATE = 0x200, 0x201
LIST, GENERAL, QUALITY, EXTENDED = 0x60A, 0x60B, 0x60C, 0x60D
CLUSTERS = 0x600  # begins a list of unprocessed reflections
SENSOR_STEP = 0x10
OBJECTS = 1  # output type
# 1 sigma by index: m, m/s; index 31 says nothing
DEVIATIONS = (
    0.005, 0.006, 0.008, 0.011, 0.014, 0.018, 0.023, 0.029, 0.038, 0.049, 0.063, 0.081, 0.105, 0.135, 0.174, 0.224,
    0.288, 0.371, 0.478, 0.616, 0.794, 1.023, 1.317, 1.697, 2.187, 2.817, 3.630, 4.676, 6.025, 7.762, 10.0,
    float("nan"),
)  # fmt: skip
PROBABILITIES = (float("nan"), 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0)  # of existence, upper bounds
DELETED = {0, 4}  # states of measurement: gone, gone into another object
STANDS = {1, 3, 5}  # dynamic properties: stationary, perhaps stationary, crossing and stationary; stopped is 7
FAULTS = {  # by their bit in the radar's state
    5: Detail("a persistent error", "永久故障"),
    4: Detail("interference", "干扰"),
    3: Detail("temperature", "温度异常"),
    2: Detail("a temporary error", "暂时故障"),
    1: Detail("supply voltage", "供电电压异常"),
}
_SIZES = {STATE: 8, LIST: 4, GENERAL: 8, QUALITY: 7, EXTENDED: 8}


class RadarState(NamedTuple):
    """The radar's report of its state, once a second."""

    faults: tuple[Detail, ...]
    output: int  # 0 nothing, 1 objects, 2 clusters
    quality: bool
    extended: bool


class ListHead(NamedTuple):
    """The beginning of a list."""

    objects: int
    counter: int  # 16 bits


class General(NamedTuple):
    """Where an object is: m, m/s, x forward, y left."""

    id: int
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    dynamics: int


class ObjectQuality(NamedTuple):
    """How sure the radar is: 1 sigma, m, m/s; probability of existence; state of measurement."""

    id: int
    x_sd_m: float
    y_sd_m: float
    vx_sd_mps: float
    vy_sd_mps: float
    probability: float
    state: int


class ObjectExtent(NamedTuple):
    """Class and size of an object: class 0 point, 1 car, 2 truck, 3 pedestrian, 4 motorcycle, 5 bicycle, 6 wide; m."""

    id: int
    kind: int
    length_m: float
    width_m: float


RadarMessage = RadarState | ListHead | General | ObjectQuality | ObjectExtent


def parse(number: int, data: bytes) -> RadarMessage | None:
    """Return the message of an id, less the radar's part of it; None: another id. ValueError: too short."""
    if (size := _SIZES.get(number)) is None:
        return None
    if len(data) < size:
        raise ValueError(f"{number:03X} of {len(data)} octets, {size} are expected")
    return _PARSERS[number](data)


def _state(d: bytes) -> RadarState:
    faults = tuple(fault for bit, fault in FAULTS.items() if d[2] >> bit & 1)
    return RadarState(faults, d[5] >> 2 & 3, bool(d[5] >> 4 & 1), bool(d[5] >> 5 & 1))


def _head(d: bytes) -> ListHead:
    return ListHead(d[0], d[1] << 8 | d[2])


def _general(d: bytes) -> General:
    return General(
        id=d[0],
        x_m=(d[1] << 5 | d[2] >> 3) * 0.2 - 500,
        y_m=((d[2] & 7) << 8 | d[3]) * 0.2 - 204.6,
        vx_mps=(d[4] << 2 | d[5] >> 6) * 0.25 - 128,
        vy_mps=((d[5] & 0x3F) << 3 | d[6] >> 5) * 0.25 - 64,
        dynamics=d[6] & 7,
    )


def _quality(d: bytes) -> ObjectQuality:
    return ObjectQuality(
        id=d[0],
        x_sd_m=DEVIATIONS[d[1] >> 3],
        y_sd_m=DEVIATIONS[(d[1] & 7) << 2 | d[2] >> 6],
        vx_sd_mps=DEVIATIONS[d[2] >> 1 & 31],
        vy_sd_mps=DEVIATIONS[(d[2] & 1) << 4 | d[3] >> 4],
        probability=PROBABILITIES[d[6] >> 5],
        state=d[6] >> 2 & 7,
    )


def _extent(d: bytes) -> ObjectExtent:
    return ObjectExtent(d[0], d[3] & 7, d[6] * 0.2, d[7] * 0.2)


_PARSERS: dict[int, Callable[[bytes], RadarMessage]] = {
    STATE: _state,
    LIST: _head,
    GENERAL: _general,
    QUALITY: _quality,
    EXTENDED: _extent,
}


def configuration() -> bytes:
    """Return the data of 200 that switches on objects with quality and extent, sorted by range; not stored."""
    valid = 0b0111_1000  # of sort, extent, quality, output type
    return bytes([valid, 0, 0, 0, OBJECTS << 3, 1 << 4 | 1 << 3 | 1 << 2, 0, 0])
