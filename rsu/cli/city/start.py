"""`rsu city start`: a city as its file says, in one process or a part of one on several machines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import JsonLines, Seconds


class CityPart(StrEnum):
    """Processes of a distributed city."""

    INGEST = "ingest"
    KEEPER = "keeper"
    PAGE = "page"


EXAMPLES = (
    "rsu city start city.yaml                         # engine: embedded, the whole city",
    "rsu city start city.yaml --part ingest           # engine: distributed; several of them share the records",
    "rsu city start city.yaml --part keeper",
    "rsu city start city.yaml --part page",
)


def command(
    file: Annotated[Path, typer.Argument(metavar="CITY.yaml", help="file of the city")],
    part: Annotated[
        CityPart | None, typer.Option(help="of a distributed city: this process of it", show_default="none")
    ] = None,
    seconds: Seconds = None,
    as_json: JsonLines = False,
) -> None:
    """Run a city as its file says; `engine:` in it chooses how.

    With `embedded` the whole city runs in one process, as with `rsu city run`. With `distributed` each process is a
    part: `ingest` takes records from the broker into NATS JetStream and acknowledges them then, `keeper` takes them
    from there into PostgreSQL and Parquet, `page` shows them. A part ends when a signal comes, or when the log or the
    database does not answer at its begin; later it waits for them.

    Exit code 2: a part is missing or too many; 3: mistakes in the file; 4: log, database or port not reachable.
    """
    from rsu.cli.views import city

    city.start(file, part, seconds, as_json)
