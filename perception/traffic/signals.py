"""The lights of the signal phases, and since when each shows its colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

_SAME = {"flashing-green": "green"}  # for traffic a green that is about to end is one


class Light(msgspec.Struct, frozen=True):
    """One phase."""

    colour: str  # one of COLOURS
    since_ns: int


class PhaseLights:
    """The colours that the phases show now. Phases that are not reported are unknown."""

    def __init__(self) -> None:
        self._lights: dict[int, Light] = {}
        self._told: Mapping[int, str] = {}

    def update(self, now_ns: int, colours: Mapping[int, str]) -> bool:
        """Take the colours of all phases at a time; phases that are not among them are forgotten.

        True: something has changed.
        """
        if colours == self._told:
            return False
        before, self._told = self._lights, dict(colours)
        colours = {phase: _SAME.get(colour, colour) for phase, colour in colours.items()}
        self._lights = {
            phase: light if (light := before.get(phase)) and light.colour == colour else Light(colour, now_ns)
            for phase, colour in colours.items()
        }
        return True

    def green(self) -> set[int]:
        """Return the phases that are green now."""
        return {phase for phase, light in self._lights.items() if light.colour == "green"}

    def knows(self, phases: Iterable[int | None]) -> bool:
        """Tell whether any of the phases is known."""
        return any(phase in self._lights for phase in phases)

    def turned_green(self, phase: int | None, now_ns: int) -> bool:
        """Tell whether a phase has turned green just now."""
        light = self._lights.get(phase) if phase is not None else None
        return light is not None and light.colour == "green" and light.since_ns == now_ns

    def red_for_ns(self, phases: Iterable[int | None], at_ns: int) -> int | None:
        """Return for how long all of the phases had been red at a time; None: one was not, or is not known."""
        lights = [self._lights.get(phase) if phase is not None else None for phase in phases]
        if not lights or any(light is None or light.colour != "red" for light in lights):
            return None
        return min(at_ns - light.since_ns for light in lights if light is not None)

    def green_for_ns(self, phases: Iterable[int | None], now_ns: int) -> int | None:
        """Return for how long any of the phases has been green; None: none is known to be."""
        lights = [self._lights[phase] for phase in phases if phase in self._lights]
        greens = [now_ns - light.since_ns for light in lights if light.colour == "green"]
        return max(greens, default=None)
