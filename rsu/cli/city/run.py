"""`rsu city run`: broker, ingest, store and page of a city in one process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import JsonLines, Seconds

EXAMPLES = (
    "rsu city run --data /var/lib/rsu-city",
    "rsu city run --data city --mqtt-address 0.0.0.0 --mqtt-port 8883 --passwords city.passwd --tls tls",
)


def command(
    data: Annotated[Path, typer.Option(metavar="DIR", help="folder of everything that the city keeps")],
    mqtt_address: Annotated[str, typer.Option(metavar="HOST", help="address for the boxes")] = "127.0.0.1",
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="port for the boxes")] = 1883,
    passwords: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="passwords of the boxes (mosquitto_passwd); user: the box's rscuSn",
            show_default="none; loopback only",
        ),
    ] = None,
    tls: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="folder with ca.pem, server.pem, server.key", show_default="plain MQTT"),
    ] = None,
    address: Annotated[str, typer.Option(metavar="HOST", help="address of the page")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="port of the page")] = 8090,
    login: Annotated[bool, typer.Option("--login", help="reading the page asks for a login too")] = False,
    seconds: Seconds = None,
    as_json: JsonLines = False,
) -> None:
    """Run a city: boxes connect, records are kept, the page shows them.

    A Mosquitto of its own is started. Every record is committed to SQLite before it is acknowledged; track states of
    days that are over go to Parquet, one file for each box and day. The boxes' site files name this broker:
    `uplink: {host, port, username: RSCUSN}`.

    Commands from the page are signed with the key of this folder and want a login; the first start prints a one-time
    code for its first user.

    Exit code 2: an address beyond loopback without passwords; 4: no mosquitto, or a port is taken.
    """
    from rsu.city.embedded.broker import BrokerPlace
    from rsu.cli.views import city

    place = BrokerPlace(mqtt_address, mqtt_port, passwords, tls)
    city.run(data, place, (address, port, login), seconds, as_json)
