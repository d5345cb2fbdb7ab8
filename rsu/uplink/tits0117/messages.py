"""Contents of the messages of T/ITS 0117 that a box sends: RSM, RSI, SPAT, INFO, HB.

Keys and units of RSM and SPAT are those of T/CSAE 53 (clause 5.2.2 and on), of RSI those of RSI.DOWN (the standard
prints one table for both directions). All of them begin with `seqNum`.
"""

from __future__ import annotations

from perception.events.settings import urgency
from perception.results import RoadEvent
from rsu.bus.told import DeviceStates, Participants, RoadEvents, SignalLamps, ToldUser
from rsu.site.box import Box
from rsu.uplink import csae53
from rsu.uplink.csae53 import Json

VERSION = "1.0"  # of the protocol
PER_RSM = 16  # participants
_OFF: Json = {"upLimit": 0, "upFilters": []}  # the box sends none of these up


def rsm(box: Box, told: Participants) -> Json:
    """Return RSM.UP: road users, 16 in each of its RSMs; none of them: no road user is there."""
    rows = [_user(box, user) for user in told.users]
    rsms = [
        {"refPos": csae53.here(box), "participants": rows[first : first + PER_RSM]}
        for first in range(0, len(rows), PER_RSM)
    ]
    return {"rsmSourceId": box.identity.rsu_sn, "rsms": rsms}


def _user(box: Box, user: ToldUser) -> Json:
    about: Json = {
        "ptcType": csae53.participant_type(user.kind),
        "ptcId": user.id,
        "source": csae53.source(user, box),
        "secMark": csae53.second_mark(user.stamp_ns),
        "pos": csae53.position(user.east_m, user.north_m, box.identity.reference),
        "speed": csae53.speed(user.speed_mps),
        "heading": csae53.heading(user.heading_deg),
    }
    size = csae53.size(user)
    return about if size is None else about | {"size": size}


def rsi(box: Box, told: RoadEvents) -> Json:
    """Return RSI.UP; an event that has ended has the status false."""
    rows = [_event(box, event) for event in told.events]
    return {"rsiSourceType": "rsu", "rsiSourceId": box.identity.rsu_sn, "rsis": rows}


def _event(box: Box, event: RoadEvent) -> Json:
    reference = box.identity.reference
    about: Json = {
        "alertID": str(event.id),
        "duration": 0,  # it says itself when it ends
        "eventStatus": event.state != "end",
        "timeStamp": csae53.utc(event.stamp_ns),
        "eventClass": _class(event.code),
        "eventType": event.code,
        "eventSource": "detection",
        "eventConfidence": csae53.confidence(event.confidence),
        "eventPosition": [csae53.position(*event.position_m, reference)],
        "eventRadius": csae53.decimetres(event.radius_m),
        "eventPriority": urgency(event.code),
    }
    if len(event.path_m) >= 2:
        path = [csae53.position(*place, reference) for place in event.path_m]
        radius = csae53.decimetres(event.path_radius_m)
        about["referencePaths"] = [{"active_path": path, "path_radius": radius}]
    return about


def _class(code: int) -> str:
    """Return the class of an event, by the hundreds of GB/T 29100."""
    return {3: "AdverseWeather", 9: "AbnormalVehicle"}.get(code // 100, "AbnormalTraffic")


def spat(box: Box, stamp_ns: int, signal: SignalLamps) -> Json:
    """Return SPAT.UP: the phases of the lane map's node."""
    region, node = box.identity.node
    phases = [
        {
            "phaseId": number,
            "phaseStates": [
                {
                    "light": csae53.LIGHTS.index(light),
                    "timing": {
                        "counting": {
                            "startTime": csae53.time_mark(begin_s),
                            "likelyEndTime": csae53.time_mark(end_s),
                        }
                    },
                }
                for light, begin_s, end_s in states
            ],
        }
        for number, states in csae53.phases(box, signal)
    ]
    about = {"intersectionId": {"region": region, "id": node}, "timeStamp": stamp_ns // 1_000_000, "phases": phases}
    return {"spatSourceId": box.identity.rsu_sn, "intersections": [about]}


def info(box: Box, told: DeviceStates) -> Json:
    """Return INFO.UP: identity, place, state, and the configuration in force."""
    me, place = box.identity, box.identity.reference
    return _me(box, told) | {
        "rsuName": me.cross_name or me.rscu_sn,
        "version": VERSION,
        "location": {"lon": place.longitude_deg, "lat": place.latitude_deg},
        "config": {
            "bsmConfig": {"sampleMode": "ByAll", "sampleRate": 0, "actualSampleRate": 0} | _OFF,
            "rsiConfig": {"upFilters": [], "maxRsiNum": 0, "curRsiNum": 0, "downRsis": []},
            "spatConfig": {"upLimit": -1, "upFilters": []},
            "rsmConfig": {"upLimit": -1, "upFilters": []},
            "mapConfig": {"upLimit": "0", "upFilters": []},  # a String in this one
        },
        "ack": True,
    }


def heartbeat(box: Box, stamp_ns: int, told: DeviceStates | None) -> Json:
    """Return HB.UP; `told` None: of a connection that has just begun, nothing is known to be wrong."""
    more = {"timestamp": stamp_ns // 1_000_000, "protocolVersion": VERSION, "ack": False}
    return _me(box, told) | more


def _me(box: Box, told: DeviceStates | None) -> Json:
    works = told is None or all(device.ok for device in told.devices)
    return {"rsuId": box.identity.rscu_sn, "rsuEsn": box.identity.rsu_sn, "rsuStatus": works}
