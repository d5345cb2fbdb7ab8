"""`python -m tests.recording.bench_replay [--seconds S] [REC]`: how fast a replay is, and where the time goes.

Without a recording it makes one of the demo site: eight sensors, about 60 road users. One process, one core. The shares
come from a second, profiled run and are of its time; library code counts for the room that calls it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections import Counter
from pathlib import Path

from rsu.recording.player import replay
from rsu.recording.reader import start, ticks
from rsu.recording.rerun import Job, rerun
from rsu.recording.site_files import load
from tests.recording import golden
from tests.recording.virtual import CONFIGS

_ROOT = CONFIGS.parent
ROOMS = {
    "codecs/": "messages: encode and decode",
    "perception/": "perception",
    "hw/": "drivers",
    "rsu/recording/": "reading the recording",
    "rsu/": "station, messages' content, views",
}

Function = tuple[str, int, str]  # as in pstats: file, line, name


def shares(profile: cProfile.Profile) -> Counter[str]:
    """Return the seconds of each room; functions of libraries count for their callers."""
    stats: dict[Function, tuple[int, int, float, float, dict[Function, tuple[int, int, float, float]]]]
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    found: Counter[str] = Counter()
    for function, (_, _, own_s, _, callers) in stats.items():
        _charge(found, stats, function, own_s, callers, 0)
    return found


def _charge(found: Counter[str], stats: dict, function: Function, own_s: float, callers: dict, depth: int) -> None:  # type: ignore[type-arg]
    room = _room(function[0])
    total = sum(figures[2] for figures in callers.values())
    if room or depth > 8 or not callers or not total:
        found[room or "rest"] += own_s
        return
    for caller, figures in callers.items():
        _charge(found, stats, caller, own_s * figures[2] / total, stats[caller][4], depth + 1)


def _room(file: str) -> str | None:
    path = Path(file)
    if not path.is_relative_to(_ROOT) or ".venv" in path.parts:
        return None
    relative = path.relative_to(_ROOT).as_posix()
    return next((name for prefix, name in ROOMS.items() if relative.startswith(prefix)), None)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.recording.bench_replay")
    parser.add_argument("recording", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the recording that is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.recording or Path(folder) / "day.mcap"
        if options.recording is None:
            golden.SCENES["day"] = golden.SCENES["day"]._replace(seconds=options.seconds)
            golden.make("day", path)
        before_s = time.process_time()
        result = rerun(Job([path]))
        cpu_s = time.process_time() - before_s
        same = "the recorded bytes" if result.recorded == result.replayed else "OTHER BYTES than recorded"
        rate, cpu_rate = result.seconds / result.took_s, result.seconds / cpu_s
        print(f"{result.seconds:.1f} s replayed in {result.took_s:.2f} s: {rate:.1f} x real time")
        print(f"{cpu_s:.2f} s of one core, checks and start included: {cpu_rate:.1f} x")
        print(f"{same}; {path.stat().st_size / result.seconds / 1e3:.1f} kB/s on disk")
        about, files = start(path)
        site = load(about, files, Path(folder) / "site")
        profile = cProfile.Profile(time.process_time)
        profile.enable()
        for _ in replay(site, ticks(path)):
            pass
        profile.disable()
    found = shares(profile)
    for name, seconds in found.most_common():
        print(f"{seconds / found.total():6.1%}  {name}")


if __name__ == "__main__":
    main()
