"""The one table of defects between the lamps and us: one class a kind."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.rsu.station.gate_model.controller import Defect
from tests.rsu.station.gate_model.defects import clocks, colours, countdowns, crossing, plans, silence, strangers, wire
from tests.rsu.station.gate_model.defects.base import Chance

ROOMS = (wire, silence, colours, countdowns, plans, crossing, strangers, clocks)
KINDS: dict[str, Callable[[random.Random], Defect]] = {
    name: kind
    for room in ROOMS
    for name, kind in vars(room).items()
    if isinstance(kind, type) and issubclass(kind, Chance) and kind is not Chance
}
