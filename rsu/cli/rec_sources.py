"""`rsu rec import` and `rsu rec report`: other people's recordings, and what is wrong with a source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import to_builtins

from rsu.cli.options import JsonOption, Recordings, fail, refuse
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.lab.importing.findings import Finding


def _show_findings(findings: list[Finding], title: str) -> None:
    print(title if findings else f"{title} nothing")
    for each in findings:
        print(f"  {each.device}: {each.kind} x{each.count}, {each.first} to {each.last}: {each.text}")


def import_(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="rosbag (1 or 2), CSV, JSON or JSON lines, gzip too")],
    mapping: Annotated[Path, typer.Option(help="YAML: whose fields are what (rsu/lab/importing/mapping.py)")],
    site: Annotated[Path, typer.Option(help="site file with the devices that the mapping names")],
    out: Annotated[Path, typer.Option(help="recording to write")],
    as_json: JsonOption = False,
) -> None:
    """Make a recording of other people's data; say what is wrong with them."""
    from rsu.core.errors import ConfigError
    from rsu.lab.importing import build
    from rsu.lab.importing.frames import ForeignError
    from rsu.lab.importing.mapping import load
    from rsu.site import config

    try:
        result = build.run(source, load(mapping), config.load(site), out)
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    except ForeignError as error:
        fail(Exit.DAMAGED, error)
    except OSError as error:
        refuse(error)
    if as_json:
        facts = {"recording": str(result.path), "frames": result.frames, "ticks": result.ticks}
        print(json.dumps(facts | {"findings": [to_builtins(each) for each in result.findings]}))
    else:
        print(f"{result.path}: {result.ticks} ticks; frames: {result.frames}")
        _show_findings(result.findings, f"wrong with {source.name}:")


def report(recordings: Recordings, as_json: JsonOption = False) -> None:
    """Say what is wrong with the sources of recordings that follow each other; exit code 1 when something is."""
    from rsu.core.errors import ConfigError
    from rsu.lab.importing.report import report as look
    from rsu.recording.errors import RecordingError

    try:
        result = look(recordings)
    except ConfigError as error:
        fail(Exit.INVALID_CONFIG, error)
    except OSError as error:
        refuse(error)
    except RecordingError as error:
        fail(Exit.DAMAGED, error)
    if as_json:
        print(json.dumps(to_builtins(result._asdict())))
    else:
        print("measurements: " + ", ".join(f"{name} {count}" for name, count in result.measurements.items()))
        _show_findings(result.findings, "wrong in the recording:")
        if result.imported:
            _show_findings(result.imported, "wrong in the file that it was imported from:")
    raise typer.Exit(Exit.FOUND if result.findings or result.imported else Exit.FINE)
