"""How a vehicle that no sensor sees drives on: behind the next one ahead, to a standstill at the end of a queue.

Fusion moves hidden tracks by it over the road (`tracking.hidden`), statistics the vehicles that are lost before a stop
line along their lanes (`traffic.hidden`).
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats

STANDSTILL_M = 2.5  # from bumper to bumper in a queue
ACCELERATION, DECELERATION, HARDEST = 2.0, 2.5, 6.0  # m/s2


def speed_behind(speed: Floats, gap: Floats, leading: Floats, dt: float) -> Floats:
    """Return the speeds (k,) m/s after dt seconds of vehicles at speeds (k,) m/s that follow others.

    `gap` (k,) m is from bumper to bumper, inf: none is ahead; `leading` (k,) m/s is the other's speed. The safe speed
    behind another is that of Gipps 1981 and Krauss 1998 without reaction time: from it a vehicle can stop behind one
    that brakes as hard.
    """
    led = np.isfinite(gap)
    faster = np.where(led & (leading > speed), np.minimum(leading, speed + ACCELERATION * dt), speed)
    safe = np.sqrt(np.maximum(leading**2 + 2.0 * DECELERATION * (gap - STANDSTILL_M), 0.0))
    speed_then: Floats = np.maximum(np.minimum(faster, safe), np.maximum(speed - HARDEST * dt, 0.0))
    return speed_then
