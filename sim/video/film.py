"""The bench world as a film: pictures at a camera's rate, each with the world that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, Protocol

from sim.frames import WorldFrame, at
from sim.video.ground import Picture


class FilmShot(NamedTuple):
    """One picture of a film."""

    number: int
    world: WorldFrame  # at the moment of exposure
    picture: Picture


class Paints(Protocol):
    """Whatever draws the world as a camera sees it."""

    def paint(self, frame: WorldFrame, number: int) -> Picture:
        """Return the picture of the world; `number` counts pictures."""


def film(world: Iterator[WorldFrame], painter: Paints, rate_hz: float, seconds: float) -> Iterator[FilmShot]:
    """Yield the pictures of the world's next `seconds`."""
    number, begin_ns = 0, None
    for before, after in pairwise(world):
        begin_ns = before.stamp_ns if begin_ns is None else begin_ns
        while (stamp_ns := begin_ns + round(number * 1e9 / rate_hz)) < after.stamp_ns:
            if number >= seconds * rate_hz:
                return
            shown = at(before, after, stamp_ns)
            yield FilmShot(number, shown, painter.paint(shown, number))
            number += 1
