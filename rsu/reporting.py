"""Which records go up to the cloud, and when (T/ITS 0180.1-2021)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hw.device import DeviceHealth
from perception.objects import Modality
from rsu.reports import events, lamps, participants, status, traffic
from rsu.reports.common import Identity, Payload
from rsu.scene import News, Scene
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
        now_ns, me = scene.moment.now_ns, self._identity
        devices = [self._device(each, now_ns) for each in scene.moment.health]
        if self._due("basic-status", now_ns):
            yield Draft("basic-status", now_ns, status.basic(me, now_ns, devices))
        faulty = frozenset(device.name for device in devices if not device.ok)
        if self._due("run-status", now_ns) or faulty != self._faulty:
            self._faulty = faulty
            yield Draft("run-status", now_ns, status.run(me, now_ns, devices))
        yield from self._traffic(scene, news)

    def _traffic(self, scene: Scene, news: News) -> Iterator[Draft]:
        (now_ns, _, conditions, shown, _), me = scene.moment, self._identity
        running = [event for event in scene.events if event.state != "end"]
        if news.events or (running and self._due("event", now_ns)):
            yield Draft("event", now_ns, events.build(me, now_ns, news.events or running))
        for period in news.traffic:
            yield Draft("traffic", now_ns, traffic.build(me, now_ns, period))
        if shown is not None and self._due("lamp", now_ns):
            fresh = not any(name.startswith("signal-") for name in conditions)
            yield Draft("lamp", now_ns, lamps.build(me, now_ns, shown, None, fresh))
        if len(scene.tracks) and self._due("participant", now_ns):
            users = participants.build(me, now_ns, scene.tracks, scene.places, running, self._modalities)
            yield Draft("participant", now_ns, users)

    def _due(self, kind: str, now_ns: int) -> bool:
        """Tell once in every period of a kind that it is due."""
        period = self._periods[kind]
        slot = now_ns // period if period else 0
        if not period or self._slots.get(kind) == slot:
            return False
        self._slots[kind] = slot
        return True

    def _device(self, health: DeviceHealth, now_ns: int) -> status.Device:
        fault = None if health.state == "ok" else health.error or health.state
        if fault is None:
            self._since_ns.pop(health.name, None)
        else:
            self._since_ns.setdefault(health.name, now_ns)
        since_ns = self._since_ns.get(health.name)
        return status.Device(
            name=health.name, modality=health.modality, ok=fault is None, fault=fault, fault_ns=since_ns
        )


def _period(rate_hz: float) -> int:
    return round(_SECOND_NS / rate_hz) if rate_hz else 0
