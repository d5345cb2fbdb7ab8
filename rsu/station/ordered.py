"""Messages that the platform orders on air, and its switches: they pass the same gate as the box's own messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

import v2x
from perception.geo import Reference, to_site
from rsu.bus.orders import AirOrder, AirOrders, AirSwitch
from rsu.bus.snapshot import OrderView
from rsu.messages.common import minute_of_year
from rsu.messages.row import Made, Tick
from rsu.messages.scene import TICK_NS
from rsu.reasons.place import NO_UTC
from rsu.reasons.radio import RadioReason
from rsu.reasons.words import Reason
from v2x.aids import DYNAMIC_EVENTS
from v2x.records.roadmap import MapData
from v2x.records.rsi import RoadSideInformation
from v2x.records.rsm import RoadsideSafetyMessage

_ALWAYS = AirSwitch()
_SHOWN_TICKS = 20  # that an order counts as on air after it was sent
_SECOND_TICKS, _HALF_TICKS = (
    10,
    5,
)  # T/CSAE 159-2020: MAP once, semi-static RSI twice a second; dynamic RSI at every tick


class OrderedMessage(NamedTuple):
    """An order with its message."""

    order: AirOrder
    message: v2x.Message
    period_ticks: int


class PlatformOrders:
    """The orders that hold. `unit`: id of the RSU, 8 octets."""

    def __init__(self, profile: v2x.Profile, unit: bytes) -> None:
        self.held = AirOrders()
        self._profile, self._unit = profile, unit
        self._messages: list[OrderedMessage] = []
        self._sent: dict[AirOrder, int] = {}  # number of the tick at which each was sent last

    def take(self, orders: AirOrders) -> None:
        """Follow these orders, from the next tick on; those that cannot be read are not sent."""
        self.held = orders
        self._messages = [found for order in orders.orders if (found := self._read(order)) is not None]
        self._sent = {order: tick for order, tick in self._sent.items() if order in orders.orders}

    def take_over(self, before: PlatformOrders) -> None:
        """Go on with the orders of another site's station."""
        self._sent = before._sent
        self.take(before.held)

    def _read(self, order: AirOrder) -> OrderedMessage | None:
        try:
            message = v2x.decode(order.payload, self._profile)
        except v2x.CodecError:
            return None
        if not isinstance(message, RoadSideInformation):
            return OrderedMessage(order, message, _SECOND_TICKS)
        dynamic = any(event.event_type in DYNAMIC_EVENTS for event in message.events)
        return OrderedMessage(order, message, 1 if dynamic else _HALF_TICKS)

    def local(self, kind: str) -> bool:
        """Tell whether the box's own messages of a type leave."""
        return self.held.switches.get(kind, _ALWAYS).local

    def conditions(self, kind: str, tick: Tick, found: set[Reason | str]) -> set[Reason | str]:
        """Return the reasons that hold for a message type, where `found` hold for the box's own messages."""
        if not self.held.switches.get(kind, _ALWAYS).send:
            return found | {RadioReason.ORDERED_OFF}
        if any(self._holding(kind, tick)):
            return found - {RadioReason.NOTHING_TO_SAY}
        return found if self.local(kind) else found | {RadioReason.NOTHING_TO_SAY}

    def messages(self, kind: str, tick: Tick) -> Iterator[Made]:
        """Yield the ordered messages of a type that are due."""
        number = tick.moment.tick
        for each in self._holding(kind, tick):
            last = self._sent.get(each.order)
            if last is None or (number - last >= each.period_ticks and not each.order.once):
                self._sent[each.order] = number
                yield Made(self._marked(each.message, tick), order=each.order.id)

    def _holding(self, kind: str, tick: Tick) -> Iterator[OrderedMessage]:
        """Yield the orders of a type that have not run out, as far as that can be known."""
        if not self.held.switches.get(kind, _ALWAYS).platform or not NO_UTC.isdisjoint(tick.conditions):
            return
        for each in self._messages:
            done = each.order.once and each.order in self._sent
            if each.order.kind == kind and tick.moment.utc_ns < each.order.until_ns and not done:
                yield each

    def _marked(self, message: v2x.Message, tick: Tick) -> v2x.Message:
        """Return a message with count, time and identity of this unit, where its type has them."""
        count, moy = tick.next_count(), minute_of_year(tick.moment.utc_ns)
        if isinstance(message, RoadSideInformation):
            return replace(message, msg_cnt=count, moy=moy, id=self._unit)
        if isinstance(message, RoadsideSafetyMessage):
            return replace(message, msg_cnt=count, id=self._unit)
        if isinstance(message, MapData):
            return replace(message, msg_cnt=count, moy=moy)
        return replace(message, msg_cnt=count)

    def views(self, now_ns: int, reference: Reference) -> list[OrderView]:
        """Return all orders that can be read, as the page draws them."""
        number = now_ns // TICK_NS
        return [self._view(each, number, reference) for each in self._messages]

    def _view(self, each: OrderedMessage, number: int, reference: Reference) -> OrderView:
        order, last = each.order, self._sent.get(each.order)
        view = OrderView(
            id=order.id,
            kind=order.kind,
            issuer=order.issuer,
            until_ns=order.until_ns,
            on_air=last is not None and number - last <= _SHOWN_TICKS,
        )
        events = each.message.events if isinstance(each.message, RoadSideInformation) else ()
        if not events or events[0].position is None:
            return view
        east, north = to_site(events[0].position.latitude_deg, events[0].position.longitude_deg, reference)
        return replace(view, code=events[0].event_type, east_m=round(float(east), 2), north_m=round(float(north), 2))
