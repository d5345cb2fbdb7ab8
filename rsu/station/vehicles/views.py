"""Vehicles' claims, as page and `rsu status` show them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from perception.objects import RoadUser, VehicleReport
from rsu.bus.snapshot import ClaimView
from rsu.station.vehicles.motion import ReportedMotion

MOST_SHOWN = 64  # the nearest
Claim = tuple[VehicleReport, ReportedMotion, str | None]


def claim_views(claims: Iterable[Claim], carried: set[bytes], now_ns: int) -> list[ClaimView]:
    """Return the claims of vehicles but those `carried` by tracks, the nearest to the site first."""
    others = [claim for claim in claims if claim[0].id not in carried]
    others.sort(key=lambda claim: math.hypot(claim[1].east_m, claim[1].north_m))
    return [_view(*claim, now_ns) for claim in others[:MOST_SHOWN]]


def _view(report: VehicleReport, said: ReportedMotion, doubt: str | None, now_ns: int) -> ClaimView:
    return ClaimView(
        vehicle_id=report.id.hex(),
        kind=RoadUser(report.kind).name.lower(),
        east_m=round(said.east_m, 2),
        north_m=round(said.north_m, 2),
        speed_mps=said.speed_mps,
        heading_deg=said.heading_deg,
        length_m=report.length_m,
        width_m=report.width_m,
        emergency=report.emergency,
        age_ms=(now_ns - report.receipt_ns) // 1_000_000,
        doubt=doubt,
    )
