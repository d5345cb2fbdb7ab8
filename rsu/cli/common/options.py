"""Shared arguments and options of commands: arguments and options of the same name mean the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from v2x import Profile


class Language(StrEnum):
    """Languages in which troubles are told."""

    EN = "en"
    ZH = "zh"


Json = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout")]
JsonLines = Annotated[bool, typer.Option("--json", help="print JSON on stdout, one object per line")]

Run = Annotated[
    Path | None,
    typer.Option(
        "--run",
        metavar="DIR",
        help="run folder of the daemon, with its sockets",
        show_default="/run/rsu for root, else rsu-UID in $XDG_RUNTIME_DIR or /tmp",
    ),
]
BenchRun = Annotated[
    Path | None,
    typer.Option("--run", metavar="DIR", help="run folder of the bench; emptied first", show_default="in /tmp"),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="folder of files that survive a restart: spool, recordings",
        show_default="/var/lib/rsu for root, else rsu in $XDG_DATA_HOME or ~/.local/share",
    ),
]

Site = Annotated[Path, typer.Argument(metavar="SITE.yaml", help="site file")]
OtherSite = Annotated[
    Path | None,
    typer.Option(metavar="SITE.yaml", help="replay with this site file", show_default="the recording's own"),
]
OfRecording = Annotated[
    Path | None, typer.Option("--recording", metavar="REC", help="a recording's", show_default="the running daemon's")
]
LaneMapPath = Annotated[Path, typer.Argument(metavar="LANES", help="lane map, YAML or JSON")]
MapOut = Annotated[
    Path | None, typer.Option("--out", metavar="YAML", help="lane map to write", show_default="standard output")
]
ExportOut = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="file to write", show_default="standard output")
]
Recording = Annotated[Path, typer.Argument(metavar="REC", help="recording (.mcap)")]
Recordings = Annotated[list[Path], typer.Argument(metavar="REC", help="recordings (.mcap), or folders of them")]
Chain = Annotated[list[Path], typer.Argument(metavar="REC", help="recordings (.mcap) that follow each other in time")]
Runs = Annotated[
    list[Path],
    typer.Argument(
        metavar="REC", help="recordings (.mcap) that follow each other in time; of a folder each start is a run"
    ),
]
Region = Annotated[float, typer.Option("--range", metavar="M", min=1, help="radius of the judged region in metres")]
_TRUTH = "truth: a file (CSV, NDJSON), `sim`: the bench's, `v2x`: the vehicles' own messages"
Truth = Annotated[str, typer.Option(metavar="FILE|sim|v2x", help=_TRUTH)]
AnyTruth = Annotated[str | None, typer.Option("--truth", metavar="FILE|sim|v2x", help=_TRUTH, show_default="none")]
Seed = Annotated[int, typer.Option(help="seed of everything random in the bench")]
Address = Annotated[str, typer.Option(help="loopback address of all ports; another one for a second bench")]
Seconds = Annotated[
    float | None,
    typer.Option("--for", metavar="S", min=0.1, help="end after S seconds", show_default="until Ctrl-C"),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="also write the report as one HTML file", show_default="none"),
]
Workers = Annotated[int, typer.Option(min=1, help="processes at a time")]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="dask://HOST:PORT", help="compute on a Dask cluster", show_default="processes here"
    ),
]

MessageProfile = Annotated[Profile, typer.Option(help="edition of the message set")]
GuessedProfile = Annotated[
    Profile | None,
    typer.Option("--profile", help="edition of the message set", show_default="the edition that fits best"),
]
MessageSource = Annotated[
    str, typer.Argument(metavar="HEX|-|FILE", help="hex, or a file of hex, JSON lines, device logs, pcap; - is stdin")
]
