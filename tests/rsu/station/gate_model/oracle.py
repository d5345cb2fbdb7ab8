"""The judge of the gate's model: knows the world, decodes every frame, and shares nothing with the guard.

Limits: G1 (a 1 Hz source is old after 2.5 s, unavailable a second later), G2, G3.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import v2x
from tests.rsu.station.gate_model.world import GROUPS, PHASE_OF, Group, S, World
from v2x import dsmp
from v2x.records.spat import CountingDown, PhaseState, SignalPhaseAndTiming

STALE_S = 3.5  # G1: 2.5 nominal intervals, and one second marked
SLACK_S = 0.25  # between two ticks, and of latencies
EARLY_S = 1.15  # countdowns are whole seconds: a change may be told so much too soon
OVERLAP_S = 0.2
UTC_S = 0.1  # G3
CLOSING_S = 2.0  # G3: how long the gate may take to close
JUMP_S = 1.8
YEAR_NS = 1_767_225_600 * S  # 2026-01-01
MINUTE_MS = 60_000
ORDER = ("north", "east", "south", "west")
GREENS = {"protected-green", "permissive-green", "flashing-green"}
_COLOUR = {"protected-green": "green", "permissive-green": "green"}
# (light before, light after) that no vehicle's lamp may go through
NEVER = {
    ("green", "red"), ("green", "flashing-red"), ("flashing-green", "red"), ("flashing-green", "green"),
    ("red", "yellow"), ("red", "flashing-green"), ("yellow", "green"), ("yellow", "flashing-green"),
} - {("green", "flashing-red")}  # fmt: skip
NEVER_WALK = {("green", "red"), ("red", "flashing-green"), ("flashing-green", "green"), ("red", "yellow")}


def foes() -> set[tuple[int, int]]:
    """Return the phases that must never be green together: an own transcription of the conflicts."""
    found = set()
    for one, other in combinations(GROUPS, 2):
        if "right" not in (one.movement, other.movement) and _meet(one, other):
            found.add((min(one.phase, other.phase), max(one.phase, other.phase)))
    return found


def _meet(one: Group, other: Group) -> bool:
    if one.movement == other.movement == "crosswalk":
        return False
    if other.movement == "crosswalk":
        one, other = other, one
    if one.movement == "crosswalk":
        leaves = (ORDER.index(other.arm) + (1 if other.movement == "left" else 2)) % 4
        return one.arm in (other.arm, ORDER[leaves])
    apart = (ORDER.index(one.arm) - ORDER.index(other.arm)) % 4
    return apart in (1, 3) or (apart == 2 and {one.movement, other.movement} == {"left", "straight"})


class Oracle:
    """Counts wrong lights on air. `fresh_s`: 2.5 nominal intervals of the source."""

    def __init__(self, fresh_s: float = 2.5) -> None:
        self.wrong: Counter[str] = Counter()
        self.first: dict[str, str] = {}  # of each kind of wrong: place and text
        self.frames = 0
        self._fresh_s = fresh_s
        self._foes = foes()
        self._walks = {group.phase for group in GROUPS if group.movement == "crosswalk"}
        self._before: dict[int, tuple[int, str]] = {}  # phase -> when told last, colour
        self._ends: dict[int, tuple[str, float]] = {}  # phase -> light, certain end in s
        self._wrong_since_ns: dict[int, int] = {}  # phase -> since when it is told otherwise than it is
        self._frame_ns = 0  # when the last frame came
        self.hidden_s = 0.0  # by so much more a light may be old, beyond any receiver's knowledge
        self._bad_since_ns: int | None = None  # our clock is off by more than SPAT allows

    def tick(
        self, now_ns: int, utc_ns: int, frames: list[bytes], world: World, news_ns: dict[int, int], label: str
    ) -> list[tuple[int, str]] | None:
        """Judge a tick. `utc_ns`: true UTC; `news_ns`: lamp -> when the newest true news of it was true.

        Returns phase and colour as told; None: nothing was.
        """
        told: list[tuple[int, str]] | None = None
        for frame in frames:
            message = v2x.decode(dsmp.parse(frame).payload)
            if isinstance(message, SignalPhaseAndTiming):
                self.frames += 1
                told = self._spat(now_ns, utc_ns, message, world, news_ns, label)
        return told

    def _note(self, kind: str, label: str, what: str) -> None:
        self.wrong[kind] += 1
        self.first.setdefault(kind, f"{label}: {what}")

    def _spat(
        self,
        now_ns: int,
        utc_ns: int,
        message: SignalPhaseAndTiming,
        world: World,
        news_ns: dict[int, int],
        label: str,
    ) -> list[tuple[int, str]]:
        (state,) = message.intersections
        if now_ns - self._frame_ns > S:  # a listener has forgotten
            self._ends.clear()
            self._wrong_since_ns.clear()
        self._frame_ns = now_ns
        self._date(utc_ns, message, label)
        newest_s = (now_ns - max(news_ns.values(), default=0)) / S
        if newest_s > self._fresh_s + 1.0 + 5.0 + SLACK_S + self.hidden_s:
            self._note("not silent", label, f"frame {newest_s:.1f} s after the newest news")
        lights = {phase.phase_id: phase.states for phase in state.phases}
        self._conflicts(lights, label)
        told = []
        for group in GROUPS:
            states = lights[group.phase]
            colour = _COLOUR.get(states[0].light, states[0].light)
            told.append((group.phase, colour))
            self._follow(group.phase, colour, now_ns, label)
            self._end(group.phase, states[0], now_ns, label)
            if colour == "unavailable" or colour in self._true(group.number, world):
                self._wrong_since_ns.pop(group.phase, None)
            else:
                self._wrong(group, colour, now_ns, world, label)
            age_s = (now_ns - news_ns.get(group.number, now_ns)) / S
            if colour != "unavailable" and age_s > self._fresh_s + 1.0 + SLACK_S + self.hidden_s:
                self._note("stale light", label, f"phase {group.phase} {colour}, news {age_s:.1f} s old")
        return told

    def _wrong(self, group: Group, colour: str, now_ns: int, world: World, label: str) -> None:
        """A light that is not so for longer than it may be old."""
        since_s = (now_ns - self._wrong_since_ns.setdefault(group.phase, now_ns)) / S
        if since_s > self._fresh_s + 1.0 + SLACK_S:
            kind = "wrong green" if colour in ("green", "flashing-green") else "wrong light"
            what = f"phase {group.phase} {colour} for {since_s:.1f} s, the lamp {world.colour(group.number)}"
            self._note(kind, label, what)

    def _true(self, number: int, world: World) -> set[str]:
        """Return the light of a lamp, or the one about to follow."""
        return {world.colour(number)} | _soon(world, number)

    def _date(self, utc_ns: int, message: SignalPhaseAndTiming, label: str) -> None:
        """A frame whose time is off, more than the gate needs to close."""
        assert message.moy is not None and message.time_stamp_ms is not None
        said_ns = YEAR_NS + (message.moy * MINUTE_MS + message.time_stamp_ms) * 1_000_000
        off_s = abs(said_ns - utc_ns) / S
        if off_s <= UTC_S:
            self._bad_since_ns = None
            return
        if self._bad_since_ns is None:
            self._bad_since_ns = utc_ns
        if (utc_ns - self._bad_since_ns) / S > CLOSING_S or off_s > 1.0:
            self._note("wrong date", label, f"{off_s:.3f} s off")

    def _conflicts(self, lights: dict[int, tuple[PhaseState, ...]], label: str) -> None:
        windows = {
            number: [_window(state) for state in states if state.light in GREENS] for number, states in lights.items()
        }
        for one, other in self._foes:
            for begin, end in windows[one]:
                for first, last in windows[other]:
                    if min(end, last) - max(begin, first) > (0.0 if begin == first == 0.0 else OVERLAP_S):
                        kind = "conflicting greens" if begin == first == 0.0 else "conflict announced"
                        self._note(kind, label, f"phases {one} and {other} from {max(begin, first):.1f} s on")

    def _follow(self, phase: int, colour: str, now_ns: int, label: str) -> None:
        before_ns, before = self._before.get(phase, (0, "unavailable"))
        self._before[phase] = now_ns, colour
        never = NEVER_WALK if phase in self._walks else NEVER
        if now_ns - before_ns <= S and (before, colour) in never:
            self._note("sequence", label, f"phase {phase} {before} to {colour}")

    def _end(self, phase: int, state: PhaseState, now_ns: int, label: str) -> None:
        """A certain end stays where it is while the light does."""
        timing = state.timing
        if not isinstance(timing, CountingDown) or timing.min_end_s is None or timing.min_end_s != timing.max_end_s:
            self._ends.pop(phase, None)
            return
        end_s = now_ns / S + timing.min_end_s
        light, before_s = self._ends.get(phase, ("", 0.0))
        if light == state.light and abs(end_s - before_s) > JUMP_S:
            self._note("countdown", label, f"phase {phase} {light}: its end moved by {end_s - before_s:+.1f} s")
        if light != state.light or abs(end_s - before_s) > JUMP_S:
            self._ends[phase] = state.light, end_s


def _window(state: PhaseState) -> tuple[float, float]:
    timing = state.timing
    if not isinstance(timing, CountingDown):
        return 0.0, 0.1
    begin = timing.start_s or 0.0
    return begin, begin + 0.1 if timing.likely_end_s is None else timing.likely_end_s


def all_told(told: list[tuple[int, str]] | None, world: World) -> bool:
    """Tell whether all lights were told right, within the error of rounding."""
    colours = dict(told or [])
    since_ns = world.now_ns - round(1.3 * S)
    soon = {number: _soon(world, number) for number in PHASE_OF}
    return bool(colours) and all(
        colours[PHASE_OF[number]] in world.shown_since(number, since_ns) | soon[number] for number in PHASE_OF
    )


def _soon(world: World, number: int) -> set[str]:
    """Return the light about to follow."""
    left_s, colour = world.left_s(number), world.colour(number)
    found = {"flashing-green"} if colour == "green" else set()
    if left_s is not None and left_s < EARLY_S:
        steps = world.programme[number]
        found |= {steps[(index + 1) % len(steps)][0] for index, (one, _) in enumerate(steps) if one == colour}
    return found
