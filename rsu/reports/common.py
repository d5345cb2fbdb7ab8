"""What all payloads for the cloud platform share: who speaks, times, and leaving out what is unknown.

Field names, their spelling and their order are those of T/ITS 0180.1-2021 (tables 8, 11-14, 16, 18, 19-23). Times are
integer milliseconds UTC, positions WGS-84 degrees, the rest SI and degrees. What is unknown is left out, never 0. Where
the standard gives no unit for a confidence, it is the 95 % half-width in the unit of its field. Pure: times come in,
nothing is kept.

Privacy: `license`, `brand` and `colour` are never filled, nor any id from a vehicle's own messages; `ptcId` is the
track's number, which ends with the track.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from perception.geo import Reference

Payload = dict[str, object]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: the box, its radio unit and its place. Empty text: unknown, left out."""

    rscu_sn: str
    rsu_sn: str
    city_name: str = ""
    region_id: str = ""
    cross_id: str = ""
    reference: Reference
    supplier: str = ""
    owner: str = ""
    software_version: str = ""
    hardware_version: str = ""


def ms(stamp_ns: int) -> int:
    """Return nanoseconds as the platform's milliseconds."""
    return stamp_ns // 1_000_000


def known(payload: Mapping[str, object]) -> Payload:
    """Leave out what is unknown: None, NaN, empty text."""
    return {
        key: value
        for key, value in payload.items()
        if not (value is None or value == "" or (isinstance(value, float) and math.isnan(value)))
    }


def head(identity: Identity, stamp_ns: int) -> Payload:
    """Return the fields with which every payload begins."""
    return {"timeStamp": ms(stamp_ns), "rscuSn": identity.rscu_sn}


def rounded(value: float | None) -> float | None:
    """Return a number with two decimals."""
    return None if value is None else round(value, 2)
