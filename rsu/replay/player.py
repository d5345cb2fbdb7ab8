"""Replay: the bytes of a recording through the real drivers into the real station, under the recorded clock.

Nothing here knows the time: each tick carries its time. So the outcome is the same at any speed and on any machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from hw.device import Device
from hw.endpoint import Port
from hw.link import Chunk, PortLink
from hw.registry import driver_class
from hw.tape import AS_BEGUN, LinkState, Read, Round, SystemClock
from perception.objects import Measurement
from perception.tracking.sightings import Sighting
from rsu.bus.tape import Outcome, Tape
from rsu.recording.worded import teller, worded
from rsu.site.config import Config
from rsu.station.heart import Heart
from rsu.station.outcome import outcome

OnWrite = Callable[[str, str, bytes], None]  # device, port, bytes for it


class RecordedLink(PortLink):
    """A link in the state that a recording says; octets written to it go to `on_write`."""

    def __init__(self, place: Port, on_write: Callable[[bytes], None]) -> None:
        super().__init__(place.endpoint, Path(), lambda: self.last_receipt_ns, silence_ms=place.silence_ms)
        self._on_write = on_write
        self._openings = self._ticked_openings = 0
        self._alive = False

    def apply(self, state: LinkState) -> None:
        """Be as recorded from now on."""
        self._openings = state.openings
        self.up, self._alive, self.error = state.up, state.alive, state.error
        self.counters.clear()
        self.counters.update(state.counters)

    @property
    def alive(self) -> bool:
        """Whether it was."""
        return self._alive

    def tick(self, now_ns: int) -> bool:
        """Return whether it was opened since the last tick."""
        opened = self._openings > self._ticked_openings
        self._ticked_openings = self._openings
        return opened

    def read(self) -> list[Chunk]:
        """Return nothing: a recording's bytes come with its rounds."""
        return []

    def write(self, data: bytes) -> None:
        """Pass on the octets that the driver writes."""
        self._on_write(data)


class _Recorded(NamedTuple):
    """One round as it was: the feed of the heart."""

    now_ns: int
    correction_ns: int
    reads: Iterator[Read]


class Player:
    """The heart of a site, fed from a tape."""

    def __init__(self, config: Config, seed: bytes, on_write: OnWrite | None = None) -> None:
        self._links: dict[tuple[str, str], RecordedLink] = {}
        self._on_write = on_write
        self._heart = Heart(config, seed, {name: self._device(config, name) for name in config.site.devices})
        self._teller = teller(config)
        self.devices, self.station = self._heart.devices, self._heart.station
        self.seen: list[Sighting] = []  # detections that fusion used in the last tick

    def _device(self, config: Config, name: str) -> Device:
        settings, kind = config.drivers[name], config.site.devices[name].kind
        make = driver_class(kind)
        links: dict[str, PortLink] = {}
        for port, place in settings.ports().items():
            links[port] = self._links[name, port] = RecordedLink(place, self._writer(name, port))
        return Device(name, kind, lambda: make(name, settings), links)

    def _writer(self, device: str, port: str) -> Callable[[bytes], None]:
        def write(data: bytes) -> None:
            if self._on_write is not None:
                self._on_write(device, port, data)

        return write

    def serve(self, one: Round) -> None:
        """Repeat the station process's work in one round."""
        self._heart.serve(self._feed(one))

    def measurements(self, one: Round) -> Iterator[Measurement]:
        """Yield the drivers' measurements of a round, without the station."""
        return self._heart.measurements(self._feed(one))

    def _feed(self, one: Round) -> _Recorded:
        self._apply(one.links)
        return _Recorded(one.now_ns, one.correction_ns, self._known(one.reads))

    def _known(self, reads: Iterable[Read]) -> Iterator[Read]:
        """Yield the bytes of devices that this site has."""
        for read in reads:
            if link := self._links.get((read.device, read.port)):
                link.last_receipt_ns = read.receipt_ns
                yield read

    def advance(self, now_ns: int, links: Iterable[LinkState], clock: SystemClock = AS_BEGUN) -> Outcome:
        """Tick the station. `links`: those that changed after the last round."""
        return worded(self._advance(now_ns, links, clock), self._teller)

    def play(self, tape: Tape) -> Outcome:
        """Repeat one tick of a recording."""
        return worded(self.told(tape), self._teller)

    def told(self, tape: Tape) -> Outcome:
        """Repeat one tick of a recording, its records in no platform's words."""
        if tape.latch is not None:
            self.station.latch.set(tape.latch)
        if tape.orders is not None:
            self.station.orders.take(tape.orders)
        for one in tape.rounds:
            self.serve(one)
        return self._advance(tape.outcome.now_ns, tape.links, tape.clock)

    def _advance(self, now_ns: int, links: Iterable[LinkState], clock: SystemClock) -> Outcome:
        self._apply(links)
        output = self._heart.tick(now_ns, clock)
        self.seen = output.seen
        return outcome(output, now_ns)

    def _apply(self, links: Iterable[LinkState]) -> None:
        for state in links:
            if link := self._links.get((state.device, state.port)):
                link.apply(state)


def replay(config: Config, tapes: Iterable[Tape]) -> Iterator[tuple[Tape, Outcome]]:
    """Yield every tick as recorded and its output now. A new start of the station is one here too."""
    player, seed = None, b""
    for tape in tapes:
        if player is None or tape.seed != seed:
            player, seed = Player(config, tape.seed), tape.seed
        yield tape, player.play(tape)


class Digest:
    """SHA-256 over all outputs of a run, in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._encoder = msgspec.msgpack.Encoder()

    def add(self, one: Outcome) -> None:
        """Add a tick."""
        self._hash.update(self._encoder.encode(one))

    def hex(self) -> str:
        """Return the digest so far."""
        return self._hash.hexdigest()
