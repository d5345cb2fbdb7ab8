"""A signal phase as SPAT tells of it: its steps from now on."""

from __future__ import annotations

from typing import NamedTuple

from rsu.site.signal import PhaseSettings


class Step(NamedTuple):
    """One colour from `start_ns` to `end_ns`; None: its end is not known, or it has none."""

    colour: str
    start_ns: int
    end_ns: int | None


class PhaseView(NamedTuple):
    """One phase at one time: the running step first, then the following ones. Empty: not known."""

    id: int
    settings: PhaseSettings
    steps: list[Step]
    planned: bool = False  # the plan, which the reports fit, says when the steps begin and end
    stale_ns: int = 0  # age of the state, while it is older than it should be
