"""The signal groups of the demo crossing: `sim/data/signals.json`, the one source of its fixed-time programme.

The net's programme is built from it (`sim/build_net.py`), the emulated controller reports it, and the lane map takes
its phase ids from it. Green shows a flashing end: the last 3 s of motor lamps, the clearance time of crosswalks.
"""

from __future__ import annotations

from importlib.resources import files

import msgspec

SUMO_COLOURS = {"green": "G", "flashing-green": "G", "yellow": "y", "red": "r"}


class SignalGroup(msgspec.Struct, frozen=True):
    """One lamp of the controller, all connections it governs, and its states over the cycle."""

    number: int  # lamp number, 1..
    phase: int  # SPAT phase id, 1..16
    arm: str  # north, east, south, west
    angle: int  # deg clockwise from north: direction of the arm
    type: int  # GA/T 1743 lamp type: 1 straight 2 left 3 right 8 crosswalk
    movement: str  # straight, left, right, crosswalk
    link: int  # index of its character in SUMO's state string
    steps: list[tuple[str, float]]  # (colour, duration s); durations sum to the cycle

    def colour(self, cycle_s: float) -> str:
        """Return the colour shown `cycle_s` seconds after the cycle began."""
        for colour, duration in self.steps:
            if cycle_s < duration:
                return colour
            cycle_s -= duration
        raise ValueError("time beyond the end of the cycle")

    def sumo(self, cycle_s: float) -> str:
        """Return SUMO's character at that time; none may start to cross while a crosswalk's green flashes."""
        colour = self.colour(cycle_s)
        if self.movement == "crosswalk" and colour == "flashing-green":
            return "r"
        return "g" if self.movement == "right" and colour.endswith("green") else SUMO_COLOURS[colour]


class SignalProgramme(msgspec.Struct, frozen=True):
    """The controller's fixed-time programme."""

    cycle_s: float
    lamps: list[SignalGroup]

    def state(self, cycle_s: float) -> str:
        """Return SUMO's state string at a time in the cycle."""
        return "".join(group.sumo(cycle_s) for group in sorted(self.lamps, key=lambda group: group.link))


def load() -> SignalProgramme:
    """Return the programme of the demo crossing."""
    return msgspec.json.decode((files("sim") / "data" / "signals.json").read_bytes(), type=SignalProgramme)
