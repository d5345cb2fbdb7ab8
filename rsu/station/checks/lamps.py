"""One lamp of a signal controller, as it was last reported: its colour, when that ends, and how old the news is."""

from __future__ import annotations

from perception.objects import Lamp
from rsu.messages.phases import Step
from rsu.station.checks.program import JUMP_NS, S


class LampRecord:
    """The last report of one lamp. `still_ns`: how long the same countdown may be reported again."""

    def __init__(self, still_ns: int) -> None:
        self._still_ns = still_ns
        self._told: tuple[str, float | None] | None = None
        self._since_ns = 0  # receipt of the first report with the present content
        self._began_ns = 0  # when the colour was told first
        self.colour = "unknown"
        self.end_ns: int | None = None  # by its own countdown
        self.seen_ns: int | None = None  # last time at which the report was true
        self.still = False  # its countdown stands

    def take(self, lamp: Lamp, colour: str, stamp_ns: int, alive_ns: int) -> None:
        """Take a report that was true at `stamp_ns`. `alive_ns`: up to when a lamp without a countdown is believed."""
        if (told := (lamp.colour, lamp.countdown_s)) != self._told:
            self._told, self._since_ns = told, stamp_ns
        counts = lamp.countdown_s is not None
        self.still = counts and stamp_ns - self._since_ns > self._still_ns + S
        self.seen_ns = min(stamp_ns, self._since_ns + self._still_ns) if counts else min(stamp_ns, alive_ns)
        end_ns = None if lamp.countdown_s is None else self._since_ns + round(lamp.countdown_s * S)
        if colour != self.colour:
            self._began_ns = stamp_ns
        elif end_ns is not None and self.end_ns is not None and abs(end_ns - self.end_ns) <= JUMP_NS:
            end_ns = self.end_ns  # the same end, rounded to another second
        self.colour, self.end_ns = colour, end_ns

    def steps(self, now_ns: int) -> list[Step]:
        """Return the step that runs, without a plan; none when nothing is known (any more)."""
        if self.colour == "unknown" or (self.end_ns is not None and self.end_ns <= now_ns):
            return []
        return [Step(self.colour, self._began_ns, self.end_ns)]
