"""`rsu rec report`: faults of the sources of a recording."""

from __future__ import annotations

import json

import typer
from msgspec import to_builtins

from rsu.cli.common.options import Chain, Json
from rsu.cli.rec import findings
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu rec report day.mcap",
    "rsu rec report --json morning.mcap noon.mcap",
)


def command(recordings: Chain, as_json: Json = False) -> None:
    """Print the faults of the sources of recordings.

    The recordings follow each other in time.

    Exit code 1: something is wrong.
    """
    from rsu.lab.importing.report import report

    result = report(recordings)
    if as_json:
        print(json.dumps(to_builtins(result._asdict())))
    else:
        print("measurements: " + ", ".join(f"{name} {count}" for name, count in result.measurements.items()))
        findings.show(result.findings, "wrong in the recording:")
        if result.imported:
            findings.show(result.imported, "wrong in the file that it was imported from:")
    raise typer.Exit(Exit.FOUND if result.findings or result.imported else Exit.FINE)
