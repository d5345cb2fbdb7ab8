"""Input and output of the station in a tick, as a recording keeps them. Steady time (`hw/timescale.py`)."""

from __future__ import annotations

import msgspec

from hw.tape import AS_BEGUN, LinkState, Round, SystemClock
from rsu.bus.latch import Setting
from rsu.bus.orders import AirOrders
from rsu.bus.told import Told


class Frame(msgspec.Struct, frozen=True):
    """One frame that the station made."""

    kind: str
    aid: int
    priority: int
    newest_receipt_ns: int | None
    frame: bytes  # DSMP


class ToldItem(msgspec.Struct, frozen=True):
    """One record for the cloud that the station made, before it has a number."""

    kind: str
    stamp_ns: int
    data: Told


class Item(msgspec.Struct, frozen=True):
    """The same as recorded."""

    kind: str
    stamp_ns: int
    data: bytes  # JSON of T/ITS 0180.1


class Decision(msgspec.Struct, frozen=True):
    """The gate's decision on one message type."""

    kind: str
    decision: str
    reasons: list[str]


class Outcome(msgspec.Struct, frozen=True):
    """Everything that one tick of the station gave."""

    now_ns: int  # steady
    frames: list[Frame]
    items: list[Item]
    gate: list[Decision]
    told: list[ToldItem] = []  # on the bus, instead of `items`: `rsu/recording/worded.py` makes these of them


class Tape(msgspec.Struct, frozen=True):
    """One tick of the station as a recording needs it: the input since the tick before, and the output.

    With all records of a start, from `seq` 0 on without a hole, another run comes to the same bytes.
    """

    seed: bytes  # of this start of the station
    seq: int  # 0.., one a tick; those that WHOLE divides tell the state of every link
    rounds: list[Round]
    links: list[LinkState]  # those that changed after the last round
    outcome: Outcome
    clock: SystemClock = AS_BEGUN  # at the tick
    latch: Setting | None = None  # before the first round; None: it was left alone
    orders: AirOrders | None = None  # of the platform, before the first round; None: as before
    site: str = ""  # on the bus: path of the site file that the station works on
    oldest: int = 0  # on the bus: the oldest tick that the station still has; those before it will never come

    @property
    def utc_ns(self) -> int:
        """Return when the tick was, UTC."""
        return self.outcome.now_ns + self.clock.correction_ns


WHOLE = 10
