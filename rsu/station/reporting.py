"""Which records go up to the cloud, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from hw.device import DeviceHealth
from perception.results import RoadEvent, TrafficPeriod
from rsu.bus.orders import AirOrders, UpFilter
from rsu.bus.told import DeviceStates, Participants, RoadTraffic, Told, ToldDevice
from rsu.messages.scene import Moment, News, Scene
from rsu.reasons.signal import DOUBTS, NO_LIGHTS
from rsu.site.uplink import UplinkSettings
from rsu.station import selection, telling
from rsu.station.telling import OnRoad

_SECOND_NS = 1_000_000_000
_MINUTE_NS = 60 * _SECOND_NS


class Draft(NamedTuple):
    """A record for the cloud that has no number yet."""

    kind: str
    stamp_ns: int
    data: Told
    live: bool = False  # a state that the next record of its kind supersedes


class Reporter:
    """Decides at every tick which records are due. `region`: the site says in which region it is."""

    def __init__(self, settings: UplinkSettings, region: bool) -> None:
        self._region = region
        self._periods = {
            "participant": _period(settings.participants_hz),
            "lamp": _period(settings.lamp_hz),
            "event": _period(settings.events_hz),
            "run-status": round(settings.run_status_s * _SECOND_NS),
            "basic-status": round(settings.basic_status_s * _SECOND_NS),
        }
        self._orders = AirOrders()
        self._slots: dict[str, int] = {}
        self._ok = True
        self._since_ns: dict[str, int] = {}  # device -> when its fault began
        self._faults: frozenset[tuple[str, str]] = frozenset()  # device, code

    def drafts(self, scene: Scene, news: News, orders: AirOrders) -> Iterator[Draft]:
        """Yield the records that are due at a tick, as far as the platform has ordered."""
        self._orders = orders
        moment, labelled = scene.moment, scene.labelled()
        now_ns, utc_ns = moment.now_ns, moment.utc_ns
        yield from self._status(moment)
        running = [event for event in labelled.events if event.state != "end"]
        road = OnRoad(labelled.tracks, scene.places, running)
        told = news.labelled(moment.correction_ns)
        yield from self._events(now_ns, utc_ns, told.events, road)
        yield from self._traffic(utc_ns, told.traffic)
        yield from self._lamps(moment)
        if len(road.tracks) and self._due("participant", now_ns):
            users = selection.users(telling.users(road), orders.filters.get("participant", UpFilter()))
            if users:
                yield Draft("participant", utc_ns, Participants(users), live=True)

    def _status(self, moment: Moment) -> Iterator[Draft]:
        """Yield identity and state of the box: from time to time, and when they change."""
        utc_ns, states = moment.utc_ns, DeviceStates([self._device(each, moment) for each in moment.health])
        faults = frozenset((device.name, code) for device in states.devices for code in _codes(device))
        changed, self._faults = faults != self._faults, faults
        ok = all(device.ok for device in states.devices)
        turned, self._ok = ok != self._ok, ok
        if self._due("basic-status", moment.now_ns) or turned:
            yield Draft("basic-status", utc_ns, states, live=True)
        if self._due("run-status", moment.now_ns) or changed:
            yield Draft("run-status", utc_ns, states, live=not changed)

    def _events(self, now_ns: int, utc_ns: int, news: Sequence[RoadEvent], road: OnRoad) -> Iterator[Draft]:
        """Yield starts and ends at once, and running events when an update is due."""
        wanted = self._orders.filters.get("event", UpFilter())
        if chosen := selection.events(news, wanted):
            yield Draft("event", utc_ns, telling.events(chosen, road))
        elif (running := selection.events(road.running, wanted)) and self._due("event", now_ns):
            yield Draft("event", utc_ns, telling.events(running, road), live=True)

    def _traffic(self, utc_ns: int, periods: Sequence[TrafficPeriod]) -> Iterator[Draft]:
        """Yield ended periods; those shorter than a minute are for displays, the longer ones hold their sums."""
        for period in periods:
            live = not period.cycle and period.end_ns - period.start_ns < _MINUTE_NS
            yield Draft("traffic", utc_ns, RoadTraffic(period), live)

    def _lamps(self, moment: Moment) -> Iterator[Draft]:
        """Yield the signal's state; a platform places it by its region, so that nothing is sent without one."""
        if moment.ahead is None or not self._region or not self._due("lamp", moment.now_ns):
            return
        shown = NO_LIGHTS.isdisjoint(moment.conditions)
        doubted = not DOUBTS.isdisjoint(moment.conditions)
        told = telling.lamps(moment.lamps, moment.ahead, moment.now_ns, shown, ok=shown and not doubted)
        yield Draft("lamp", moment.utc_ns, told, live=True)

    def _due(self, kind: str, now_ns: int) -> bool:
        """Tell once in every period of a kind that it is due."""
        period = self._orders.periods_ns.get(kind, self._periods[kind])
        slot = now_ns // period if period else 0
        if not period or self._slots.get(kind) == slot:
            return False
        self._slots[kind] = slot
        return True

    def _device(self, health: DeviceHealth, moment: Moment) -> ToldDevice:
        starting = health.state == "starting" and not health.error  # nothing is wrong yet
        fault = None if starting or health.state == "ok" else health.error or health.state
        if fault is None:
            self._since_ns.pop(health.name, None)
        else:
            self._since_ns.setdefault(health.name, moment.now_ns)
        since_ns = self._since_ns.get(health.name)
        return ToldDevice(
            name=health.name,
            modality=health.modality,
            ok=fault is None,
            fault=fault,
            fault_ns=None if since_ns is None else since_ns + moment.correction_ns,
            code="" if fault is None else f"device-{health.state}",
            alarms=[replace(each, since_ns=each.since_ns + moment.correction_ns) for each in health.alarms],
        )


def _codes(device: ToldDevice) -> list[str]:
    return [*([] if device.ok else [device.code]), *(alarm.code for alarm in device.alarms)]


def _period(rate_hz: float) -> int:
    return round(_SECOND_NS / rate_hz) if rate_hz else 0
