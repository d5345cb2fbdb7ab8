"""`rsu init`: a first site file for this box."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json

EXAMPLES = (
    "rsu init my-site",
    "rsu init my-site --probe 192.168.1.20:8899 --probe 192.168.1.21:8899    # cameras and radars on the network",
    "rsu init my-site --yes --name crossing-7 --region 1 --node 7 --origin 22.5431,114.0579,12",
)
_ASKED = {
    "name": Detail("name of the crossing (ASCII)", "路口名称（ASCII）"),
    "region": Detail("RoadRegulatorID of the crossing", "路口的 RoadRegulatorID"),
    "node": Detail("NodeID of the crossing", "路口的 NodeID"),
    "origin": Detail("reference point: latitude,longitude,height", "基准点：纬度,经度,高度"),
    "district": Detail("GB/T 2260 code of the district, or nothing", "所在区县的 GB/T 2260 代码，可留空"),
}
_FOUND = Detail("{place}: {kind}", "{place}：{kind}")
_SILENT = Detail("{place}: nothing that a driver reads", "{place}：没有驱动能识别的数据")
_WRITTEN = Detail("{site}: written; next: rsu check --live {site}", "{site}：已写入；下一步：rsu check --live {site}")
Probe = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ADDRESS:PORT", help="TCP address at which a device may be; may be repeated", show_default="none"
    ),
]
Lines = Annotated[Path, typer.Option("--serial", metavar="DIR", help="folder of serial lines")]
ForSeconds = Annotated[
    float, typer.Option("--for", metavar="S", min=0.5, help="listen so long at each place and speed")
]
Origin = Annotated[str | None, typer.Option(metavar="LAT,LON,M", help="reference point", show_default="mean of GNSS")]
Radio = Annotated[str, typer.Option(metavar="ADDRESS:PORT", help="address of the radio")]


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder of the site, new or without a site.yaml")],
    name: Annotated[str | None, typer.Option(help="name of the crossing", show_default="asked")] = None,
    region: Annotated[int | None, typer.Option(help="RoadRegulatorID", show_default="asked")] = None,
    node: Annotated[int | None, typer.Option(help="NodeID of the crossing", show_default="asked")] = None,
    district: Annotated[str | None, typer.Option(help="GB/T 2260 code", show_default="asked")] = None,
    origin: Origin = None,
    probe: Probe = None,
    serial: Lines = Path("/dev/serial/by-id"),
    seconds: ForSeconds = 2.0,
    radio: Radio = "127.0.0.1:28031",
    listen: Annotated[str, typer.Option(metavar="ADDRESS:PORT", help="our address for the radio")] = "127.0.0.1:28032",
    yes: Annotated[bool, typer.Option("--yes", help="ask nothing: defaults for all that no option says")] = False,
    as_json: Json = False,
) -> None:
    """Write a first site file for this box, with the devices found.

    Serial lines and addresses are listened to, and every driver is asked whether it reads the octets; nothing is
    written to a device. GNSS gives the reference point. The lane map is that of a crossing with four roads.

    Exit code 6: the folder has a site file already.
    """
    from rsu.cli.views import init as work

    language = spoken()
    found = []
    for place, device in work.probed(serial, probe or [], seconds):
        row = _SILENT.of(place=place) if device is None else _FOUND.of(place=place, kind=device.kind)
        typer.echo(row.told(language), err=True)
        found += [device] if device else []
    given = {"name": name, "region": region, "node": node, "origin": origin, "district": district}
    asked = work.defaults(found) | {key: str(value) for key, value in given.items() if value is not None}
    if not yes:
        for key, question in _ASKED.items():
            if given[key] is None:
                asked[key] = typer.prompt(question.told(language), default=asked[key], err=True)
    site = work.write(folder, work.answers(asked, radio, listen), found, language)
    typer.echo(_WRITTEN.of(site=site).told(language), err=True)
    if as_json:
        print(json.dumps({"site": str(site), "devices": [each.kind for each in found]}))
