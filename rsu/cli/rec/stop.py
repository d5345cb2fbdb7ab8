"""`rsu rec stop`: stop the recorder."""

from __future__ import annotations

from rsu.cli.common.options import Json, Run
from rsu.cli.rec.order import order

EXAMPLES = (
    "rsu rec stop",
    "rsu rec stop --run /tmp/rsu-demo/daemon --json",
)


def command(run: Run = None, as_json: Json = False) -> None:
    """Have the running daemon stop recording.

    Now, and after its next start.
    """
    order(run, "stop", "", as_json)
