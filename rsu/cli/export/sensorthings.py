"""`rsu export sensorthings`: signals, statistics and states as SensorThings."""

from __future__ import annotations

from rsu.cli.common.options import ExportOut, Json, Recordings

EXAMPLES = ("rsu export sensorthings day.mcap --out things.json",)


def command(recordings: Recordings, out: ExportOut = None, as_json: Json = False) -> None:
    """Write signals, statistics, states as SensorThings entities.

    OGC SensorThings 1.1: a list of Things with Locations, Datastreams and Observations. Each can be posted to
    `/v1.1/Things` of a server.

    The recording is replayed with its own site. Exit code 8: it is damaged.
    """
    from rsu.cli.views import exporting

    exporting.sensorthings(recordings, exporting.Place(out, as_json))
