"""`rsu export events`: events as a GeoJSON text sequence."""

from __future__ import annotations

from rsu.cli.common.options import ExportOut, Json, Recordings

EXAMPLES = ("rsu export events day.mcap > events.geojsons",)


def command(recordings: Recordings, out: ExportOut = None, as_json: Json = False) -> None:
    """Write a recording's events as a GeoJSON text sequence.

    RFC 8142: one feature for each state of an event, on a line of its own; WGS-84.

    The recording is replayed with its own site. Exit code 8: it is damaged.
    """
    from rsu.cli.views import exporting

    exporting.events(recordings, exporting.Place(out, as_json))
