"""Fixes out of what a GNSS receiver says: a NAV-PVT, or the NMEA sentences of one epoch."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from hw.nmea import Gga, Gst, Rmc, Sentence
from hw.ubx import CARRIER_SHIFT, DIFFERENTIAL, FIX_OK, NavPvt
from perception.objects import Fix

UBX_KINDS = {1: "dead-reckoning", 2: "2d", 3: "3d", 4: "3d"}
UBX_CARRIER_KINDS = {1: "float", 2: "fixed"}
NMEA_KINDS = {1: "3d", 2: "dgps", 3: "3d", 4: "fixed", 5: "float", 6: "dead-reckoning"}  # GGA tells no 2d from 3d
NMEA_NOT_MEASURED = {"N", "E", "M", "S"}  # RMC modes: no data, dead reckoning, typed in, simulated
NOT_VALID = {"none", "dead-reckoning"}


class Epoch(NamedTuple):
    """The sentences that share one time."""

    rmc: Rmc
    gga: Gga
    gst: Gst | None


class Epochs:
    """Puts the sentences of one epoch together, whatever their order.

    An epoch is complete with RMC and GGA, and with GST where the receiver sends it: one GST after the others makes the
    next epochs wait for theirs, a missing one makes them stop waiting. Counter: `incomplete`.
    """

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._parts: dict[type[Sentence], Sentence] = {}
        self._with_gst = False

    def add(self, sentence: Sentence) -> Epoch | None:
        """Take the next sentence and return the epoch that is complete with it or ended before it."""
        if any(part.of_day_ns != sentence.of_day_ns for part in self._parts.values()) or type(sentence) in self._parts:
            ended = self._take()
            self._with_gst &= ended is None
        else:
            ended = None
        self._parts[type(sentence)] = sentence
        self._with_gst |= isinstance(sentence, Gst)
        wanted = {Rmc, Gga, Gst} if self._with_gst else {Rmc, Gga}
        return self._take() if wanted <= self._parts.keys() else ended

    def _take(self) -> Epoch | None:
        rmc, gga, gst = (self._parts.get(kind) for kind in (Rmc, Gga, Gst))
        self._parts = {}
        if isinstance(rmc, Rmc) and isinstance(gga, Gga):
            return Epoch(rmc, gga, gst if isinstance(gst, Gst) else None)
        if rmc or gga:
            self._counters["incomplete"] += 1
        return None


def from_ubx(device: str, solution: NavPvt, receipt_ns: int) -> Fix:
    """Return the fix of a NAV-PVT; ValueError when a field cannot be."""
    kind = _ubx_kind(solution)
    located = kind != "none"
    latitude, longitude = solution.latitude / 1e7, solution.longitude / 1e7
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(f"no such place: {latitude}, {longitude}")
    return Fix(
        device=device,
        stamp_ns=solution.stamp_ns() if solution.dated else receipt_ns,
        receipt_ns=receipt_ns,
        valid=kind not in NOT_VALID and bool(solution.flags & FIX_OK) and solution.resolved,
        kind=kind,
        latitude=latitude if located else None,
        longitude=longitude if located else None,
        height=solution.height / 1e3 if located and kind != "2d" else None,
        satellites=solution.satellites,
        horizontal_accuracy=solution.horizontal_accuracy / 1e3 if located else None,
        time_accuracy_ns=solution.time_accuracy if solution.dated else None,
    )


def _ubx_kind(solution: NavPvt) -> str:
    kind = UBX_KINDS.get(solution.fix_type, "none")
    if kind != "3d":
        return kind
    return UBX_CARRIER_KINDS.get(solution.flags >> CARRIER_SHIFT, "dgps" if solution.flags & DIFFERENTIAL else kind)


def from_nmea(device: str, epoch: Epoch, receipt_ns: int) -> Fix:
    """Return the fix of one epoch's sentences. Its time is ours while the receiver has none."""
    rmc, gga, gst = epoch
    dated = rmc.midnight_ns is not None and rmc.of_day_ns is not None
    located = gga.latitude is not None and gga.longitude is not None
    kind = NMEA_KINDS.get(gga.quality, "none") if located else "none"
    return Fix(
        device=device,
        stamp_ns=(rmc.midnight_ns or 0) + (rmc.of_day_ns or 0) if dated else receipt_ns,
        receipt_ns=receipt_ns,
        valid=kind not in NOT_VALID and rmc.active and rmc.mode not in NMEA_NOT_MEASURED and dated,
        kind=kind,
        latitude=gga.latitude if kind != "none" else None,
        longitude=gga.longitude if kind != "none" else None,
        height=_height(gga) if kind != "none" else None,
        satellites=gga.satellites,
        horizontal_accuracy=_accuracy(gst),
        time_accuracy_ns=None,
    )


def _height(gga: Gga) -> float | None:
    """Return the height above the ellipsoid, m."""
    return None if gga.altitude is None or gga.separation is None else gga.altitude + gga.separation


def _accuracy(gst: Gst | None) -> float | None:
    """Return the horizontal accuracy, m: root of both variances' sum, as hAcc of NAV-PVT."""
    if gst is None or gst.latitude_sd is None or gst.longitude_sd is None:
        return None
    return math.hypot(gst.latitude_sd, gst.longitude_sd)
