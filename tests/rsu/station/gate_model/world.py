"""The world of the gate's model: the true lights of a crossing, whatever is reported of them."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from sim.signals import load

S = 1_000_000_000
GREEN_STEPS = ("green", "flashing-green")
Steps = list[tuple[str, float]]


class Group(NamedTuple):
    """One lamp."""

    number: int
    phase: int
    arm: str
    angle: int
    type: int
    movement: str


_LOADED = load()
GROUPS = [Group(g.number, g.phase, g.arm, g.angle, g.type, g.movement) for g in _LOADED.lamps]
PHASE_OF = {group.number: group.phase for group in GROUPS}
PROGRAMME: dict[int, Steps] = {g.number: list(g.steps) for g in _LOADED.lamps}


def longer(programme: dict[int, Steps], seconds: float) -> dict[int, Steps]:
    """Return a programme whose first and last red or green steps are longer: another plan of the same kind."""
    found = {}
    for number, steps in programme.items():
        (first, length), *rest = steps
        found[number] = [(first, length + seconds), *rest]
    return found


class World:
    """Lamps that follow a programme, held, hurried, or doing something else altogether."""

    def __init__(self) -> None:
        self.programme = PROGRAMME
        self.cycle_s = 0.0  # place in the cycle
        self.held = False  # a policeman holds the stage
        self.everywhere: str | None = None  # all lamps show this
        self.stuck: dict[int, str] = {}  # lamps that show this whatever the programme says
        self.now_ns = 0
        self.past: deque[tuple[int, dict[int, str]]] = deque()  # past lights, each with its begin

    @property
    def length_s(self) -> float:
        """Return the length of the cycle."""
        return sum(length for _, length in self.programme[1])

    def advance(self, now_ns: int) -> None:
        """Let time pass."""
        passed_s = (now_ns - self.now_ns) / S if self.now_ns else 0.0
        self.now_ns = now_ns
        if not self.held:
            self.cycle_s = (self.cycle_s + passed_s) % self.length_s
        shown = {group.number: self.colour(group.number) for group in GROUPS}
        if not self.past or self.past[-1][1] != shown:
            self.past.append((now_ns, shown))
        while len(self.past) > 1 and self.past[1][0] < now_ns - 20 * S:
            self.past.popleft()

    def colour(self, number: int) -> str:
        """Return the light of a lamp now."""
        if self.everywhere is not None:
            return self.everywhere
        if number in self.stuck:
            return self.stuck[number]
        return self._step(number)[0]

    def left_s(self, number: int) -> float | None:
        """Return the seconds to the end of a lamp's light, a green with its flash; None: unknown."""
        if self.everywhere is not None or self.held or number in self.stuck:
            return None
        colour, left, index = self._step(number)
        steps = self.programme[number]
        same = set(GREEN_STEPS) if colour == "green" else {colour}
        for offset in range(1, len(steps)):
            following, length = steps[(index + offset) % len(steps)]
            if following not in same:
                return left
            left += length
        return None

    def _step(self, number: int) -> tuple[str, float, int]:
        at = self.cycle_s
        for index, (colour, length) in enumerate(self.programme[number]):
            if at < length:
                return colour, length - at, index
            at -= length
        colour, length = self.programme[number][-1]
        return colour, 0.0, len(self.programme[number]) - 1

    def shown_since(self, number: int, begin_ns: int) -> set[str]:
        """Return everything that a lamp has shown since a time."""
        found: set[str] = set()
        for index, (at_ns, shown) in enumerate(self.past):
            ends_ns = self.past[index + 1][0] if index + 1 < len(self.past) else self.now_ns + 1
            if ends_ns > begin_ns and at_ns <= self.now_ns:
                found.add(shown[number])
        return found
