"""`rsu doctor`: measure and judge everything that a site needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Data, Json, Language, Run
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu doctor                              # of the running daemon",
    "rsu doctor site.yaml --language zh",
    "rsu doctor --json | python3 -m json.tool",
    "rsu doctor --run /tmp/rsu-demo --data /tmp/rsu-demo/data    # of the demo",
)


def command(
    site: Annotated[
        Path | None, typer.Argument(metavar="SITE.yaml", help="site file", show_default="the running daemon's")
    ] = None,
    run: Run = None,
    data: Data = None,
    as_json: Json = False,
    language: Annotated[
        Language | None, typer.Option(help="language of values and remedies", show_default="as LANG says")
    ] = None,
) -> None:
    """Measure and judge everything that a site needs.

    Time, place, radio, signals, cameras, radars, serial lines, box, broker, messages: for each probe verdict, value,
    limit, effect and cure. Takes up to 10 s and changes nothing. Without a daemon the probes that need
    one say so. Sensors are compared with the lanes by the newest recording.

    Exit code 1: something is bad; 4: no daemon runs, and no site file was named.
    """
    from rsu.cli.views import doctor as view
    from rsu.core import folders
    from rsu.lab.doctor.gathering import Whereabouts
    from rsu.lab.doctor.probe import Judgement

    found = view.look(Whereabouts(site, run or folders.default_run(), data or folders.default_data()))
    if as_json:
        print(json.dumps(view.facts(found)))
    else:
        view.show(found, language or spoken())
    raise typer.Exit(Exit.FOUND if any(each.judgement is Judgement.BAD for each in found) else Exit.FINE)
