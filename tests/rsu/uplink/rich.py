"""One record of each kind with everything in it, and a dialect's messages of a record."""

from __future__ import annotations

from typing import Any

from perception.objects import RoadUser
from perception.results import LaneFlow, LanePlace, TrafficPeriod
from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import (
    DeviceStates,
    GivenUp,
    Participants,
    RoadEvents,
    RoadTraffic,
    SignalLamps,
    Told,
    ToldDevice,
    ToldLamp,
)  # fmt: skip
from rsu.site.box import Box
from rsu.site.identity import LampPhase
from rsu.uplink.dialect import Dialect, Login, Publication
from rsu.uplink.record import SpooledRecord
from tests.rsu.uplink import said

LOGIN = Login("R1", None, None)
PATH = ((10.0, -20.0), (10.0, -60.0))
KINDS = [kind for kind in RANK if kind != SKIPPED]


def box(standard: dict[str, Any] | None = None, **more: Any) -> Box:
    """Return a box that knows the phases of its lamps, and the names that platforms ask for."""
    phases = {11: [LampPhase(1, False)], 12: [LampPhase(2, True), LampPhase(3, False)]}
    return said.box(standard, cross_name="Shennan Road", node=(1, 10), phases=phases, links={"north_in": 7}, **more)


def told(kind: str) -> Told:
    """Return a record of a kind."""
    place = LanePlace("north_in", 2, 12.0)
    kinds: dict[str, Told] = {
        "participant": Participants(
            [said.user(n + 1, kind=kind, place=place, height_m=1.5) for n, kind in enumerate(RoadUser)]
            + [said.user(50, heading_deg=None, length_m=None, width_m=None, sources=["cam", "rad"])]
        ),
        "event": RoadEvents(
            [said.event(5, place=place, track_ids=[1, 2]), said.event(6, code=707, path_m=PATH, path_radius_m=5.0)],
            [said.user(1), said.user(2)],
        ),
        "traffic": RoadTraffic(TrafficPeriod(start_ns=said.NOW_NS - 60 * 10**9, end_ns=said.NOW_NS, lanes=[flow()])),
        "lamp": SignalLamps(
            [
                ToldLamp(11, 0, 4, [("green", 12.04), ("yellow", 3.0), ("red", None)]),
                ToldLamp(12, 90, 4, [("red", 15.0), ("flashing-green", 2.0)]),
                ToldLamp(13, 180, 4, [("red", None)]),
            ],
            shown=True,
            ok=True,
        ),
        "basic-status": _devices(),
        "run-status": _devices(),
    }
    return kinds[kind]


def flow(**more: object) -> LaneFlow:
    """Return a lane's statistics of a minute."""
    about: dict[str, object] = {
        "link": "north_in", "lane": 2, "start_ns": said.NOW_NS - 60 * 10**9, "end_ns": said.NOW_NS, "volume": 12,
        "volume_by_kind": {RoadUser.CAR: 10, RoadUser.TRUCK: 2}, "mean_speed_mps": 10.0, "mean_length_m": 5.234,
        "queue_length_m": 31.26, "queue_count": 4, "occupancy": 0.123, "density_per_m": 0.0214, "headway_s": 5.0,
        "green_s": 30.0, "congestion": 1,
    }  # fmt: skip
    return LaneFlow(**about | more)  # type: ignore[arg-type]


def _devices() -> DeviceStates:
    names = said.box().modalities
    return DeviceStates(
        [ToldDevice(name=name, modality=kind, ok=name != "rad", fault="lost" if name == "rad" else None)
         for name, kind in names.items()]
    )  # fmt: skip


def sent(
    dialect: Dialect, kind: str, data: Told | None = None, room: int | None = None, seq: int = 7
) -> list[Publication]:
    """Return the messages of a record, by way of the spool."""
    data = data or (GivenUp(1, {}) if kind == SKIPPED else told(kind))
    report = Report(kind, said.NOW_NS, "b1", seq, data)
    record = SpooledRecord("b1", seq, seq, kind, RANK[kind], said.NOW_NS, dialect.payload(report))
    return dialect.publications(record, room)
