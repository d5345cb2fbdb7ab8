"""The station process: devices, station and radio in one loop on one thread, which must never stop."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import msgspec
import structlog

from hw.device import Device, build
from hw.rounds import Ports
from hw.tape import Round, SystemClock
from hw.timescale import Timescale
from perception.objects import Reception
from rsu.bus import changes
from rsu.bus.changes import StateChanges
from rsu.bus.handover import ReportOutbox
from rsu.bus.latch import Setting
from rsu.bus.orders import AirOrders, air_state
from rsu.bus.records import Committed, Processes, Progress, ReceivedDsm, SensorSights, Sent
from rsu.bus.reel import Reel
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Publisher, Subscriber
from rsu.bus.tape import WHOLE, Tape
from rsu.core.collector import settle
from rsu.messages.scene import TICK_NS
from rsu.site.config import Config
from rsu.station import succession, views
from rsu.station.broadcast import Outgoing
from rsu.station.heart import Heart
from rsu.station.latch_file import LatchAnswer, LatchDesk, LatchFile
from rsu.station.outcome import outcome
from rsu.station.station import Output
from rsu.station.succession import Succession, Successor

_LOOK_S = 0.02  # drivers are served at least so often
_PROGRESS_TICKS = 5
_AIR_TICKS = 10
_MOST_SHOWN = 100  # received frames of a tick that others on the bus see
_log = structlog.get_logger()


class StationLoop:
    """Everything that one tick of the station process touches."""

    def __init__(self, config: Config, run: Path, data: Path) -> None:
        self._bus = Publisher(run, "station")
        self._inlet = Subscriber(run, ["committed", "recorded", "processes", "orders"])
        self._clock = Timescale()
        self._run = run
        self._config, self._site = config, str(config.path)
        self._seed = self._tape_seed = secrets.token_bytes(16)
        self._heart = Heart(
            config, self._seed, {name: self._build(config, name) for name in config.site.devices}, self._sent
        )
        self._station = self._heart.station
        self._succession = Succession(self._site, self._successor)
        self._outbox = ReportOutbox(self._seed.hex()[:16])
        self._latch_file = LatchFile(data, config)
        self._desk = LatchDesk(run)
        self._held = self._latch_file.load()
        self._set: Setting | None = Setting(self._held)  # from outside, since the tick before
        self._station.latch.set(self._set)
        self._ordered: AirOrders | None = None  # from outside, since the tick before
        self._rounds: list[Round] = []  # since the last tick
        self._shown = 0  # received frames that were passed on since then
        self._reel = Reel(self._seed)
        self._changes, self._alarms = StateChanges(), StateChanges()
        self._ticks = 0
        self._next_ns = 0

    def _build(self, config: Config, name: str) -> Device:
        return build(name, config.site.devices[name].kind, config.drivers[name], self._run, self._clock)

    def _successor(self, config: Config) -> Heart:
        """Return the heart of another site that is to take the place of the one at work."""
        devices = succession.devices(self._heart.devices, self._config, config, self._build)
        return Heart(config, self._seed, devices, self._sent, self._heart)

    def _succeed(self, to: Successor) -> None:
        """Go over to another site; its ticks are a recording of their own, which does not begin with a start."""
        to.heart.take_over(self._heart)
        self._config, self._site, self._heart, self._station = to.config, to.path, to.heart, to.heart.station
        succession.renew(self._heart.devices, to.config)
        self._latch_file.configure(to.config)
        self._tape_seed = secrets.token_bytes(16)
        self._reel = Reel(self._tape_seed)
        self._set = Setting(self._station.latch.held)
        self._ordered = self._station.orders.held
        for each in self._heart.devices.values():
            each.tell_all()
        _log.info("station goes on with a new site", site=to.config.site.site.name)

    def step(self) -> None:
        """Read the ports; at each tick, send the messages that are due."""
        now_ns, correction_ns = self._clock(), self._clock.look().correction_ns
        wait_s = min(_LOOK_S, max(0.0, (self._next_ns - now_ns) / 1e9))
        ports = Ports(self._heart.devices.values(), wait_s, self._clock, correction_ns)
        for measurement in self._heart.serve(ports, self._rounds):
            if isinstance(measurement, Reception) and self._shown < _MOST_SHOWN:
                self._shown += 1
                utc_ns = measurement.stamp_ns + correction_ns
                self._bus.publish("received", ReceivedDsm(utc_ns, measurement.source, measurement.payload))
        now_ns = self._clock()
        if now_ns >= self._next_ns:
            self._tick(now_ns, self._clock.look())
            if (successor := self._succession.ready()) is not None:
                self._succeed(successor)
            self._next_ns = now_ns - now_ns % TICK_NS + TICK_NS

    def _tick(self, now_ns: int, said: SystemClock) -> None:
        devices = self._heart.devices.values()
        links = [change for each in devices for change in each.changes()]
        ordered, self._ordered = self._ordered, None
        output, revision = self._heart.tick(now_ns, said), self._station.orders.held.revision
        latch = self._latch()
        self._listen()
        for record in output.misbehaviour:
            self._bus.publish("misbehaviour", record)
        self._report(output, now_ns)
        sights = [views.sight(each, said.correction_ns) for each in output.seen]
        self._bus.publish("seen", SensorSights(now_ns + said.correction_ns, sights))
        snapshot = self._followed(self._station.snapshot(now_ns))
        self._bus.publish("snapshot", snapshot)
        if ordered is not None or self._ticks % _AIR_TICKS == 0:
            self._bus.publish("air", air_state(snapshot, revision))
        if self._config.site.corridor is not None:
            self._bus.publish("tracks", views.own_tracks(output.tracks, now_ns, said.correction_ns))
        done = outcome(output, now_ns)
        self._reel.add(Tape(self._tape_seed, self._ticks, self._rounds, links, done, said, latch, ordered, self._site))
        for tape in self._reel.due(now_ns):
            self._bus.publish("tape", tape)
        self._rounds, self._shown = [], 0
        self._ticks += 1
        if self._ticks % WHOLE == 0:
            for each in devices:
                each.tell_all()
        if self._ticks % _PROGRESS_TICKS == 0:
            self._bus.publish(
                "progress.station", Progress("station", now_ns + said.correction_ns, self._ticks, self._site)
            )

    def _followed(self, snapshot: Snapshot) -> Snapshot:
        """Log every change of a device or message; return the snapshot with the time of each."""
        states = changes.devices(snapshot.devices) | changes.messages(snapshot.messages)
        for what, state, before in self._changes.note(states, snapshot.stamp_ns):
            _log.info(what, state=state, before=before)
        for what, state, before in self._alarms.note(changes.alarms(snapshot.devices), snapshot.stamp_ns):
            if (before or changes.NO_ALARM) != state:
                _log.warning(what, state=state, before=before)
        return msgspec.structs.replace(snapshot, since=self._changes.since)

    def _sent(self, frame: Outgoing) -> None:
        correction_ns, newest_ns = self._clock.said.correction_ns, frame.newest_receipt_ns
        newest_utc_ns = None if newest_ns is None else newest_ns + correction_ns
        self._bus.publish(
            "sent", Sent(frame.kind, self._clock() + correction_ns, newest_utc_ns, frame.frame, frame.order)
        )

    def _listen(self) -> None:
        for topic, word in self._inlet.records():
            if isinstance(word, Processes):
                self._succession.ask(word.site_copy or self._site)
            elif isinstance(word, AirOrders):
                if word != self._station.orders.held:
                    self._ordered = word
                    self._station.orders.take(word)
            elif isinstance(word, Committed):
                (self._outbox if topic == "committed" else self._reel).committed(word)

    def _latch(self) -> Setting | None:
        """Keep the state of the latch, and take orders for the next tick; return the latch's earlier setting."""
        before, self._set = self._set, None
        if (held := self._station.latch.held) != self._held:
            self._held = held
            self._latch_file.keep(held)
            if held is not None:
                _log.error("conflicting greens: SPAT is silent until rsu signal release", phases=held.phases)
        if self._desk.order() is not None:
            self._desk.answer(LatchAnswer("released" if held is not None else "nothing was latched", held))
            self._held, self._set = None, Setting(None)
            self._station.latch.set(self._set)
            self._latch_file.keep(None)
            _log.warning("signal latch released by order", phases=None if held is None else held.phases)
        return before

    def _report(self, output: Output, now_ns: int) -> None:
        for draft in output.drafts:
            self._outbox.add(draft.kind, draft.stamp_ns, draft.data, draft.live)
        for report in self._outbox.due(now_ns):
            self._bus.publish("report", report)

    def close(self) -> None:
        """Give ports and sockets back."""
        for each in self._heart.devices.values():
            each.close()
        self._desk.close()
        self._inlet.close()
        self._bus.close()


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Run the station of a site until `stop`."""
    loop = StationLoop(config, run, data)
    settle()
    _log.info("station runs", site=config.site.site.name, devices=len(config.site.devices))
    try:
        while not stop.is_set():
            loop.step()
    finally:
        loop.close()
