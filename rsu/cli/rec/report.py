"""`rsu rec report`: faults of the sources of a recording."""

from __future__ import annotations

import json

import typer
from msgspec import to_builtins

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Chain, Json
from rsu.cli.rec import findings
from rsu.core.exits import Exit

_MEASUREMENTS = Detail("measurements: {}", "测量：{}")
_IN_RECORDING = Detail("faults in the recording:", "录制中的问题：")
_IN_SOURCE = Detail("faults in the file that it was imported from:", "导入来源文件中的问题：")
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
        counts = ", ".join(f"{name} {count}" for name, count in result.measurements.items())
        print(_MEASUREMENTS.of(counts).told(spoken()))
        findings.show(result.findings, _IN_RECORDING)
        if result.imported:
            findings.show(result.imported, _IN_SOURCE)
    raise typer.Exit(Exit.FOUND if result.findings or result.imported else Exit.FINE)
