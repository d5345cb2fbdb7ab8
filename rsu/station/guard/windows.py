"""Phases that must not be green together, now or in the announced future of a message."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from rsu.bus.latch import Pair
from rsu.station.guard.sequence import ROUNDING_S, Announced, group_of

Window = tuple[float, float]  # s from now


def greens(lights: Sequence[Announced]) -> list[Window]:
    """Return when a phase is green; a running green without an end is known to be one now."""
    return [
        (light.start_s, light.start_s if light.end_s is None else light.end_s)
        for light in lights
        if group_of(light.colour) == "green"
    ]


def together_now(phases: Mapping[int, Sequence[Announced]], conflicts: Collection[Pair]) -> Iterator[Pair]:
    """Yield the conflicting phases that are both green now."""
    green = {number for number, lights in phases.items() if lights and group_of(lights[0].colour) == "green"}
    yield from ((one, other) for one, other in conflicts if one in green and other in green)


def together_later(phases: Mapping[int, Sequence[Announced]], conflicts: Collection[Pair]) -> Iterator[Pair]:
    """Yield the conflicting phases whose greens overlap at any time that is announced."""
    windows = {number: green for number, lights in phases.items() if (green := greens(lights))}
    for one, other in conflicts:
        if one in windows and other in windows and _overlap(windows[one], windows[other]):
            yield one, other


def _overlap(one: Sequence[Window], other: Sequence[Window]) -> bool:
    """Tell whether a window of one phase and one of another are longer than rounding at the same time."""
    for start, end in one:
        for first, last in other:
            if (end if end < last else last) - (start if start > first else first) > ROUNDING_S:
                return True
    return False
