"""The station's own messages of the last minutes, as a receiver reads them: does MAP agree with SPAT? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import v2x
from rsu.bus.tape import Frame, Outcome
from rsu.lab.doctor.lights import LightError, LightWatch
from rsu.lab.doctor.stop_lines import Passages, StopLines
from rsu.site.config import Config
from v2x import MapData, dsmp
from v2x.records.roadmap import Node
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming

NodeNumber = tuple[int | None, int]  # region, id


class AirFigures(NamedTuple):
    """The messages in figures."""

    counts: Mapping[str, int]  # kind -> frames
    unreadable: Mapping[str, int]  # kind -> frames that do not decode
    nodes: frozenset[NodeNumber]  # of MAP
    intersections: frozenset[NodeNumber]  # of SPAT
    map_phases: frozenset[int]  # of the site's own node: SPAT tells of no other
    spat_phases: frozenset[int]
    latencies_ms: Sequence[float]  # of RSM, from the newest octet in it to its hand-over
    count_gaps: Mapping[str, int]  # kind -> jumps of msgCnt
    light_errors: Mapping[int, LightError]  # phase ->
    passages: Mapping[int, Passages]  # phase -> of vehicles over the stop lines that it alone rules


def on_air(config: Config, outcomes: Iterable[Outcome]) -> AirFigures:
    """Return the figures of the frames in outcomes of the station, in the order of time."""
    ear = _Ear(config)
    for outcome in outcomes:
        for frame in outcome.frames:
            ear.hear(frame, outcome.now_ns)
    return ear.told()


class _Ear:
    """Takes frames as they come."""

    def __init__(self, config: Config) -> None:
        self._profile = config.site.messages.profile
        self._node = config.site.site.region, config.site.site.node
        self._stop_lines = StopLines(config)
        self._lights = LightWatch()
        self._counts: dict[str, int] = {}
        self._unreadable: dict[str, int] = {}
        self._gaps: dict[str, int] = {}
        self._last_count: dict[str, int] = {}
        self._latencies: list[float] = []
        self._maps: list[MapData] = []
        self._spats: set[NodeNumber] = set()
        self._phases: set[int] = set()

    def hear(self, frame: Frame, now_ns: int) -> None:
        """Take one frame that left at `now_ns` (steady)."""
        self._counts[frame.kind] = self._counts.get(frame.kind, 0) + 1
        try:
            message = v2x.decode(dsmp.parse(frame.frame).payload, self._profile)
        except v2x.CodecError:
            self._unreadable[frame.kind] = self._unreadable.get(frame.kind, 0) + 1
            return
        self._count(frame.kind, getattr(message, "msg_cnt", None))
        match message:
            case MapData():
                self._maps = [message]
            case SignalPhaseAndTiming():
                self._spat(message, now_ns)
            case RoadsideSafetyMessage():
                self._rsm(message, frame, now_ns)

    def _count(self, kind: str, count: int | None) -> None:
        if count is None:
            return
        before = self._last_count.get(kind, count - 1)
        self._last_count[kind] = count
        if (count - before) % 128 > 1:
            self._gaps[kind] = self._gaps.get(kind, 0) + 1

    def _spat(self, message: SignalPhaseAndTiming, now_ns: int) -> None:
        for each in message.intersections:
            self._spats.add((each.intersection_id.region, each.intersection_id.id))
            self._phases |= {phase.phase_id for phase in each.phases}
            self._lights.see(each.phases, now_ns)

    def _rsm(self, message: RoadsideSafetyMessage, frame: Frame, now_ns: int) -> None:
        if frame.newest_receipt_ns is not None:
            self._latencies.append((now_ns - frame.newest_receipt_ns) / 1e6)
        self._stop_lines.see(message.participants, now_ns, self._lights)

    def told(self) -> AirFigures:
        """Return the figures."""
        nodes = [node for message in self._maps for node in message.nodes]
        return AirFigures(
            counts=self._counts,
            unreadable=self._unreadable,
            nodes=frozenset((node.id.region, node.id.id) for node in nodes),
            intersections=frozenset(self._spats),
            map_phases=frozenset(
                phase for node in nodes if (node.id.region, node.id.id) == self._node for phase in _phases(node)
            ),
            spat_phases=frozenset(self._phases),
            latencies_ms=tuple(sorted(self._latencies)),
            count_gaps=self._gaps,
            light_errors=self._lights.errors,
            passages=self._stop_lines.passages,
        )


def _phases(node: Node) -> Iterator[int]:
    """Yield the phases that a node of MAP names."""
    for link in node.links:
        yield from (way.phase_id for way in link.movements if way.phase_id is not None)
        for lane in link.lanes:
            yield from (way.phase_id for way in lane.connects_to if way.phase_id is not None)
