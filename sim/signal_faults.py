"""Faults of the emulated signal controller's reports, while the lamps themselves go on as they should."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from perception.objects import Lamp

HUNG, FORGED, WRONG_REGION, OTHER_PLAN = "hung", "forged", "wrong-region", "other-plan"
FAULTS: Mapping[str, str] = {
    HUNG: "repeats the octets of its last report",
    "lamp-missing": "leaves lamp 2 (north, straight) out of its reports",
    "no-lamps": "reports no lamp at all",
    "all-green": "reports every lamp green",
    "conflicting": "reports lamp 6 (east, straight) green whatever it shows",
    "flashing": "reports flashing yellow everywhere, without countdowns",
    "dark": "reports every lamp dark",
    "manual": "reports no countdowns",
    "swapped": "reports north's lamps under east's numbers and the other way round",
    "countdown-jump": "counts every other report from 10 s more",
    FORGED: "somebody else reports contrary lamps too, under its address and 0.9 s ahead",
    WRONG_REGION: "gives another region",
    OTHER_PLAN: "tells a plan whose first steps are 10 s longer",
}
FORGED_AHEAD_NS = 900_000_000
FORGED_AFTER_NS = 400_000_000
LONGER_S = 10.0
_MISSING, _CONFLICTING = 2, 6
_OF_ARM = 4  # lamps of an arm: north 1 to 4, east 5 to 8


def reported(fault: str | None, lamps: list[Lamp], number: int) -> list[Lamp]:
    """Return the states reported at a capture instead of the lamps' true ones."""
    change = _CHANGES.get(fault or "")
    return lamps if change is None else change(lamps, number)


def contrary(lamps: list[Lamp]) -> list[Lamp]:
    """Return the lamps of an attacker: red is green, everything else is red."""
    return [_other(lamp, "green" if lamp.colour == "red" else "red", lamp.countdown_s) for lamp in lamps]


def _other(lamp: Lamp, colour: str, countdown: float | None) -> Lamp:
    return msgspec.structs.replace(lamp, colour=colour, countdown_s=countdown)


def _everywhere(colour: str) -> Callable[[list[Lamp], int], list[Lamp]]:
    return lambda lamps, _: [_other(lamp, colour, None) for lamp in lamps]


def _swapped(lamps: list[Lamp], number: int) -> list[Lamp]:
    places = {lamp.number: lamp.number for lamp in lamps}
    places |= {n: n + _OF_ARM for n in range(1, 1 + _OF_ARM)} | {n + _OF_ARM: n for n in range(1, 1 + _OF_ARM)}
    return [msgspec.structs.replace(lamp, number=places[lamp.number]) for lamp in lamps]


def _jumping(lamps: list[Lamp], number: int) -> list[Lamp]:
    more = 10.0 if number % 2 else 0.0
    return [_other(lamp, lamp.colour, None if lamp.countdown_s is None else lamp.countdown_s + more) for lamp in lamps]


_CHANGES: dict[str, Callable[[list[Lamp], int], list[Lamp]]] = {
    "lamp-missing": lambda lamps, _: [lamp for lamp in lamps if lamp.number != _MISSING],
    "no-lamps": lambda lamps, _: [],
    "all-green": _everywhere("green"),
    "conflicting": lambda lamps, _: [
        _other(lamp, "green", 9.0) if lamp.number == _CONFLICTING else lamp for lamp in lamps
    ],
    "flashing": _everywhere("flashing-yellow"),
    "dark": _everywhere("dark"),
    "manual": lambda lamps, _: [_other(lamp, lamp.colour, None) for lamp in lamps],
    "swapped": _swapped,
    "countdown-jump": _jumping,
}
