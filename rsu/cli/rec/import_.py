"""`rsu rec import`: other people's recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json
from rsu.cli.rec import findings

_WRITTEN = Detail("{}: {} ticks; frames: {}", "{}：{} 个周期；帧：{}")
_FAULTS = Detail("faults of {}:", "{} 的问题：")
EXAMPLES = (
    "rsu rec import drive.bag --mapping mapping.yaml --site site.yaml --out drive.mcap",
    "rsu rec import radar.csv.gz --mapping configs/import/radar-targets.yaml "
    "--site configs/import/radar-targets-site.yaml --out radar.mcap",
)


def command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="rosbag (1 or 2), CSV, JSON, MOT or KITTI text, candump, NMEA, UBX or raw radar bytes; gzip too",
        ),
    ],
    mapping: Annotated[Path, typer.Option(metavar="YAML", help="meaning of the file's fields")],
    site: Annotated[Path, typer.Option(metavar="SITE.yaml", help="site file with the devices that the mapping names")],
    out: Annotated[Path, typer.Option(metavar="REC", help="recording to write")],
    as_json: Json = False,
) -> None:
    """Make a recording of other people's data.

    Prints the faults of the data.
    """
    from rsu.lab.importing import build
    from rsu.lab.importing.mapping import load
    from rsu.site import config

    result = build.run(source, load(mapping), config.load(site), out)
    if as_json:
        facts = {"recording": str(result.path), "frames": result.frames, "ticks": result.ticks}
        print(json.dumps(facts | {"findings": [to_builtins(each) for each in result.findings]}))
    else:
        print(_WRITTEN.of(result.path, result.ticks, result.frames).told(spoken()))
        findings.show(result.findings, _FAULTS.of(source.name))
