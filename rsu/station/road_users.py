"""What is told of road users in one cycle, RSM and proxies' BSM, as far as their share of the channel goes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rsu.messages import bsm
from rsu.messages.channel import Channel, Room
from rsu.messages.common import MessageCounter
from rsu.messages.inclusion import Inclusion
from rsu.messages.rsm import PER_FRAME, Cycle, RsmBuilder
from rsu.site.config import Config, modalities
from rsu.station.scene import Scene
from v2x.records.bsm import BasicSafetyMessage

_NUMBERS = 65536  # of tracks


class RoadUsers:
    """Builds the messages. Who asks for the next one has noted in the room that the one before has left."""

    def __init__(self, config: Config, rsu_id: bytes) -> None:
        site = config.site
        self.channel = Channel(site.messages.channel)
        self._rsu_id = rsu_id
        self._reference = site.site.reference.reference()
        self._builder = RsmBuilder(rsu_id, self._reference, modalities(site))
        self._inclusion = Inclusion(site.messages.inclusion)
        self._proxied = 0  # the track of the newest proxy

    def rsms(self, scene: Scene, room: Room, count: MessageCounter) -> Iterator[Cycle]:
        """Yield the RSMs there is room for, the most at risk first; who finds none is due again in the next cycle."""
        moment, told = scene.moment, scene.labelled().tracks
        in_events = {number for event in scene.events if event.state != "end" for number in event.track_ids}
        chosen = self._inclusion.choose(moment.now_ns, scene.tracks, scene.places, in_events)
        first = chosen[: room.frames * PER_FRAME]
        said = 0
        for cycle in self._builder.build(told.take(first), moment.utc_ns, iter(count, None)):
            said += PER_FRAME
            yield cycle
            if not room.left:
                break
        self._inclusion.told(moment.now_ns, scene.tracks.take(first[:said]))
        if said < len(chosen):
            self.channel.wait(moment.now_ns)

    def proxies(self, scene: Scene, room: Room, count: int) -> Iterator[BasicSafetyMessage]:
        """Yield the BSMs there is room for, in turn: first of those who found none before."""
        tracks = scene.labelled().tracks
        rows = bsm.without_radio(tracks)
        rows = rows[np.argsort((tracks.id[rows] - self._proxied - 1) % _NUMBERS)]
        chosen = tracks.take(rows[: max(0, room.frames)])
        messages = bsm.proxies(chosen, self._reference, self._rsu_id, count)
        said = 0
        for number, message in zip(chosen.id.tolist(), messages, strict=True):
            if not room.left:
                break
            said, self._proxied = said + 1, number
            yield message
        if said < len(rows):
            self.channel.wait(scene.moment.now_ns)
