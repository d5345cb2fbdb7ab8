"""lamp/up (tables 22-23): what the signal controller shows."""

from __future__ import annotations

import math

from perception.objects import Lamp, SignalState
from rsu.reports import codes
from rsu.reports.common import Identity, Payload, head, known


def build(identity: Identity, stamp_ns: int, state: SignalState, control_mode: int | None, ok: bool) -> Payload:
    """Build lamp/up (tables 22-23). `control_mode`: GA/T 1743 code 1-9, None unknown; `ok`: the state is fresh."""
    lamps: dict[int, Payload] = {}
    for each in sorted(state.lamps, key=lambda one: (one.type, one.angle, one.number)):
        phase = codes.phase_id(each, taken=lamps)  # arrows come first: they go before the round lamp
        if phase is not None:
            lamps[phase] = _lamp(each, phase)
    return (
        head(identity, stamp_ns)
        | {"cityName": identity.city_name, "regionId": identity.region_id, "crossId": identity.cross_id}
        | {"status": codes.STATUS_OK if ok else codes.STATUS_FAULT}
        | known({"controlMode": control_mode})
        | {"lamps": [lamps[phase] for phase in sorted(lamps)]}
    )


def _lamp(each: Lamp, phase: int) -> Payload:
    return known(
        {
            "phaseId": phase,
            "lightStatus": codes.light_status(each),
            "countDown": None if each.countdown is None else math.ceil(each.countdown),
            "dataSource": codes.FROM_CONTROLLER,
        }
    )
