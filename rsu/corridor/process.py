"""The corridor process: own tracks from the station, the neighbours' from their boxes; identities out.

Its loop wakes for each message, so that a neighbour's tracks are stamped as they arrive. Tracks never wait: where a
neighbour is silent, the box goes on with its own.
"""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path

import structlog
import zmq

from perception.corridor.corridor import Corridor
from perception.corridor.identity import PREFIXES
from perception.corridor.road import RoadAxis
from rsu.bus.corridor import CorridorState, OwnTracks
from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher, Subscriber
from rsu.corridor import keys, views, wire
from rsu.corridor.keys import KeyFileError
from rsu.corridor.links import NeighbourLinks
from rsu.corridor.neighbours import Neighbours
from rsu.site.config import Config

_WAIT_MS = 100
_PROGRESS_S, _STATE_S, _RETRY_S = 0.5, 1.0, 5.0
_log = structlog.get_logger()


class CorridorLoop:
    """All that the process holds."""

    def __init__(self, config: Config, run: Path) -> None:
        assert config.site.corridor is not None, "it is only started where the site has a corridor"
        self._settings = config.site.corridor
        self._name = config.site.identity.rscu_sn
        self._reference = config.site.site.reference.reference()
        axis, limits = RoadAxis(self._settings.axis_m), self._settings.identities
        self._stage = Corridor(self._name, 1 + secrets.randbelow(PREFIXES - 1), axis, limits)
        self._neighbours = Neighbours(self._settings.neighbours)
        self._own = Subscriber(run, ["tracks"])
        self._bus = Publisher(run, "corridor")
        self._links: NeighbourLinks | None = None
        self._error: str | None = None
        self._tried_s = self._progress_s = self._state_s = -_RETRY_S
        self._poller = zmq.Poller()
        self._own.join(self._poller)
        self._steps = 0

    def cycle(self) -> None:
        """Wait for messages and use them."""
        self._connect()
        self._poller.poll(_WAIT_MS)
        if self._links is not None:
            for name, octets in self._links.messages():
                tracks = self._neighbours.take(name, octets, time.time_ns(), self._reference)
                if tracks is not None:
                    self._stage.hear(tracks)
        for _, record in self._own.records():
            assert isinstance(record, OwnTracks)
            self._step(record)
        self._tell_progress()

    def _connect(self) -> None:
        """Open the sockets, again and again where that fails."""
        now_s = time.monotonic()
        if self._links is not None or now_s - self._tried_s < _RETRY_S:
            return
        self._tried_s = now_s
        try:
            self._links = NeighbourLinks(self._settings, keys.read(self._settings.key_file))
        except (KeyFileError, zmq.ZMQError) as error:
            if str(error) != self._error:
                _log.error("tracks are not exchanged with neighbours", error=str(error))
            self._error = str(error)
            return
        self._error = None
        self._links.join(self._poller)

    def _step(self, own: OwnTracks) -> None:
        shared = self._stage.step(own.tracks, own.stamp_ns)
        self._steps += 1
        if self._links is not None:
            self._links.send(wire.encode(shared, self._reference, time.time_ns()))
        now_s = time.monotonic()
        if now_s - self._state_s >= _STATE_S:
            self._state_s = now_s
            self._bus.publish("corridor", self._state(own))

    def _state(self, own: OwnTracks) -> CorridorState:
        picture = self._stage.picture(own.tracks, own.stamp_ns)
        return CorridorState(
            stamp_ns=own.stamp_ns,
            box=self._name,
            neighbours=self._neighbours.views(self._stage.offsets(), time.time_ns()),
            road_users=views.road_users(picture),
            identity_m=self._settings.identities.identity_m,
            identity_s=self._settings.identities.identity_s,
            error=self._error,
        )

    def _tell_progress(self) -> None:
        now_s = time.monotonic()
        if now_s - self._progress_s >= _PROGRESS_S:
            self._progress_s = now_s
            self._bus.publish("progress.corridor", Progress("corridor", time.time_ns(), self._steps))

    def close(self) -> None:
        """Close all sockets."""
        if self._links is not None:
            self._links.close()
        self._own.close()
        self._bus.close()


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Exchange tracks with the neighbours of a site until `stop`."""
    loop = CorridorLoop(config, run)
    try:
        while not stop.is_set():
            loop.cycle()
    finally:
        loop.close()
