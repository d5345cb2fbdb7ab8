"""`rsu demo`: the whole product on one machine, without hardware."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.errors import usage
from rsu.cli.common.options import Address, BenchRun, Json, Seconds, Seed

EXAMPLES = (
    "rsu demo",
    "rsu demo --for 60 --json                      # the summary for a program",
    "rsu demo --cut radar-north@10+5 --for 30      # a radar dies after 10 s and is back 5 s later",
    "rsu demo --corridor 2                         # two boxes along one road, one identity for each road user",
    "rsu demo --devices mixed                      # one device of each kind that this version knows",
    "rsu demo --model nanodet.onnx                 # a network looks at the video camera's pictures too",
    "rsu demo --source recorded --address 127.0.0.2 --run /tmp/rsu-demo-2    # a second demo, without SUMO",
)


class DeviceChoice(StrEnum):
    """Devices of the crossing."""

    USUAL = "usual"
    MIXED = "mixed"


class TrafficChoice(StrEnum):
    """Sources of the bench's traffic."""

    SUMO = "sumo"
    RECORDED = "recorded"


Cuts = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME@S+D",
        help="kill an emulator, broker or process after S seconds, back D seconds later; may be repeated",
        show_default="none",
    ),
]

Model = Annotated[
    Path | None,
    typer.Option(metavar="FILE.onnx", help="network that looks at the video camera too", show_default="none"),
]

Liars = Annotated[
    int, typer.Option(metavar="N", min=0, max=1000, help="number of vehicles with on-board units that lie")
]

Boxes = Annotated[
    int | None,
    typer.Option(metavar="N", min=2, max=8, help="number of boxes along one road", show_default="one crossing"),
]

Scene = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="a scripted scene among the traffic, one for each kind of event", show_default="none"
    ),
]


def command(
    seconds: Seconds = None,
    as_json: Json = False,
    cut: Cuts = None,
    source: Annotated[
        TrafficChoice, typer.Option(help="traffic: simulated now, or a recording of such")
    ] = TrafficChoice.SUMO,
    devices: Annotated[
        DeviceChoice, typer.Option(help="usual: four corners with camera and radar; mixed: one device of each kind")
    ] = DeviceChoice.USUAL,
    scenario: Scene = None,
    seed: Seed = 7,
    address: Address = "127.0.0.1",
    run: BenchRun = None,
    model: Model = None,
    liars: Liars = 0,
    corridor: Boxes = None,
) -> None:
    """Run the whole product on this machine, without hardware.

    A simulated crossing, emulated devices, the daemon and its page; a summary at the end. With `--corridor` several
    boxes along one road instead, each with a page of its own; of the other options `--for`, `--json`, `--seed` and
    `--run` hold there.
    """
    if corridor is not None:
        from rsu.cli.views import demo_corridor

        with usage():
            wish = demo_corridor.CorridorWish(corridor, seconds, as_json, seed, run)
            raise typer.Exit(until_interrupted(lambda stop: demo_corridor.run_demo(wish, stop)))
    from rsu.bench.processes import Cut
    from rsu.cli.views import demo as bench

    with usage():
        mixed = devices is DeviceChoice.MIXED
        cuts = [Cut.parse(text) for text in cut or []]
        wishes = bench.Wishes(seconds, as_json, cuts, source, seed, address, run, scenario, liars, mixed, model)
        code = until_interrupted(lambda stop: bench.run_demo(wishes, stop))
    raise typer.Exit(code)
