"""`rsu status`: the state of the daemon."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Language, Run
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu status",
    "rsu status --language zh",
    "rsu status --watch",
    "rsu status --json | python3 -m json.tool",
    "rsu status --run /tmp/rsu-demo/daemon    # of the demo",
)


def command(
    run: Run = None,
    as_json: Json = False,
    language: Annotated[
        Language | None, typer.Option(help="language of troubles and remedies", show_default="as LANG says")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="show it anew every second until Ctrl-C")] = False,
) -> None:
    """Show the state of the running daemon, and its troubles.

    Processes, messages, devices, clock, uplink, recorder; troubles with their remedies.

    Exit code 7: works but degraded; 4: no daemon runs.
    """
    from rsu.cli.views import status as view
    from rsu.core import folders

    folder, told = run or folders.default_run(), language or spoken()
    if watch:
        raise typer.Exit(until_interrupted(lambda stop: view.watch(folder, as_json, told, stop)))
    fine = view.show(view.ask(folder), as_json, told)
    raise typer.Exit(Exit.FINE if fine else Exit.DEGRADED)
