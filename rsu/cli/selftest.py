"""`rsu selftest`: can this box carry its site, and which parts do not fit?"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Site
from rsu.core.exits import Exit

_WHAT = Detail("name the test: --speed", "请说明测试内容：--speed")
EXAMPLES = (
    "rsu selftest --speed configs/demo.yaml",
    "rsu selftest --speed --users 300 site.yaml    # the rush hour of a large crossing",
    "rsu selftest --speed --json site.yaml         # the same for a program",
)


def command(
    site: Site,
    speed: Annotated[bool, typer.Option("--speed", help="time the work of the site on this box")] = False,
    users: Annotated[int, typer.Option(metavar="N", min=1, max=2000, help="road users within view")] = 100,
    seconds: Annotated[float, typer.Option("--for", metavar="S", min=1, help="seconds of traffic")] = 20.0,
    as_json: Json = False,
) -> None:
    """Test whether this box can carry its site.

    With --speed synthetic road users drive along the lanes of the site; its drivers, perception, messages and codec
    work on the scans that its sensors would send, without devices. Each part has a budget of the tick of 100 ms.
    Pictures of video cameras are not part of it.

    Exit code 1: something does not fit.
    """
    from rsu.cli.views import selftest
    from rsu.lab.speed.measure import TICK_MS, SpeedTest
    from rsu.site import config

    if not speed:
        fail(Exit.USAGE, _WHAT)
    measured = SpeedTest(config.load(site), users).run(round(seconds * 1e3 / TICK_MS))
    if as_json:
        print(json.dumps({"site": str(site), "users": users, **selftest.facts(measured)}))
    else:
        print("\n".join(selftest.lines(measured, users, spoken())))
    raise typer.Exit(Exit.FINE if measured.fits else Exit.FOUND)
