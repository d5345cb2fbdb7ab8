"""`rsu signal release`: let SPAT leave again after conflicting greens."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Run

_NOTHING = Detail("nothing was latched", "未锁定")
_RELEASED = Detail(
    "released: phases {} and {}, green together at {} UTC", "已解除：相位 {} 与 {}，于 {} UTC 同时为绿灯"
)
EXAMPLES = (
    "rsu signal release",
    "rsu signal release --run /tmp/rsu-demo/daemon --json",
)


def command(run: Run = None, as_json: Json = False) -> None:
    """Let SPAT leave again after conflicting greens.

    Compare the lamps at the crossing with the site file before. The latch closes again at once where the signal
    controller still shows conflicting greens.
    """
    from rsu.core import folders
    from rsu.station import latch_file

    answer = latch_file.release(run or folders.default_run())
    held = answer.released
    if as_json:
        print(json.dumps({"released": None if held is None else list(held.phases)}))
    elif held is None:
        print(_NOTHING.told(spoken()))
    else:
        one, other = held.phases
        since = datetime.fromtimestamp(held.since_ns // 1_000_000_000, UTC)
        print(_RELEASED.of(one, other, f"{since:%Y-%m-%d %H:%M:%S}").told(spoken()))
