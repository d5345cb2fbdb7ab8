"""`rsu rec info`: the content of a recording."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Recording
from rsu.core.exits import Exit

_UNFINISHED = Detail(
    "is being written, or was left by a power cut: this is its content up to now",
    "正在写入，或因断电中断：以上为目前的内容",
)
_DAMAGE = Detail("cannot be read on from {}", "自 {} 起无法读取")
EXAMPLES = (
    "rsu rec info day.mcap",
    "rsu rec info --json day.mcap",
)
_S = 1_000_000_000


def command(recording: Recording, as_json: Json = False) -> None:
    """Print the content of a recording, channel by channel.

    Exit code 8: it cannot be read to its end.
    """
    from rsu.recording import reader
    from rsu.recording.writer import PART

    about, files = reader.start(recording)
    seconds, channels, damage = _counted(recording)
    if as_json:
        facts = {"about": about, "files": sorted(files), "seconds": seconds, "channels": channels, "damage": damage}
        print(json.dumps(facts))
    else:
        for name, value in (about | {"files": " ".join(sorted(files)), "seconds": f"{seconds:.1f}"}).items():
            print(f"{name:9} {value}")
        for name, each in channels.items():
            rate = each["messages"] / seconds if seconds else 0.0
            print(f"{name:32} {each['messages']:8}  {rate:7.1f} Hz  {each['bytes'] / 1e3:10.1f} kB")
    if damage is not None and recording.name.endswith(PART):
        typer.echo(_UNFINISHED.told(spoken()), err=True)
    elif damage is not None:
        fail(Exit.DAMAGED, _DAMAGE.of(damage))


def _counted(recording: Path) -> tuple[float, dict[str, Any], str | None]:
    """Return seconds, channels with their counts, and where the recording cannot be read on, if anywhere."""
    from rsu.recording import reader
    from rsu.recording.errors import DamagedError
    from rsu.recording.tick import TICK

    counts: Counter[str] = Counter()
    octets: Counter[str] = Counter()
    times: list[int] = []
    damage = None
    try:
        for entry, _ in reader.messages(recording):
            counts[entry.topic] += 1
            octets[entry.topic] += len(entry.data)
            if entry.topic == TICK:
                times = [times[0] if times else entry.log_ns, entry.log_ns]
    except DamagedError as error:
        damage = str(error)
    seconds = (times[1] - times[0]) / _S if times else 0.0
    return seconds, {name: {"messages": counts[name], "bytes": octets[name]} for name in sorted(counts)}, damage
