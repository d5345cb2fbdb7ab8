"""Are the lights of a SPAT true? They are compared with the signals that the world's traffic obeys.

Which movements must never be green together is told here once more, by the arms of the crossing: the product derives
its own table from its lane map. Limits are those of guarantees G1 and G2.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, combinations

from sim.frames import WorldFrame
from sim.signals import SignalGroup, SignalProgramme
from v2x.records.spat import CountingDown, IntersectionState, Phase

GREEN = {"protected-green", "permissive-green", "flashing-green"}
ARMS = ("north", "east", "south", "west")
STALE_S = 3.5  # G1: 2.5 s counted on from a plan, 1 s more marked; after that nothing but `unavailable`
EDGE_S = 0.6  # a change may be told so much early or late: controllers count whole seconds
END_S = 2.0  # the announced end of a light may be so far from the real one
_OF_SUMO = {
    "G": GREEN, "g": GREEN, "y": {"yellow"}, "r": {"red", "flashing-red"}, "o": {"flashing-yellow"}, "O": set(),
}  # fmt: skip


def must_not_meet(one: SignalGroup, other: SignalGroup) -> bool:
    """Tell whether two groups must never be green together. Turning right yields: it may meet crossing traffic."""
    if "right" in (one.movement, other.movement):
        return False
    if one.movement == other.movement == "crosswalk":
        return False
    if "crosswalk" in (one.movement, other.movement):
        walk, drive = (one, other) if one.movement == "crosswalk" else (other, one)
        return walk.arm in (drive.arm, _exit_of(drive))
    apart = (ARMS.index(other.arm) - ARMS.index(one.arm)) % 4
    return apart in (1, 3) or (apart == 2 and one.movement != other.movement)


def _exit_of(drive: SignalGroup) -> str:
    """Return the arm by which a movement leaves: keeping right, left turns leave by the next arm clockwise."""
    return ARMS[(ARMS.index(drive.arm) + {"left": 1, "straight": 2}[drive.movement]) % 4]


class Lights:
    """Judges one SPAT after another."""

    def __init__(self, signals: SignalProgramme) -> None:
        self._groups = {group.phase: group for group in signals.lamps}
        self._cycle_s = signals.cycle_s
        self._foes = [
            (one.phase, other.phase) for one, other in combinations(signals.lamps, 2) if must_not_meet(one, other)
        ]
        self._wrong_since_ns: dict[int, int] = {}
        self.fault: str | None = None  # of the controller: its lamps then differ from the world's signals

    def judge(
        self, state: IntersectionState, arrival_ns: int, now: WorldFrame | None, around: list[WorldFrame]
    ) -> Iterator[str]:
        """Yield the faults. `now`: the world at the arrival, `around`: shortly before and after; only conflicts
        count while it is not known."""
        yield from self._conflicts(state)
        if now is None:
            return
        for phase in state.phases:
            group = self._groups.get(phase.phase_id)
            if group is None:
                yield f"phase {phase.phase_id} is none of this crossing"
                continue
            told, real = phase.states[0].light, {self._real(group, world) for world in around}
            if told in ("unavailable", "dark") or any(told in _OF_SUMO[each] for each in real) or _cleared(group, told):
                self._wrong_since_ns.pop(phase.phase_id, None)
                yield from self._end(phase, group, now)
                continue
            since_ns = self._wrong_since_ns.setdefault(phase.phase_id, arrival_ns)
            if arrival_ns - since_ns > STALE_S * 1e9:
                shown = "".join(sorted(real))
                yield f"phase {phase.phase_id} {told} for {(arrival_ns - since_ns) / 1e9:.1f} s, the lamp shows {shown}"

    def _real(self, group: SignalGroup, world: WorldFrame) -> str:
        """Return the state of a lamp in SUMO's letters: as traffic obeys it, or as its controller's fault has it."""
        if self.fault in ("flashing", "dark"):
            return "o" if self.fault == "flashing" else "O"
        return world.signals[group.link]

    def _conflicts(self, state: IntersectionState) -> Iterator[str]:
        """Yield pairs that are green together, now or as announced."""
        windows = {phase.phase_id: list(_greens(phase)) for phase in state.phases}
        for one, other in self._foes:
            for begin, end in windows.get(one, []):
                for begin2, end2 in windows.get(other, []):
                    if min(end, end2) - max(begin, begin2) > EDGE_S:
                        yield f"phases {one} and {other} green together from {max(begin, begin2):.1f} s on"

    def _end(self, phase: Phase, group: SignalGroup, world: WorldFrame) -> Iterator[str]:
        """Yield a wrong end of the running light, where the message states one for certain."""
        timing, told = phase.states[0].timing, phase.states[0].light
        if not isinstance(timing, CountingDown) or timing.min_end_s is None or told == "unavailable":
            return
        real_s = _left(group, told, world.cycle_s, self._cycle_s)
        if real_s is not None and abs(timing.min_end_s - real_s) > END_S:
            yield f"phase {phase.phase_id} {told} ends in {timing.min_end_s:.1f} s as told, in {real_s:.1f} s really"


def _cleared(group: SignalGroup, told: str) -> bool:
    """Tell whether a crosswalk is told to flash green while its traffic may no longer begin to cross."""
    return group.movement == "crosswalk" and told == "flashing-green"


def _greens(phase: Phase) -> Iterator[tuple[float, float]]:
    """Yield begin and end of each announced green, in seconds from now."""
    for number, state in enumerate(phase.states):
        if state.light not in GREEN:
            continue
        timing = state.timing
        if not isinstance(timing, CountingDown):
            if number == 0:
                yield 0.0, EDGE_S * 2
            continue
        begin = timing.start_s or 0.0
        end = timing.min_end_s if timing.min_end_s is not None else timing.likely_end_s
        if number == 0 or timing.start_s is not None:
            yield begin, begin + 2 * EDGE_S if end is None else end


def _left(group: SignalGroup, told: str, cycle_s: float, length_s: float) -> float | None:
    """Return the seconds until the programme leaves the told light; None: it does not show it now, or for ever."""
    if group.colour(cycle_s % length_s) != _plain(told):
        return None
    ends = [s for s in _edges(group) if group.colour((s + 1e-6) % length_s) != group.colour((s - 1e-6) % length_s)]
    return min(((end - cycle_s) % length_s for end in ends), default=None)


def _edges(group: SignalGroup) -> list[float]:
    """Return when the group's steps end, in seconds from the begin of the cycle."""
    return list(accumulate(duration for _, duration in group.steps))


def _plain(told: str) -> str:
    return "green" if told in ("protected-green", "permissive-green") else told
