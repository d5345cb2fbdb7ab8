"""One phase under guard: the state that was announced, and whether the next state may follow it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from rsu.reasons.signal import SignalReason
from rsu.station.checks.program import JUMP_NS, S
from rsu.station.guard.sequence import Announced, PhaseRules, group_of

VAGUE_NS = 5 * S  # after a countdown jumped: for so long its ends are no certainty
MOVES_NS = 60 * S  # a second jump within this time is one too many
ROUNDING_NS = S // 10


class Ruling(NamedTuple):
    """The guard's verdict on one phase."""

    hide: bool = False  # its state must not be sent
    moved_ns: int = 0  # its announced end moved by so much a while ago: it is no certainty
    reason: SignalReason | None = None


class _Shown(NamedTuple):
    colour: str
    since_ns: int
    group_ns: int  # when its group began, a green and its flash together
    begun: bool  # that beginning was seen


class PhaseGuard:
    """Follows one phase from tick to tick. `margin_ns`: how late a change may be noticed."""

    def __init__(self, rules: PhaseRules, margin_ns: int) -> None:
        self._rules = rules
        self._margin_ns = margin_ns
        self._moves: deque[tuple[int, int]] = deque(maxlen=2)  # when an announced end moved, and how far
        self._fault: SignalReason | None = None  # the impossible change
        self._since: set[str] = set()  # the colours that it came to since then; a proper cycle comes to one again
        self._passing = False  # the fault is over with the next proper change
        self.forget()

    def forget(self) -> None:
        """Forget its earlier states: no message announced them, or they were not known."""
        self._shown: _Shown | None = None
        self._before: _Shown | None = None
        self._ends_ns: tuple[int, int] | None = None  # the earliest and the latest end that was announced for it

    def judge(self, lights: Sequence[Announced], now_ns: int) -> Ruling:
        """Rule on the states to announce now; empty: its light is not known, and so need not be hidden."""
        if not lights:
            self.forget()
            return Ruling()
        self._follow(lights[0].colour, now_ns)
        self._count(lights[0].end_s, now_ns)
        reason = self._fault or self._too_long(lights[0], now_ns) or self._rules.fault(lights) or self._unsteady(now_ns)
        if reason is not None:
            return Ruling(True, reason=reason)
        if self._moves and now_ns - self._moves[-1][0] < VAGUE_NS:
            return Ruling(False, self._moves[-1][1], SignalReason.COUNTDOWN_JUMP)
        return Ruling()

    def _follow(self, colour: str, now_ns: int) -> None:
        shown = self._shown
        if shown is None:
            self._begin(_Shown(colour, now_ns, now_ns, False))
        elif colour != shown.colour:
            fault = self._change_fault(shown, colour, now_ns)
            back = self._before if self._before is not None and self._before.colour == colour else None
            if fault is None:
                self._note_proper(colour)
                self._begin(_Shown(colour, now_ns, now_ns, True))
            elif back is not None and now_ns - shown.since_ns <= JUMP_NS:  # it was counted on a little too early
                self._fault, self._passing = self._fault or fault, not self._since
                self._shown, self._before, self._ends_ns = back, None, None
            else:
                self._fault, self._since, self._passing = fault, {colour}, False
                self._begin(_Shown(colour, now_ns, now_ns, True))

    def _change_fault(self, shown: _Shown, colour: str, now_ns: int) -> SignalReason | None:
        """Return the reason why a change that happens now is impossible."""
        if not self._rules.may_follow(shown.colour, colour):
            return SignalReason.IMPOSSIBLE_SEQUENCE
        group, after = group_of(shown.colour), group_of(colour)
        lasted_ns = now_ns - shown.group_ns + self._margin_ns
        if after not in (None, group) and shown.begun and lasted_ns < self._rules.least_s(group) * S:
            return SignalReason.IMPOSSIBLE_DURATION
        return None

    def _note_proper(self, colour: str) -> None:
        """Take note of a proper change: a phase that has gone through a whole cycle of them is believed again."""
        if self._passing or colour in self._since:
            self._fault, self._since, self._passing = None, set(), False
        elif self._fault is not None:
            self._since.add(colour)

    def _begin(self, shown: _Shown) -> None:
        before = self._shown
        if before is not None and group_of(before.colour) == group_of(shown.colour) is not None:
            shown = shown._replace(group_ns=before.group_ns, begun=before.begun)
        self._before, self._shown, self._ends_ns = before, shown, None

    def _too_long(self, running: Announced, now_ns: int) -> SignalReason | None:
        """Return that the running light has lasted for too long; one that never changes may."""
        if running.end_s == float("inf") or self._shown is None:
            return None
        most_ns = self._rules.most_s(group_of(running.colour)) * S + self._margin_ns
        return SignalReason.IMPOSSIBLE_DURATION if now_ns - self._shown.group_ns > most_ns else None

    def _count(self, end_s: float | None, now_ns: int) -> None:
        """Take note of the announced end: of one light it should stay where it is."""
        if end_s is None or end_s == float("inf"):
            self._ends_ns = None
            return
        end_ns = now_ns + round(end_s * S)
        first_ns, last_ns = self._ends_ns or (end_ns, end_ns)
        if (moved_ns := max(end_ns - first_ns, last_ns - end_ns)) > JUMP_NS + ROUNDING_NS:
            self._moves.append((now_ns, moved_ns))
            first_ns = last_ns = end_ns
        self._ends_ns = min(first_ns, end_ns), max(last_ns, end_ns)

    def _unsteady(self, now_ns: int) -> SignalReason | None:
        """Return that the announced end moved once too often, a moment ago."""
        if len(self._moves) < 2:
            return None
        (first_ns, _), (last_ns, _) = self._moves
        return (
            SignalReason.IMPOSSIBLE_COUNTDOWN if last_ns - first_ns < MOVES_NS and now_ns - last_ns < VAGUE_NS else None
        )
