"""`python -m tests.rsu.recording.bench_replay [REC]`: how fast a replay is, and where the time goes.

Without a recording it makes one of the demo site in virtual time and keeps it: ten minutes, eight sensors, 45 to 60
road users. One process, one core. `build/bench/replay.json` has the figures: real time against the clock and against
the CPU time of the process, which others on the machine disturb less; and the shares of the rooms, from samples of the
stack a hundred times a second (library code counts for the room that calls it).
"""

from __future__ import annotations

import argparse
import signal
import time
from collections import Counter
from pathlib import Path
from types import FrameType, TracebackType

from rsu.core.collector import settle
from rsu.replay.rerun import Job, RerunResult, rerun
from tests.bench_file import FOLDER, keep
from tests.rsu.recording.scenes import SCENES, make
from tests.rsu.recording.virtual import CONFIGS

GOAL = 45.0  # times real time
PERIOD_S = 0.01
_ROOT = CONFIGS.parent
ROOMS = {
    "codecs/": "codec",
    "perception/": "perception",
    "hw/": "drivers",
    "rsu/messages/": "messages' content",
    "rsu/recording/": "recording: read, check, hash",
    "rsu/replay/": "recording: read, check, hash",
    "rsu/": "station: gate, checks, records",
}


class Sampler:
    """Counts which room is at work, by CPU time. A context manager."""

    def __init__(self) -> None:
        self.rooms: Counter[str] = Counter()

    def __enter__(self) -> Sampler:
        """Begin."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, PERIOD_S, PERIOD_S)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """End."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _sample(self, _number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if room := _room(frame.f_code.co_filename):
                self.rooms[room] += 1
                return
            frame = frame.f_back
        self.rooms["rest"] += 1


def _room(file: str) -> str | None:
    path = Path(file)
    if not path.is_relative_to(_ROOT) or ".venv" in path.parts:
        return None
    relative = path.relative_to(_ROOT).as_posix()
    return next((name for prefix, name in ROOMS.items() if relative.startswith(prefix)), None)


def recording(seconds: float) -> Path:
    """Return a recording of the demo site by day, made when there is none yet."""
    path = FOLDER / f"day-{seconds:g}s.mcap"
    if not path.exists():
        print(f"making {path}", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        make("day", SCENES["day"]._replace(seconds=seconds), path)
    return path


def measure(path: Path) -> tuple[RerunResult, dict[str, object]]:
    """Replay a recording; return the outputs and the figures."""
    settle()  # as the daemon and `rsu replay` do
    before_s = time.process_time()
    with Sampler() as sampler:
        result = rerun(Job([path]))
    cpu_s = time.process_time() - before_s
    samples = sampler.rooms.total()
    figures: dict[str, object] = {
        "recording": path.name,
        "seconds": round(result.seconds, 1),
        "ticks": result.ticks,
        "took_s": round(result.took_s, 2),
        "cpu_s": round(cpu_s, 2),
        "times_real_time": round(result.seconds / result.took_s, 1),
        "times_real_time_cpu": round(result.seconds / cpu_s, 1),
        "goal": GOAL,
        "ms_per_tick": {
            room: round(count / samples * cpu_s / result.ticks * 1e3, 3) for room, count in sampler.rooms.most_common()
        },
        "shares": {room: round(count / samples, 3) for room, count in sampler.rooms.most_common()},
        "sha256": result.replayed,
        "as_recorded": result.replayed == result.recorded,
        "bytes_per_second": round(path.stat().st_size / result.seconds),
    }
    return result, figures


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.rsu.recording.bench_replay")
    parser.add_argument("recording", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=600.0, help="of the recording that is made")
    options = parser.parse_args()
    result, figures = measure(options.recording or recording(options.seconds))
    print(f"{figures['seconds']} s replayed in {figures['took_s']} s: {figures['times_real_time']} x real time "
          f"(goal: {GOAL:g} x); {figures['cpu_s']} s of CPU: {figures['times_real_time_cpu']} x")  # fmt: skip
    print("the recorded bytes" if figures["as_recorded"] else f"{result.different} outputs differ from the recording")
    shares, costs = figures["shares"], figures["ms_per_tick"]
    assert isinstance(shares, dict) and isinstance(costs, dict)
    for room, share in shares.items():
        print(f"{share:6.1%}  {costs[room]:6.3f} ms of a tick  {room}")
    keep("replay", figures)


if __name__ == "__main__":
    main()
