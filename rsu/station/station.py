"""The station: measurements in; frames for the radio and records for the cloud out.

The heart of the daemon and sans-I/O: it reads no clock, no file and no socket. Time comes in with the data, so the same
input gives the same output bytes, at any speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from hw.device import DeviceHealth
from hw.tape import AS_BEGUN, SystemClock
from perception.events.detector import EventDetector
from perception.objects import (
    ChannelState,
    Detections,
    Fix,
    Measurement,
    PointCloud,
    Reception,
    SignalPlan,
    SignalState,
    Weather,
)
from perception.results import LanePlace, RoadEvent, Tracks
from perception.tracking.fusion import Fusion
from perception.tracking.sightings import Sighting
from perception.traffic.observer import Observer
from perception.traffic.situation import Situation
from perception.traffic.statistics import TrafficStatistics
from perception.traffic.weather import WeatherBoard
from rsu.bus.records import Misbehaviour
from rsu.bus.snapshot import MessageState, Snapshot
from rsu.messages.scene import Moment, News, Scene
from rsu.reasons.place import NO_UTC
from rsu.reasons.signal import NO_LIGHTS
from rsu.site.config import Config, identity
from rsu.station import parts, views
from rsu.station.broadcast import Broadcaster, Outgoing
from rsu.station.checks.clock import UtcClock
from rsu.station.checks.devices import Conditions
from rsu.station.checks.position import PositionCheck
from rsu.station.parts import Parts
from rsu.station.reporting import Draft, Reporter
from rsu.station.signals import PhaseNow
from rsu.station.vehicles.receiver import Receiver

_END_SHOWN_NS = 2_000_000_000  # how long the end of an event stays on air

Send = Callable[[Outgoing], object]


class Output(NamedTuple):
    """The output of one tick."""

    frames: list[Outgoing]
    drafts: list[Draft]
    messages: list[MessageState]  # the gate's decision on each type
    misbehaviour: list[Misbehaviour]  # of senders on air
    seen: list[Sighting]  # detections that fusion used
    tracks: Tracks


class Station:
    """One site. `seed`: entropy of this start, for ids and message counts."""

    def __init__(self, config: Config, seed: bytes, before: Station | None = None) -> None:
        """`before`: the station whose place it takes (`take_over`); parts that are made of the same are shared."""
        site = config.site
        self._reference = reference = site.site.reference.reference()
        self._boot = seed.hex()[:16]
        self._parts: Parts = Parts(before._parts if before is not None and before._reference == reference else None)
        part = self._parts.part
        self._fusion = part(Fusion, site.sensors, site.tracking, reference)
        lanes = part(parts.lanes, config.lane_map)
        self._beside = part(parts.approaches, site.sensors, config.lane_map)
        ground = part(parts.ground, lanes, config.lane_map, [zone.polygon_m for zone in site.events.zones])
        self._observer = part(Observer, lanes, ground, site.statistics)
        self._detector = part(EventDetector, site.events, lanes, ground)
        self._weather = part(WeatherBoard)
        self._statistics = part(TrafficStatistics, site.statistics, lanes)
        self.latch = part(parts.latch, site.signal, config.lane_map)
        self._signals = part(parts.signals, site.signal, config.lane_map, site.site, self.latch)
        self._phases: list[PhaseNow] = []
        self._clock = part(UtcClock, site.clock)
        self._position = part(PositionCheck, site.position, reference)
        self._receiver = part(Receiver, site.vehicles, site.messages.profile, reference)
        self._broadcaster = Broadcaster(config, seed)
        self.orders = self._broadcaster.orders
        self._reporter = part(Reporter, site.uplink, bool(identity(config).region_id))
        self._radios = site.radios
        self._devices = Conditions({sensor.device for sensor in site.sensors})
        self._events: dict[int, RoadEvent] = {}
        self._tracks: Tracks | None = None
        self._places: list[LanePlace | None] = []
        self._health: Sequence[DeviceHealth] = ()
        self._said = AS_BEGUN

    def take_over(self, before: Station) -> None:
        """Go on, between two ticks, where the station before has come to: with its tracks, if the frame is the same."""
        self._broadcaster.take_over(before._broadcaster)
        self._health, self._said = before._health, before._said
        if before._reference != self._reference:
            return
        if self._fusion is not before._fusion:
            self._fusion.take_over(before._fusion)
        self._tracks, self._places = before._tracks, before._places
        if self._detector is before._detector:
            self._events = before._events
        if self._signals is before._signals:
            self._phases = before._phases

    def ingest(self, measurement: Measurement) -> None:
        """Use one measurement, the moment it is there."""
        if isinstance(measurement, Detections | PointCloud):
            self._fusion.ingest(measurement)
        elif isinstance(measurement, Reception):
            self._receiver.add(measurement)
        elif isinstance(measurement, ChannelState):
            if measurement.device in self._radios:
                self._broadcaster.channel.update(measurement)
        elif isinstance(measurement, Weather):
            self._weather.update(measurement)
        elif isinstance(measurement, Fix):
            self._clock.update(measurement)
            self._position.update(measurement)
        elif isinstance(measurement, SignalState | SignalPlan) and self._signals is not None:
            self._signals.take(measurement)

    def advance(
        self,
        now_ns: int,
        health: Sequence[DeviceHealth],
        send: Send | None = None,
        said: SystemClock = AS_BEGUN,
    ) -> Output:
        """Return the output due at a tick of 100 ms, at `now_ns` (steady). `health`: every device's, as it is now.

        `said`: by the system clock, which makes UTC of steady time.

        `send` gets each frame the moment it is made: SPAT before fusion looks at the road; RSM and BSM of the road
        users before events, statistics and the records for the cloud. So an event is on air from the next tick on.
        """
        self._health, self._said = health, said
        self._clock.correct(now_ns, said)
        moment = self._moment(now_ns, health)
        frames: list[Outgoing] = []

        def leave(made: Iterator[Outgoing]) -> None:
            for frame in made:
                frames.append(frame)
                if send is not None:
                    send(frame)

        leave(self._broadcaster.signals(moment))
        self._tracks = tracks = self._fusion.tracks(now_ns)
        situation = self._look(moment, tracks)
        self._places = situation.places()
        scene = Scene(moment, tracks, self._places, self.events)
        leave(self._broadcaster.others(scene))
        news = News(self._update_events(situation), self._statistics.update(situation, said.correction_ns))
        drafts = list(self._reporter.drafts(scene._replace(events=self.events), news, self.orders.held))
        self._hear(moment)
        misbehaviour, seen = self._receiver.misbehaviour(said.correction_ns), self._fusion.seen()
        self._beside.learn(seen, tracks, now_ns)
        return Output(frames, drafts, self._broadcaster.states(now_ns), misbehaviour, seen, tracks)

    def _hear(self, moment: Moment) -> None:
        """Take in messages from the air: last of all, and a bounded number, so that a flood does not delay the output.

        Vehicles' reports sharpen the tracks of the next tick.
        """
        on_time = NO_UTC.isdisjoint(moment.conditions)
        self._receiver.refute(self._fusion.refuted())
        for report in self._receiver.reports(moment.correction_ns, on_time):
            self._fusion.ingest(report)

    def _moment(self, now_ns: int, health: Sequence[DeviceHealth]) -> Moment:
        correction_ns, uncertainty_ns = self._said.correction_ns, self._clock.uncertainty_ns(now_ns)
        conditions = {*self._clock.conditions(now_ns), *self._position.conditions(now_ns)}
        conditions.update(self._devices.conditions(health))
        if self._signals is None:
            return Moment(now_ns, correction_ns, uncertainty_ns, conditions, None, None, None, health)
        told = self._signals.tick(now_ns, correction_ns, uncertainty_ns)
        self._phases = told.phases
        return Moment(
            now_ns=now_ns,
            correction_ns=correction_ns,
            uncertainty_ns=uncertainty_ns,
            conditions=conditions | told.conditions,
            spat=told.message,
            lamps=told.lamps,
            ahead=told.ahead,
            health=health,
        )

    def _look(self, moment: Moment, tracks: Tracks) -> Situation:
        """Return the situation; lights that may not be told, and emergency vehicles gone silent, are not known."""
        now_ns, known = moment.now_ns, NO_LIGHTS.isdisjoint(moment.conditions)
        colours = {phase.id: phase.colour for phase in self._phases if known and phase.colour != "unknown"}
        seen = self._observer.look(now_ns, tracks, colours, self._receiver.emergencies(now_ns))
        return msgspec.structs.replace(seen, view=self._fusion.view(), weather=self._weather.now(now_ns))

    def _update_events(self, situation: Situation) -> list[RoadEvent]:
        """Keep the running events, and ended ones for a moment; return those that started or ended now."""
        now_ns, news = situation.now_ns, self._detector.update(situation)
        self._events |= {event.id: event for event in news}
        self._events = {
            number: event
            for number, event in self._events.items()
            if event.state != "end" or now_ns - event.stamp_ns < _END_SHOWN_NS
        }
        return [event for event in news if event.state != "update"]

    @property
    def events(self) -> list[RoadEvent]:
        """Return the running events, and those that ended a moment ago."""
        return list(self._events.values())

    def _carried(self) -> set[bytes]:
        """Return the ids of the vehicles that tracks carry."""
        return {one for one in self._tracks.vehicle_id if one is not None} if self._tracks is not None else set()

    def snapshot(self, now_ns: int) -> Snapshot:
        """Return the whole visible state, as of the last tick."""
        counters = self._receiver.counters + self._broadcaster.counters
        if self._signals is not None:
            counters.update(self._signals.counters)
        uncertainty_ns, error_m = self._clock.uncertainty_ns(now_ns), self._position.error_m()
        return Snapshot(
            stamp_ns=now_ns + self._said.correction_ns,
            boot=self._boot,
            tracks=views.tracks(self._tracks, self._places, now_ns),
            signals=views.signals(self._phases),
            events=[views.event(event, self._said.correction_ns) for event in self.events],
            messages=self._broadcaster.states(now_ns),
            devices=views.devices(self._health, self._fusion.biases(), self._beside.known(), now_ns, self._said),
            utc_uncertainty_ms=None if uncertainty_ns is None else round(uncertainty_ns / 1e6, 3),
            position_error_m=None if error_m is None else round(error_m, 2),
            counters=views.counters(counters, fusion=self._fusion.counters, clock=self._clock.counters),
            clock=self._clock.view(now_ns),
            latch=views.latch(self.latch.held, self._said.correction_ns),
            weather=self._weather.now(now_ns),
            channel_busy=self._broadcaster.channel.busy(now_ns),
            claims=self._receiver.claims(now_ns, self._carried()),
            orders=self.orders.views(now_ns, self._reference),
        )
