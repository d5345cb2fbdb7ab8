"""`rsu export ngsi`: statistics as NGSI-LD entities."""

from __future__ import annotations

from rsu.cli.common.options import ExportOut, Json, Recordings

EXAMPLES = ("rsu export ngsi day.mcap --out flows.jsonld",)


def command(recordings: Recordings, out: ExportOut = None, as_json: Json = False) -> None:
    """Write a recording's statistics as NGSI-LD entities.

    Smart Data Models: TrafficFlowObserved for each lane and period, CrowdFlowObserved for zones with pedestrians.

    The recording is replayed with its own site. Exit code 8: it is damaged.
    """
    from rsu.cli.views import exporting

    exporting.ngsi(recordings, exporting.Place(out, as_json))
