"""Solutions of a GNSS receiver, as the tests of time and place want them."""

from __future__ import annotations

from perception.geo import Reference, to_wgs84
from perception.objects import Fix

S = 1_000_000_000
MS = 1_000_000
REFERENCE = Reference(22.5431, 114.0579, 12.0)


def fix(
    receipt_ns: int,
    delay_ms: float = 15.0,
    east: float = 0.0,
    valid: bool = True,
    device: str = "gnss",
    off_ns: int = 0,
) -> Fix:
    """Return a solution that came at `receipt_ns`, so long after it was true; `off_ns`: the receiver's error."""
    latitude, longitude = to_wgs84(east, 0.0, REFERENCE)
    return Fix(
        device=device,
        stamp_ns=receipt_ns - round(delay_ms * MS) + off_ns,
        receipt_ns=receipt_ns,
        valid=valid,
        kind="3d",
        latitude_deg=float(latitude),
        longitude_deg=float(longitude),
        height_m=12.0,
        satellites=18,
        horizontal_accuracy_m=1.0,
        time_accuracy_ns=30,
    )
