"""Fixes from the messages of a GNSS receiver: a NAV-PVT, or the NMEA sentences of one epoch."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from hw.nmea import Gga, Gns, Gst, Rmc, Sentence, Zda
from hw.ubx import CARRIER_SHIFT, DIFFERENTIAL, FIX_OK, NavPvt
from hw.utc import NS, NS_PER_DAY
from perception.objects import Fix

UBX_KINDS = {1: "dead-reckoning", 2: "2d", 3: "3d", 4: "3d"}
UBX_CARRIER_KINDS = {1: "float", 2: "fixed"}
NMEA_KINDS = {1: "3d", 2: "dgps", 3: "3d", 4: "fixed", 5: "float", 6: "dead-reckoning"}  # GGA tells no 2d from 3d
NMEA_NOT_MEASURED = {"N", "E", "M", "S"}  # RMC modes: no data, dead reckoning, typed in, simulated
NMEA_MODES = {"": "3d", "A": "3d", "P": "3d", "D": "dgps", "R": "fixed", "F": "float", "E": "dead-reckoning"}  # RMC
TIME_ONLY = 5  # fix type of NAV-PVT
DATE_HOLDS_NS = 10 * NS
NOT_VALID = {"none", "dead-reckoning"}


class Epoch(NamedTuple):
    """The sentences that share one time, each once: of several talkers the first."""

    rmc: Rmc | None
    gga: Gga | None  # of a GGA, or of the same fields of a GNS
    gst: Gst | None
    of_day_ns: int | None  # ns since midnight UTC
    midnight_ns: int | None  # of its own date, or of the last one that was told
    receipt_ns: int  # of its last sentence


class Epochs:
    """Puts the sentences of one epoch together, in any order, and gives each a date.

    An epoch is complete with RMC and GGA, and with GST where the receiver sends it: one GST after the others makes the
    next epochs wait for theirs, a missing one makes them stop waiting. It is also complete with the kind of sentence
    that was the last one of an epoch before; else when the next epoch begins. A date, of RMC or ZDA, holds for 10 s.
    Counters: `incomplete` (epochs without RMC, GGA and GNS), `undated`.
    """

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._parts: dict[type[Sentence], Sentence] = {}
        self._receipt_ns = 0
        self._with_gst = False
        self._ends: set[type[Sentence]] = set()  # kinds with which an epoch ended
        self._told: tuple[int, type[Sentence]] | None = None  # the last epoch's time, and the kind that completed it
        self._date: tuple[int, int, int] | None = None  # midnight and time of day of the last date, and its receipt

    def add(self, sentence: Sentence, receipt_ns: int) -> list[Epoch]:
        """Take the next sentence and return the epochs that ended before it or are complete with it."""
        kind, of_day_ns = type(sentence), sentence.of_day_ns
        found: list[Epoch] = []
        if any(part.of_day_ns != of_day_ns for part in self._parts.values()) or (
            of_day_ns is None and kind in self._parts
        ):
            found += self._take(ended=True)
        if self._told is not None and of_day_ns == self._told[0]:
            self._ends.discard(self._told[1])  # it was not the last one
            self._with_gst |= kind is Gst
            return found
        self._parts.setdefault(kind, sentence)
        self._receipt_ns = receipt_ns
        self._with_gst |= kind is Gst
        wanted = {Rmc, Gga, Gst} if self._with_gst else {Rmc, Gga}
        if wanted <= self._parts.keys() or kind in self._ends:
            found += self._take(ended=False)
        return found

    def _take(self, ended: bool) -> list[Epoch]:
        """Return the epoch that is there, if any; `ended`: it was not known to be complete."""
        parts, self._parts = self._parts, {}
        last = next(reversed(parts))
        if ended:
            self._with_gst = False
            self._ends.add(last)
        rmc, gns, gga, gst, zda = (parts.get(kind) for kind in (Rmc, Gns, Gga, Gst, Zda))
        of_day_ns = parts[last].of_day_ns
        self._told = None if of_day_ns is None or ended else (of_day_ns, last)
        midnight_ns = self._midnight(of_day_ns, [part for part in (rmc, zda) if isinstance(part, Rmc | Zda)])
        place = gga if isinstance(gga, Gga) else gns.fix if isinstance(gns, Gns) else None
        if rmc is None and place is None:
            self._counters["incomplete"] += zda is None
            return []
        return [
            Epoch(
                rmc if isinstance(rmc, Rmc) else None,
                place,
                gst if isinstance(gst, Gst) else None,
                of_day_ns,
                midnight_ns,
                self._receipt_ns,
            )
        ]

    def _midnight(self, of_day_ns: int | None, dated: list[Rmc | Zda]) -> int | None:
        """Return the beginning of the day of an epoch: as told, or as the last date makes it."""
        for part in dated:
            if part.midnight_ns is not None and of_day_ns is not None:
                self._date = part.midnight_ns, of_day_ns, self._receipt_ns
                return part.midnight_ns
        if self._date is None or of_day_ns is None or self._receipt_ns - self._date[2] > DATE_HOLDS_NS:
            return None
        midnight_ns, at_ns, _ = self._date
        return midnight_ns + NS_PER_DAY * round((at_ns - of_day_ns) / NS_PER_DAY)


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
        latitude_deg=latitude if located else None,
        longitude_deg=longitude if located else None,
        height_m=solution.height / 1e3 if located and kind != "2d" else None,
        satellites=solution.satellites,
        horizontal_accuracy_m=solution.horizontal_accuracy / 1e3 if located else None,
        time_accuracy_ns=solution.time_accuracy if solution.dated else None,
        time_only=solution.fix_type == TIME_ONLY and bool(solution.flags & FIX_OK) and solution.resolved,
    )


def _ubx_kind(solution: NavPvt) -> str:
    kind = UBX_KINDS.get(solution.fix_type, "none")
    if kind != "3d":
        return kind
    return UBX_CARRIER_KINDS.get(solution.flags >> CARRIER_SHIFT, "dgps" if solution.flags & DIFFERENTIAL else kind)


def from_nmea(device: str, epoch: Epoch) -> Fix:
    """Return the fix of one epoch's sentences. Its time is ours while the receiver has none."""
    rmc, gga, receipt_ns = epoch.rmc, epoch.gga, epoch.receipt_ns
    dated = epoch.midnight_ns is not None and epoch.of_day_ns is not None
    place = gga if gga is not None else rmc
    located = place is not None and place.latitude_deg is not None and place.longitude_deg is not None
    kind = _nmea_kind(rmc, gga) if located else "none"
    stands = rmc is None or (rmc.active and rmc.mode not in NMEA_NOT_MEASURED)
    known = place if kind != "none" else None
    return Fix(
        device=device,
        stamp_ns=(epoch.midnight_ns or 0) + (epoch.of_day_ns or 0) if dated else receipt_ns,
        receipt_ns=receipt_ns,
        valid=kind not in NOT_VALID and stands and dated,
        kind=kind,
        latitude_deg=known and known.latitude_deg,
        longitude_deg=known and known.longitude_deg,
        height_m=_height(gga) if known is not None and gga is not None else None,
        satellites=gga and gga.satellites,
        horizontal_accuracy_m=_accuracy(epoch.gst),
        time_accuracy_ns=None,
    )


def _nmea_kind(rmc: Rmc | None, gga: Gga | None) -> str:
    if gga is not None:
        return NMEA_KINDS.get(gga.quality, "none")
    return NMEA_MODES.get(rmc.mode, "none") if rmc is not None and rmc.active else "none"


def _height(gga: Gga) -> float | None:
    """Return the height above the ellipsoid, m."""
    return None if gga.altitude_m is None or gga.separation_m is None else gga.altitude_m + gga.separation_m


def _accuracy(gst: Gst | None) -> float | None:
    """Return the horizontal accuracy, m: root of both variances' sum, as hAcc of NAV-PVT."""
    if gst is None or gst.latitude_sd_m is None or gst.longitude_sd_m is None:
        return None
    return math.hypot(gst.latitude_sd_m, gst.longitude_sd_m)
