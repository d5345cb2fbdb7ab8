"""lamp/up (annex B): the present and the next states of the signal controller.

All seven keys of a lamp are mandatory, so an unknown state needs a value: lightStatus 0 (unknown) with countDown 0, as
GA/T 1743 writes a countdown that is not known. A known one is at least 1 s. The mode of control is not known (GA/T 1743
object 0102 is not public) and left out.
"""

from __future__ import annotations

import math

from rsu.bus.told import SignalLamps, ToldLamp
from rsu.site.box import Box
from rsu.uplink.tits0180 import phases
from rsu.uplink.tits0180.common import Payload, ms

OK, FAULT, OTHER = range(3)  # crossRealStatus


def build(box: Box, stamp_ns: int, signal: SignalLamps) -> Payload:
    """Build lamp/up (annex B)."""
    numbered: dict[int, Payload] = {}
    for each in sorted(signal.lamps, key=lambda one: (one.type, one.angle_deg, one.number)):
        phase = phases.phase_id(each, numbered)  # arrows come first: they go before the round lamp
        if phase is not None:
            numbered[phase] = {"phaseId": str(phase)} | _lamp(each)
    return {
        "signalControllerStamp": ms(stamp_ns),
        "rscuSn": box.identity.rscu_sn,
        "cityCode": box.identity.city_code,
        "regionId": box.identity.region_id,
        "crossId": box.identity.cross_id,
        "crossRealStatus": OK if signal.ok else OTHER if signal.shown else FAULT,
        "number": len({lamp.angle_deg for lamp in signal.lamps}),
        "lampRealInfos": [numbered[phase] for phase in sorted(numbered)],
    }


def _lamp(lamp: ToldLamp) -> Payload:
    """Return the light now and the next two; each countdown from when its light begins."""
    (now, left), (after, after_s), (then, then_s) = [*lamp.steps, *[("unknown", None)] * 3][:3]
    return {
        "lightStatus": phases.light_status(lamp, now),
        "countDown": _seconds(left),
        "lightStatusNext": phases.light_status(lamp, after),
        "nextCountDown": _seconds(after_s),
        "lightStatusNextNext": phases.light_status(lamp, then),
        "nextNextCountDown": _seconds(then_s),
        "dataSource": phases.FROM_CONTROLLER,
    }


def _seconds(left: float | None) -> int:
    return 0 if left is None else max(1, math.ceil(left))
