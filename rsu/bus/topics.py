"""The bus on one page: every topic, its record, its publisher, its rate, and when silence means trouble."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from rsu.bus import corridor, orders, records, snapshot, tape


class Topic(NamedTuple):
    """One row of the table."""

    record: type[msgspec.Struct]
    publisher: str  # process name; its socket is RUN/<publisher>.ipc
    rate_hz: float | None  # nominal; None: only when something happens
    stale_after_s: float | None  # liveness: older than this is a fault of the publisher
    recorded: bool


TOPICS: dict[str, Topic] = {
    #                 record                publisher      rate  stale  recorded
    "snapshot": Topic(snapshot.Snapshot, "station", 10.0, 1.0, True),
    "sent": Topic(records.Sent, "station", None, None, False),  # the tape has it
    "received": Topic(records.ReceivedDsm, "station", None, None, False),  # the tape has it
    "seen": Topic(records.SensorSights, "station", 10.0, None, False),  # a replay of the tape gives it again
    "report": Topic(records.Report, "station", None, None, False),  # the tape has it
    "tape": Topic(tape.Tape, "station", 10.0, 1.0, True),
    "misbehaviour": Topic(records.Misbehaviour, "station", None, None, True),
    "committed": Topic(records.Committed, "uplink", 10.0, 5.0, False),
    "uplink": Topic(records.UplinkState, "uplink", 1.0, 5.0, True),
    "recorded": Topic(records.Committed, "recorder", 10.0, 5.0, False),
    "recorder": Topic(records.RecorderState, "recorder", 1.0, 5.0, False),
    "orders": Topic(orders.AirOrders, "uplink", 1.0, None, False),  # the tape has it
    "air": Topic(orders.AirState, "station", 1.0, None, False),
    "tracks": Topic(corridor.OwnTracks, "station", 10.0, None, False),  # where the site file has a corridor
    "corridor": Topic(corridor.CorridorState, "corridor", 1.0, 5.0, False),  # identities are not stored
    "processes": Topic(records.Processes, "supervisor", 1.0, 5.0, True),
}
PROGRESS = "progress."  # and the name of a process: its sign of life, on its own socket
VIDEO = "video."  # and the name of a device of kind `video`: each camera has a process of its own


def topic(name: str) -> Topic:
    """Return the row of a topic. KeyError: there is none."""
    if name.startswith(PROGRESS):
        return Topic(records.Progress, name.removeprefix(PROGRESS), 2.0, 10.0, False)
    return TOPICS[name]
