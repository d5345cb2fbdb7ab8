"""`rsu signal conflicts`: the phases that must never be green together."""

from __future__ import annotations

import json

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Site

_NONE = Detail("none", "无")
_NO_SIGNAL = Detail("none: the site file has no signal", "无：站点文件没有 signal")
EXAMPLES = (
    "rsu signal conflicts configs/demo.yaml",
    "rsu signal conflicts --json site.yaml",
)


def command(site: Site, as_json: Json = False) -> None:
    """List the phases that must never be green together.

    With the reason of each pair: from the lane map's ways and the site file.
    """
    from rsu.site import config
    from rsu.site.conflicts import pairs

    loaded = config.load(site)
    signal = loaded.site.signal
    found = {} if signal is None else pairs(signal, loaded.lane_map)
    if as_json:
        print(json.dumps({"conflicts": [{"phases": list(two), "why": why} for two, why in found.items()]}))
        return
    for (one, other), why in found.items():
        print(f"{one:4} {other:4}  {why}")
    if not found:
        print((_NO_SIGNAL if signal is None else _NONE).told(spoken()))
