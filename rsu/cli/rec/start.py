"""`rsu rec start`: start the recorder."""

from __future__ import annotations

from rsu.cli.common.options import Json, Run
from rsu.cli.rec.order import order

EXAMPLES = (
    "rsu rec start",
    "rsu rec start --run /tmp/rsu-demo/daemon --json",
)


def command(run: Run = None, as_json: Json = False) -> None:
    """Have the running daemon record.

    Now, and after its next start.
    """
    order(run, "start", "", as_json)
