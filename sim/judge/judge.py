"""Every frame on air, judged: decodable, of now, of this crossing, and so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from perception.geo import Reference, to_site
from sim import agent, signals
from sim.frames import WorldFrame
from sim.judge import times
from sim.judge.events import Events
from sim.judge.lights import EDGE_S, Lights
from sim.judge.users import Users
from sim.truth import History
from v2x import KINDS, CodecError, Message, decode, dsmp, kind_of
from v2x.records.bsm import BasicSafetyMessage
from v2x.records.roadmap import MapData
from v2x.records.rsi import RoadSideInformation
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming

LONGEST_OCTETS = 1400  # of a frame on air
MAP_OFF_M = 10.0  # G4
_EDGE_NS = round(EDGE_S * 1e9)
_AROUND = tuple(step * _EDGE_NS // 3 for step in range(-3, 4))


class Judge:
    """`node`: region and id of the crossing, as surveyed."""

    def __init__(self, reference: Reference, node: tuple[int, int]) -> None:
        self.world = History()
        self.frames: Counter[str] = Counter()  # by kind
        self.wrong: Counter[str] = Counter()
        self._reference, self._node = reference, node
        self.lights = Lights(signals.load())
        self._users = Users(reference)
        self.events = Events(reference)

    def look(self, frame: WorldFrame) -> None:
        """Take the next frame of the world."""
        self.world.add(frame)
        self.events.world(frame)

    def frame(self, arrival_ns: int, datagram: bytes) -> tuple[str, list[str]]:
        """Take a datagram that the radio was given; return the kind of its message and its faults."""
        kind, wrong = "other", []
        try:
            frame = agent.request(datagram).frame
            dsm = dsmp.parse(frame)
            kind = KINDS[dsm.aid].split("-")[0] if dsm.aid in KINDS else kind
            message = decode(dsm.payload)
            wrong = list(self._wrong(arrival_ns, kind, frame, message))
        except (agent.AgentOctetsError, CodecError) as error:
            wrong = [f"cannot be read: {error}"]
        self.frames[kind] += 1
        self.wrong[kind] += bool(wrong)
        return kind, wrong

    def _wrong(self, arrival_ns: int, kind: str, frame: bytes, message: Message) -> Iterator[str]:
        if len(frame) > LONGEST_OCTETS:
            yield f"{len(frame)} octets"
        if kind_of(message).split("-")[0] != kind:
            yield f"a {kind_of(message)} under the application id of {kind}"
        for what in self._dated(arrival_ns, message):
            if what is not None:
                yield what
        if isinstance(message, SignalPhaseAndTiming):
            yield from self._spat(arrival_ns, message)
        elif isinstance(message, RoadsideSafetyMessage) and (world := self.world.at(arrival_ns)) is not None:
            yield from self._users.judge(message.participants, arrival_ns, world)
        elif isinstance(message, RoadSideInformation):
            yield from self.events.judge(message, arrival_ns)
        elif isinstance(message, MapData):
            yield from self._map(message)

    def _dated(self, arrival_ns: int, message: Message) -> Iterator[str | None]:
        if isinstance(message, SignalPhaseAndTiming):
            yield times.of_year(message.moy, message.time_stamp_ms, arrival_ns)
        elif isinstance(message, RoadSideInformation):
            yield times.minute_of_year(message.moy, arrival_ns)
        elif isinstance(message, RoadsideSafetyMessage):
            yield from (times.of_minute(one.sec_mark_ms, arrival_ns) for one in message.participants)
        elif isinstance(message, BasicSafetyMessage):
            yield times.of_minute(message.sec_mark_ms, arrival_ns)

    def _spat(self, arrival_ns: int, message: SignalPhaseAndTiming) -> Iterator[str]:
        worlds = [world for step in _AROUND if (world := self.world.at(arrival_ns + step)) is not None]
        now = self.world.at(arrival_ns)
        for state in message.intersections:
            if (state.intersection_id.region, state.intersection_id.id) != self._node:
                yield f"lights of another crossing: {state.intersection_id}"
            yield from self.lights.judge(state, arrival_ns, now, worlds)

    def _map(self, message: MapData) -> Iterator[str]:
        own = [node for node in message.nodes if (node.id.region, node.id.id) == self._node]
        if not own:
            yield "without this crossing"
        for node in own:
            if node.position is None:
                yield "crossing without a place"
                continue
            east, north = to_site(node.position.latitude_deg, node.position.longitude_deg, self._reference)
            if max(abs(float(east)), abs(float(north))) > MAP_OFF_M:
                yield f"crossing {float(east):+.0f} m east, {float(north):+.0f} m north of where it stands"
