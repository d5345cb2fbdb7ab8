"""The lights that SPAT shows, and how well the announced ends meet the changes of the lamps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from v2x.records.spat import CountingDown, Phase

_SETTLED_NS = 2_000_000_000  # announcements in the first and last seconds of a light are rounded
_LAST_NS = 1_000_000_000
_GREENS = ("protected-green", "permissive-green", "flashing-green")


class LightError(NamedTuple):
    """The worst announcement of a phase: announced end less the change of the lamp."""

    error_s: float
    changes: int  # of the light that were seen


class _SeenLight(NamedTuple):
    """A light of a phase."""

    light: str
    since_ns: int
    whole: bool  # its beginning was seen
    ends: list[tuple[int, int]]  # when it was announced, announced end


class LightWatch:
    """The lights of all phases, from one SPAT to the next."""

    def __init__(self) -> None:
        self.errors: dict[int, LightError] = {}
        self._shown: dict[int, _SeenLight] = {}

    def see(self, phases: Iterable[Phase], now_ns: int) -> None:
        """Take the phases of one SPAT."""
        for phase in phases:
            state = phase.states[0]
            shown = self._shown.get(phase.phase_id)
            if shown is None or shown.light != state.light:
                if shown is not None:
                    self._changed(phase.phase_id, shown, now_ns)
                shown = self._shown[phase.phase_id] = _SeenLight(state.light, now_ns, shown is not None, [])
            if isinstance(state.timing, CountingDown) and state.timing.likely_end_s is not None:
                shown.ends.append((now_ns, now_ns + round(state.timing.likely_end_s * 1e9)))

    def _changed(self, phase: int, shown: _SeenLight, now_ns: int) -> None:
        settled = [end for at, end in shown.ends if shown.since_ns + _SETTLED_NS <= at <= now_ns - _LAST_NS]
        before = self.errors.get(phase, LightError(0.0, 0))
        worst = max([before.error_s, *((end - now_ns) / 1e9 for end in settled)], key=abs)
        self.errors[phase] = LightError(worst, before.changes + bool(settled))

    def is_green(self, phase: int) -> bool:
        """Tell whether a phase shows green."""
        shown = self._shown.get(phase)
        return shown is not None and shown.light in _GREENS

    def red_for_s(self, phase: int, now_ns: int) -> float | None:
        """Return how long a phase has shown red, at least; None: it does not."""
        shown = self._shown.get(phase)
        return None if shown is None or shown.light != "red" else (now_ns - shown.since_ns) / 1e9
