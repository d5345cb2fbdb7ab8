"""The platform's orders to the station: switches of message types, messages of the platform's own, rates of records.

The uplink process publishes all of them together, again and again, so that a station that starts anew has them soon;
the station answers with the revision that it follows.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from rsu.bus.snapshot import MessageState, Snapshot

UserKind = Literal["unknown", "car", "truck", "bus", "motorcycle", "bicycle", "pedestrian"]
_Code = Annotated[int, Meta(ge=0, le=65_535)]


class AirSwitch(msgspec.Struct, frozen=True):
    """The messages of one type that leave."""

    send: bool = True  # False: nothing
    local: bool = True  # messages that the box makes
    platform: bool = True  # messages that the platform orders


class AirOrder(msgspec.Struct, frozen=True):
    """One message that the platform orders on air."""

    id: str  # the platform's: alertID of an RSI, eTag of a MAP
    kind: str  # of `rsu.messages.table`
    issuer: str
    payload: bytes  # UPER; count, time and unit are put in when it is sent
    since_ns: int  # UTC
    until_ns: int  # UTC; from then on it is not sent
    once: bool = False  # it is sent one time


class UpFilter(msgspec.Struct, frozen=True, rename="camel"):
    """The road users or events that go up in records of a kind; None: no limit."""

    kinds: list[UserKind] | None = None  # of road users
    types: list[_Code] | None = None  # of events: YD/T 3709, GB/T 29100
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = field(default=None, name="leastConfidence")  # of events
    within_m: Annotated[float, Meta(gt=0)] | None = None  # of road users: the 95 % of the place at most
    up_limit: Annotated[int, Meta(ge=0, le=10_000)] | None = None  # in a record; of road users the nearest to the site


class AirOrders(msgspec.Struct, frozen=True):
    """All orders that hold."""

    revision: int = 0  # rises with every change
    switches: dict[str, AirSwitch] = {}  # by message type; others are as AirSwitch()
    orders: list[AirOrder] = []
    periods_ns: dict[str, int] = {}  # kind of record for the platform -> between two of them; 0: never
    filters: dict[str, UpFilter] = {}  # by kind of record; others are as UpFilter()


class AirState(msgspec.Struct, frozen=True):
    """The orders that the station follows, and its messages."""

    stamp_ns: int
    revision: int
    on_air: list[str]  # ids of orders that were sent in the last seconds
    messages: list[MessageState]
    devices: dict[str, str]  # name -> state, as `hw.watch.State`
    clock_plausible: bool = True  # as in ClockView


def air_state(snapshot: Snapshot, revision: int) -> AirState:
    """Return the orders of a revision that the station follows, as its snapshot shows them."""
    return AirState(
        stamp_ns=snapshot.stamp_ns,
        revision=revision,
        on_air=[order.id for order in snapshot.orders if order.on_air],
        messages=snapshot.messages,
        devices={device.name: device.state for device in snapshot.devices},
        clock_plausible=snapshot.clock is None or snapshot.clock.plausible,
    )
