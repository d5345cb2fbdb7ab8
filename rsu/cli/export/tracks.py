"""`rsu export tracks`: road users as OGC Moving Features JSON."""

from __future__ import annotations

from rsu.cli.common.options import ExportOut, Json, Recordings

EXAMPLES = ("rsu export tracks day.mcap --out tracks.json",)


def command(recordings: Recordings, out: ExportOut = None, as_json: Json = False) -> None:
    """Write a recording's road users as Moving Features JSON.

    OGC 19-045r3, Prism: one MovingPoint for each road user, with speed, heading and error of position; WGS-84.

    The recording is replayed with its own site. Exit code 8: it is damaged.
    """
    from rsu.cli.views import exporting

    exporting.tracks(recordings, exporting.Place(out, as_json))
