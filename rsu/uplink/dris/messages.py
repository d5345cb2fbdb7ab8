"""Contents of the messages that an RSU sends to DRIS: rsm, rsi, spat.

Source: the service's interface reference for devices (RSU reports RSM, RSI, SPAT). Numbers are those of T/CSAE 53;
types of road users and lights are numbers in Strings.
"""

from __future__ import annotations

from perception.events.settings import KINDS, urgency
from perception.results import RoadEvent
from rsu.bus.told import Participants, RoadEvents, SignalLamps, ToldUser
from rsu.site.box import Box
from rsu.uplink import csae53
from rsu.uplink.csae53 import Json
from v2x.records.names import Light

PER_RSM, PER_RSI = 16, 8  # participants; events
_FIXED_TIME, _NO_VALID_SPAT = 6, 14  # status: counted from the left of 16 bits, from 1


def rsm(box: Box, told: Participants) -> Json:
    """Return rsm/up; without an RSM: no road user is there."""
    rows = [_user(box, user) for user in told.users]
    here = csae53.here(box)
    parts = [rows[first : first + PER_RSM] for first in range(0, len(rows), PER_RSM)]
    return {"rsms": [{"refPos": here, "participants": part} for part in parts]}


def _user(box: Box, user: ToldUser) -> Json:
    """Return a participant. Without `global_track_id`: numbers of tracks are used again."""
    about: Json = {
        "ptcType": str(csae53.PTC_TYPES.index(csae53.participant_type(user.kind))),
        "ptcId": user.id,
        "source": csae53.source(user, box),
        "secMark": csae53.second_mark(user.stamp_ns),
        "pos": csae53.position(user.east_m, user.north_m, box.identity.reference),
        "speed": csae53.speed(user.speed_mps),
        "heading": csae53.heading(user.heading_deg),
    }
    size = csae53.size(user)
    return about if size is None else about | {"size": size}


def rsi(box: Box, told: RoadEvents) -> Json | None:
    """Return rsi/up with the events that run; None: all have ended, for which the service has no word."""
    rows = [_event(box, event) for event in told.events if event.state != "end"]
    if not rows:
        return None
    about: Json = {"id": box.identity.rsu_sn, "refPos": csae53.here(box)}
    parts = [rows[first : first + PER_RSI] for first in range(0, len(rows), PER_RSI)]
    return {"rsiSourceId": box.identity.rsu_sn, "ack": False, "rsiDatas": [about | {"rtes": part} for part in parts]}


def _event(box: Box, event: RoadEvent) -> Json:
    reference = box.identity.reference
    about: Json = {
        "rteId": event.id,
        "eventType": event.code,
        "eventSource": "detection",
        "eventPosition": csae53.position(*event.position_m, reference),
        "eventRadius": csae53.decimetres(event.radius_m),
        "eventPriority": urgency(event.code),
        "eventConfidence": csae53.confidence(event.confidence),
    }
    if event.code in KINDS:
        about["eventDescription"] = KINDS[event.code].name
    if len(event.path_m) >= 2:
        path = [csae53.position(*place, reference) for place in event.path_m]
        about["referencePaths"] = [{"activePath": path, "pathRadius": csae53.decimetres(event.path_radius_m)}]
    return about


def spat(box: Box, stamp_ns: int, signal: SignalLamps) -> Json:
    """Return spat/up: the phases of the lane map's node."""
    region, node = box.identity.node
    about: Json = {
        "intersectionId": {"region": region, "id": node},
        "status": _bit(_FIXED_TIME) if signal.shown else _bit(_NO_VALID_SPAT),
        "timeStamp": stamp_ns // 1_000_000,
        "phases": [
            {"phaseId": number, "phaseStates": [_state(*state) for state in states]}
            for number, states in csae53.phases(box, signal)
        ],
    }
    return {"name": box.identity.cross_name or box.identity.rsu_sn, "intersections": [about]}


def _state(light: Light, begin_s: float, end_s: float | None) -> Json:
    times = {"startTime": begin_s, "likelyEndTime": end_s}
    counting = {name: {"timeMark": csae53.time_mark(at_s)} for name, at_s in times.items()}
    return {"light": str(csae53.LIGHTS.index(light)), "timing": {"counting": counting}}


def _bit(number: int) -> int:
    return 1 << (16 - number)
