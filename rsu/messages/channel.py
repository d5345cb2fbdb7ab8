"""The share of the channel for messages about the road: RSM and proxies' BSM. SPAT, MAP and RSI are few.

All vehicles and units at a junction share one channel. A unit that sends much into a busy one makes all messages
late or lost, its own lights among them. So RSM has a share that is bounded, and gives way before SPAT does.
"""

from __future__ import annotations

from collections.abc import Iterator

from perception.objects import ChannelState
from rsu.reasons.radio import RadioReason
from rsu.reasons.words import Reason
from rsu.site.channel import ChannelSettings

_FRESH_NS = 3_000_000_000  # of the radio's word
_SHOWN_NS = 2_000_000_000  # that a road user had to wait


class Room:
    """The octets and frames that may still leave in one cycle."""

    def __init__(self, frames: int, octets: int) -> None:
        self.frames = frames
        self._octets = octets

    @property
    def left(self) -> bool:
        """Tell whether one more frame may be begun."""
        return self.frames > 0 and self._octets > 0

    def take(self, frame: bytes) -> None:
        """Note that a frame leaves."""
        self.frames -= 1
        self._octets -= len(frame)


class ChannelShare:
    """The radio's word on the channel, and whether all road users found room lately."""

    def __init__(self, settings: ChannelSettings) -> None:
        self._settings = settings
        self._states: dict[str, ChannelState] = {}  # the newest of each radio
        self._waited_ns: int | None = None

    def take_over(self, before: ChannelShare) -> None:
        """Go on with the knowledge of another one."""
        self._states, self._waited_ns = before._states, before._waited_ns

    def update(self, state: ChannelState) -> None:
        """Take a radio's report of its channel."""
        self._states[state.device] = state

    def busy(self, now_ns: int) -> float | None:
        """Return the channel busy ratio, 0..1, of the busiest channel; None where no radio has said it lately."""
        fresh = [state.busy for state in self._states.values() if now_ns - state.receipt_ns <= _FRESH_NS]
        return max((busy for busy in fresh if busy is not None), default=None)

    def room(self, now_ns: int) -> Room:
        """Return the budget of the cycle at `now_ns`; never less than the one frame with the unit itself."""
        settings = self._settings
        over = (self.busy(now_ns) or 0.0) - settings.busy_from
        left = 1.0 - min(1.0, max(0.0, over / (settings.busy_full - settings.busy_from)))
        return Room(max(1, int(settings.frames_per_cycle * left + 1e-6)), settings.octets_per_cycle)

    def wait(self, now_ns: int) -> None:
        """Note that a road user is left out for want of room."""
        self._waited_ns = now_ns

    def conditions(self, now_ns: int) -> Iterator[Reason]:
        """Yield the gate's reason codes that hold now."""
        if (self.busy(now_ns) or 0.0) > self._settings.busy_from:
            yield RadioReason.CHANNEL_BUSY
        if self._waited_ns is not None and now_ns - self._waited_ns <= _SHOWN_NS:
            yield RadioReason.SHARE_FULL
