"""Annex B of T/ITS 0180.1-2021: the numbers of signal phases and of light colours. Pure."""

from __future__ import annotations

from collections.abc import Container

from rsu.bus.told import ToldLamp

FROM_CONTROLLER = 2  # dataSource of a lamp; 0 unknown, 1 capture card, 3 vision
UNKNOWN = 0  # lightStatus
_IDS_PER_DIRECTION = 5  # from east (1-5) clockwise to north-east (36-40)
_NON_MOTOR, _CROSSWALK = 200, 240
_CROSSWALK_LAMP = 8
_PHASE_OF_LAMP = {1: 1, 2: 2, 3: 3, 4: 1, 9: 4, 5: _NON_MOTOR + 2, 6: _NON_MOTOR + 3, 7: _NON_MOTOR + 1}
_ARROW_LAMPS = (1, 2, 3, 9)
_GREEN, _GREEN_ARROW = 5, 6
_LIGHT_STATUS = {
    "unknown": UNKNOWN,
    "dark": 1,
    "flashing-red": 2,
    "red": 3,
    "flashing-green": 4,
    "green": _GREEN,
    "yellow": 7,
    "flashing-yellow": 8,
}


def phase_id(lamp: ToldLamp, taken: Container[int]) -> int | None:
    """Return a lamp's phaseId: east 1-5 (straight, left, right, u-turn), south-east 6-10 ...

    Non-motor +200; crosswalks 241-280, five to a direction. A round lamp rules the straight movement. None: the rule
    has no (free) number for the lamp.
    """
    base = round((lamp.angle_deg - 90) / 45) % 8 * _IDS_PER_DIRECTION
    if lamp.type == _CROSSWALK_LAMP:
        numbers = range(_CROSSWALK + base + 1, _CROSSWALK + base + 1 + _IDS_PER_DIRECTION)
        return next((number for number in numbers if number not in taken), None)
    phase = _PHASE_OF_LAMP.get(lamp.type)
    return None if phase is None or base + phase in taken else base + phase


def light_status(lamp: ToldLamp, colour: str) -> int:
    """Return lightStatus of a colour that a lamp shows; a green arrow has its own code."""
    status = _LIGHT_STATUS[colour]
    return _GREEN_ARROW if status == _GREEN and lamp.type in _ARROW_LAMPS else status
