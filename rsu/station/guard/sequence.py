"""The colours that may follow a colour, and how long each may last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rsu.messages.spat import FOREVER_S
from rsu.reasons.signal import SignalReason
from rsu.site.signal import LimitSettings, PhaseSettings, Span
from v2x.records.names import Light
from v2x.records.spat import CountingDown, PhaseState

ROUNDING_S = 0.15  # of two times in a message: each is in tenths of a second
_ANYTHING = frozenset({"green", "flashing-green", "yellow", "red", "flashing-red", "flashing-yellow", "dark"})
_OFF = frozenset({"flashing-red", "flashing-yellow", "dark"})  # a controller may fall into these at any time
_FOLLOWS = {
    "green": _OFF | {"flashing-green", "yellow"},
    "flashing-green": _OFF | {"yellow"},
    "yellow": _OFF | {"red"},
    "red": _OFF | {"green"},
    "flashing-red": _OFF | {"red", "green"},
    "flashing-yellow": _OFF | {"red", "yellow", "green"},
    "dark": _ANYTHING,
}
# a crosswalk's lamp has no yellow: its flash clears it
_FOLLOWS_WALK = _FOLLOWS | {"green": _OFF | {"flashing-green"}, "flashing-green": _OFF | {"red"}}
_FOLLOWS_WALK_MERGED = _FOLLOWS_WALK | {"green": _OFF | {"red"}}
_GROUPS = {"green": "green", "flashing-green": "green", "yellow": "yellow", "red": "red"}  # colours that share limits


def colour_of(light: Light) -> str | None:
    """Return the colour of a light, without its right of way; None: it is not known."""
    if light in ("protected-green", "permissive-green"):
        return "green"
    return light if light in _ANYTHING else None


def group_of(colour: str) -> str | None:
    """Return the name under which a colour's time is limited: a green and its flash together; None: it is not."""
    return _GROUPS.get(colour)


class Announced(NamedTuple):
    """One light of a message: from when to when it is to be, s from now."""

    colour: str
    start_s: float
    end_s: float | None  # None: not known; infinite: never


class PhaseRules:
    """The rules of one phase."""

    def __init__(self, phase: PhaseSettings, limits: LimitSettings, merge_flashing_green: bool) -> None:
        self._limits: dict[str, Span] = {
            "green": limits.green_s, "yellow": limits.yellow_s, "red": limits.red_s,
        }  # fmt: skip
        merged = _FOLLOWS_WALK_MERGED if merge_flashing_green else _FOLLOWS_WALK
        self._follows = merged if phase.crosswalk else _FOLLOWS

    def may_follow(self, before: str, after: str) -> bool:
        """Tell whether a colour may come after another one."""
        return after in self._follows[before]

    def least_s(self, group: str | None) -> float:
        """Return the least time of a group."""
        return self._limits[group][0] if group else 0.0

    def most_s(self, group: str | None) -> float:
        """Return the most time of a group."""
        return self._limits[group][1] if group else float("inf")

    def fault(self, lights: Sequence[Announced]) -> SignalReason | None:
        """Return why states that a message announces are impossible, the running one first; None: all are possible."""
        if lights[0].start_s > 0 or len({light.colour for light in lights}) < len(lights):
            return SignalReason.IMPOSSIBLE_SEQUENCE
        for before, after in pairwise(lights):
            if before.end_s is None or after.start_s < before.end_s - ROUNDING_S:
                return SignalReason.IMPOSSIBLE_SEQUENCE
            follows = after.start_s <= before.end_s + ROUNDING_S  # the states between are not sent: each colour once
            if follows and not self.may_follow(before.colour, after.colour):
                return SignalReason.IMPOSSIBLE_SEQUENCE
        for group, length_s, whole in _lengths(lights):
            if length_s > self.most_s(group) + ROUNDING_S:
                return SignalReason.IMPOSSIBLE_DURATION if whole else SignalReason.IMPOSSIBLE_COUNTDOWN
            if whole and length_s < self.least_s(group) - ROUNDING_S:
                return SignalReason.IMPOSSIBLE_DURATION
        return None


def _lengths(lights: Sequence[Announced]) -> Iterator[tuple[str | None, float, bool]]:
    """Yield group, length in s and whether that is all of it, of each group whose end is told and that has one.

    The running state has begun before; the flash of a green that comes last may run now, and no colour is sent twice.
    """
    groups = [group_of(light.colour) for light in lights]
    begin = 0
    for number, (light, group) in enumerate(zip(lights, groups, strict=True), 1):
        comes_last = number == len(lights)
        if not comes_last and groups[number] == group:
            continue
        if light.end_s is not None and light.end_s != float("inf"):
            yield group, light.end_s - lights[begin].start_s, begin > 0 and not (comes_last and light.colour == "green")
        begin = number


def announced(states: Sequence[PhaseState]) -> list[Announced]:
    """Return the steps that a phase's states announce; empty: its light is not known."""
    found = []
    for state in states:
        colour = colour_of(state.light)
        if colour is None:
            return []
        timing = state.timing if isinstance(state.timing, CountingDown) else None
        end_s = None if timing is None else timing.likely_end_s
        if end_s is not None and end_s >= FOREVER_S:
            end_s = float("inf")
        found.append(Announced(colour, (timing and timing.start_s) or 0.0, end_s))
    return found
