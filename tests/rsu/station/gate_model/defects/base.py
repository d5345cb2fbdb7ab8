"""The common part of all defects."""

from __future__ import annotations

import random
from typing import TypeVar

import msgspec

from perception.objects import Lamp, LampPlan
from tests.rsu.station.gate_model.controller import Defect
from tests.rsu.station.gate_model.world import GROUPS

MS = 1_000_000
Row = TypeVar("Row", Lamp, LampPlan)


def other(row: Row, **changes: object) -> Row:
    return msgspec.structs.replace(row, **changes)


class Chance(Defect):
    """A defect with a source of chance, and a lamp of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lamp = chance.choice(GROUPS).number
