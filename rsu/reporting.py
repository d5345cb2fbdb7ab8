"""Which records go up to the cloud, and when (T/ITS 0180.1-2021)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hw.device import DeviceHealth
from perception.objects import Modality
from rsu.reports import events, lamps, participants, status, traffic
from rsu.reports.common import Identity, Payload
from rsu.scene import Moment, News, Scene
from rsu.uplink.settings import UplinkSettings

_SECOND_NS = 1_000_000_000


class Draft(NamedTuple):
    """A record for the cloud that has no number yet."""

    kind: str
    stamp_ns: int
    data: Payload


class Reporter:
    """Decides at every tick which records are due."""

    def __init__(self, identity: Identity, settings: UplinkSettings, modalities: Mapping[str, Modality]) -> None:
        self._identity = identity
        self._modalities = modalities  # of the devices
        self._periods = {
            "participant": _period(settings.participants_hz),
            "lamp": _period(settings.lamp_hz),
            "event": _period(settings.events_hz),
            "run-status": round(settings.run_status_s * _SECOND_NS),
            "basic-status": round(settings.basic_status_s * _SECOND_NS),
        }
        self._slots: dict[str, int] = {}
        self._since_ns: dict[str, int] = {}  # device -> when its fault began
        self._faulty: frozenset[str] = frozenset()

    def drafts(self, scene: Scene, news: News) -> Iterator[Draft]:
        """Yield the records that are due at a tick."""
        moment, me = scene.moment, self._identity
        now_ns, utc_ns = moment.now_ns, moment.utc_ns
        devices = [self._device(each, moment) for each in moment.health]
        if self._due("basic-status", now_ns):
            yield Draft("basic-status", utc_ns, status.basic(me, utc_ns, devices))
        faulty = frozenset(device.name for device in devices if not device.ok)
        if self._due("run-status", now_ns) or faulty != self._faulty:
            self._faulty = faulty
            yield Draft("run-status", utc_ns, status.run(me, utc_ns, devices))
        yield from self._traffic(now_ns, scene.labelled(), news.labelled(moment.correction_ns))

    def _traffic(self, now_ns: int, scene: Scene, news: News) -> Iterator[Draft]:
        """Yield what tells of the road; `now_ns`: steady, scene and news: in UTC."""
        moment, me = scene.moment, self._identity
        utc_ns = moment.utc_ns
        running = [event for event in scene.events if event.state != "end"]
        if news.events or (running and self._due("event", now_ns)):
            yield Draft("event", utc_ns, events.build(me, utc_ns, news.events or running))
        for period in news.traffic:
            yield Draft("traffic", utc_ns, traffic.build(me, utc_ns, period))
        if moment.lamps is not None and self._due("lamp", now_ns):
            fresh = not any(name.startswith("signal-") for name in moment.conditions)
            yield Draft("lamp", utc_ns, lamps.build(me, utc_ns, moment.lamps, None, fresh))
        if len(scene.tracks) and self._due("participant", now_ns):
            users = participants.build(me, utc_ns, scene.tracks, scene.places, running, self._modalities)
            yield Draft("participant", utc_ns, users)

    def _due(self, kind: str, now_ns: int) -> bool:
        """Tell once in every period of a kind that it is due."""
        period = self._periods[kind]
        slot = now_ns // period if period else 0
        if not period or self._slots.get(kind) == slot:
            return False
        self._slots[kind] = slot
        return True

    def _device(self, health: DeviceHealth, moment: Moment) -> status.Device:
        fault = None if health.state == "ok" else health.error or health.state
        if fault is None:
            self._since_ns.pop(health.name, None)
        else:
            self._since_ns.setdefault(health.name, moment.now_ns)
        since_ns = self._since_ns.get(health.name)
        since_ns = None if since_ns is None else since_ns + moment.correction_ns
        return status.Device(
            name=health.name, modality=health.modality, ok=fault is None, fault=fault, fault_ns=since_ns
        )


def _period(rate_hz: float) -> int:
    return round(_SECOND_NS / rate_hz) if rate_hz else 0
