"""lamp/up (annex B): what the signal controller shows, and what it will show next.

All seven keys of a lamp are mandatory, so what is not known needs a value: lightStatus 0 (unknown) with countDown 0, as
GA/T 1743 writes a countdown that is not known. A known one is at least 1 s. The mode of control is not known (GA/T 1743
object 0102 is not public) and left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from perception.objects import Lamp, SignalState
from rsu.reports import phases
from rsu.reports.common import Payload, ms
from rsu.site.identity import Identity

OK, FAULT, OTHER = range(3)  # crossRealStatus

Ahead = Sequence[tuple[str, int, int | None]]  # colour, from, until (ns; None: not known), running step first


class Signal(NamedTuple):
    """The signal controller at `now_ns`."""

    now_ns: int  # on the timescale of `ahead`
    state: SignalState | None  # its lamps; None: it has reported nothing yet
    ahead: Mapping[int, Ahead]  # lamp number -> its steps; lamps that are not counted on are missing
    shown: bool  # lights may be shown; False: all are unknown
    ok: bool  # nothing is wrong with the source


def build(identity: Identity, stamp_ns: int, signal: Signal) -> Payload:
    """Build lamp/up (annex B); `stamp_ns`: UTC of the signal's `now_ns`."""
    lamps = signal.state.lamps if signal.state is not None else []
    numbered: dict[int, Payload] = {}
    for each in sorted(lamps, key=lambda one: (one.type, one.angle, one.number)):
        phase = phases.phase_id(each, numbered)  # arrows come first: they go before the round lamp
        if phase is not None:
            numbered[phase] = {"phaseId": str(phase)} | _lamp(each, signal)
    return {
        "signalControllerStamp": ms(stamp_ns),
        "rscuSn": identity.rscu_sn,
        "cityCode": identity.city_code,
        "regionId": identity.region_id,
        "crossId": identity.cross_id,
        "crossRealStatus": OK if signal.ok else OTHER if signal.shown else FAULT,
        "number": len({lamp.angle for lamp in lamps}),
        "lampRealInfos": [numbered[phase] for phase in sorted(numbered)],
    }


def _lamp(lamp: Lamp, signal: Signal) -> Payload:
    """Return the light now and the next two; each countdown from when its light begins."""
    steps = _steps(lamp, signal)
    (now, left), (after, after_s), (then, then_s) = [*steps, ("unknown", 0), ("unknown", 0), ("unknown", 0)][:3]
    return {
        "lightStatus": phases.light_status(lamp, now),
        "countDown": left,
        "lightStatusNext": phases.light_status(lamp, after),
        "nextCountDown": after_s,
        "lightStatusNextNext": phases.light_status(lamp, then),
        "nextNextCountDown": then_s,
        "dataSource": phases.FROM_CONTROLLER,
    }


def _steps(lamp: Lamp, signal: Signal) -> list[tuple[str, int]]:
    """Return (colour, whole seconds; 0 not known) of the running step and of those that follow."""
    if not signal.shown:
        return []
    if lamp.number not in signal.ahead:
        return [(lamp.colour, _seconds(lamp.countdown))]
    return [
        (colour, _seconds(None if end_ns is None else (end_ns - max(start_ns, signal.now_ns)) / 1e9))
        for colour, start_ns, end_ns in signal.ahead[lamp.number]
    ]


def _seconds(left: float | None) -> int:
    return 0 if left is None else max(1, math.ceil(left))
