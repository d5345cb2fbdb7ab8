"""`rsu status`: what the daemon does now."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Language, Run
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu status",
    "rsu status --language zh",
    "rsu status --json | python3 -m json.tool",
    "rsu status --run /tmp/rsu-demo/daemon    # of the demo",
)


def command(
    run: Run = None,
    as_json: Json = False,
    language: Annotated[
        Language | None, typer.Option(help="language of troubles and remedies", show_default="as LANG says")
    ] = None,
) -> None:
    """Show what the running daemon does, and its troubles.

    Processes, messages, devices, clock, uplink, recorder; troubles with their remedies.

    Exit code 7: works but degraded; 4: no daemon runs.
    """
    from rsu.cli.views import status as view
    from rsu.core import folders

    fine = view.show(view.ask(run or folders.default_run()), as_json, language or spoken())
    raise typer.Exit(Exit.FINE if fine else Exit.DEGRADED)
