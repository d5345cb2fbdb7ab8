"""`rsu replay`: recordings through the drivers and the station again; the output, and whether it is the same."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast, get_args

from hw.detail import Detail, in_language
from rsu.cli.common.language import spoken
from rsu.cli.msg import difference
from rsu.core.collector import settle
from rsu.core.exits import Exit
from rsu.lab import computing
from rsu.lab.computing import ComputingPlace
from rsu.recording import reader, site_files, words
from rsu.recording.verify import ChangedError, clock
from rsu.replay import live
from rsu.replay.differences import OutputDifference, fields
from rsu.replay.rerun import Job, RerunResult, rerun
from rsu.site import config
from v2x import Profile

_SHOWN = 20  # fields of the first difference
_DAMAGE = ("changed", "unsealed", "unreadable")
_PARTS = ("missing", "mid-run")
_PLAYER = Detail("the player ended with exit code {}", "播放进程以退出码 {} 结束")
_PLAYED = Detail("{}: {} ticks, {} s in {} s ({} x real time)", "{}：{} 个周期，{} s 用时 {} s（实时的 {} 倍）")
_PROBLEM = Detail("{}: {}: {}", "{}：{}：{}")
_NOT_VERIFIABLE = Detail("not verifiable", "无法核验")
_VERIFIED = Detail("verified: every output is the one that was recorded", "核验通过：每项输出均与录制一致")
_PARTLY = Detail(
    "not verified: the readable part gave the recorded outputs again, but see above",
    "未通过核验：可读取的部分与录制的输出一致，但请见上文",
)
_RECORDED = Detail("recorded {}", "录制 {}")
_VERSIONS = Detail("recorded with version {}, replayed with {}", "录制版本 {}，回放版本 {}")
_DIFFERENT = Detail("{} outputs differ; the first:", "{} 项输出不同，首项：")
_ONLY_REPLAYED = Detail("    only replayed", "    仅回放中有")
_ONLY_RECORDED = Detail("    only recorded", "    仅录制中有")
_FIELD = Detail("    {}: recorded {}, replayed {}", "    {}：录制 {}，回放 {}")
_MORE = Detail("    and {} fields more", "    另有 {} 个字段")


def run(jobs: list[Job], place: ComputingPlace) -> Iterator[RerunResult]:
    """Yield the results of jobs in their order. Errors as `rerun` and `computing.executor`."""
    if place.cluster is None and (place.workers == 1 or len(jobs) == 1):
        settle()
        yield from map(rerun, jobs)
        return
    with computing.executor(place, len(jobs)) as pool:
        yield from pool.map(rerun, [_there(job, place) for job in jobs])


def _there(job: Job, place: ComputingPlace) -> Job:
    """Return a job with the paths that workers can use."""
    site, out = (None if path is None else place.there(path) for path in (job.site, job.out))
    return job._replace(recordings=[place.there(path) for path in job.recordings], site=site, out=out)


def play_live(recording: Path, site: Path | None, loop: bool, run: Path, stop: threading.Event) -> None:
    """Play a recording's devices in the run folder until its end or `stop`. Errors as `rerun`; OSError."""
    with tempfile.TemporaryDirectory() as folder:
        about, files = reader.start(recording)
        loaded = site_files.load(about, files, Path(folder)) if site is None else config.load(site)
    run.mkdir(parents=True, exist_ok=True)
    plays = live.all_of(loaded, recording, loop)
    print(f"{recording.name}: {', '.join(play.device for play in plays)} in {run}", file=sys.stderr)
    process = live.player(plays, run)
    try:
        while process.poll() is None and not stop.wait(0.2):
            pass
    finally:
        process.terminate()
    if process.wait() > 0:
        raise OSError(_PLAYER.of(process.returncode).told(spoken()))


def show_changed(error: ChangedError) -> None:
    """Print the fault of a recording that cannot be opened, as one JSON object."""
    problems = [problem._asdict() for problem in error.problems]
    print(json.dumps({"recordings": [str(error.path)], "ticks": 0, "verified": False, "problems": problems}))


def judge(result: RerunResult, verify: bool) -> Exit:
    """Return the exit code of one result."""
    if any(problem.kind in _DAMAGE for problem in result.problems):
        return Exit.DAMAGED
    return Exit.FOUND if verify and (result.recorded != result.replayed or result.problems) else Exit.FINE


def show(result: RerunResult, verify: bool, as_json: bool) -> None:
    """Print one result."""
    if as_json:
        print(json.dumps(_json(result, verify)))
        return
    language = spoken()
    for line in _lines(result, verify, language):
        print(in_language(line, language))


def _lines(result: RerunResult, verify: bool, language: str) -> Iterator[Detail | str]:
    rate = result.seconds / result.took_s if result.took_s else 0.0
    names = ", ".join(path.name for path in result.recordings)
    yield _PLAYED.of(names, result.ticks, f"{result.seconds:.1f}", f"{result.took_s:.1f}", f"{rate:.1f}")
    yield f"sha256 {result.replayed}"
    for problem in result.problems:
        kind = _NOT_VERIFIABLE if problem.kind in _PARTS else words.KINDS[problem.kind]
        yield _PROBLEM.of(kind, *(words.told(text, language) for text in problem[1:]))
    if not verify:
        return
    if result.recorded == result.replayed:
        yield _PARTLY if result.problems else _VERIFIED
        return
    yield _RECORDED.of(result.recorded)
    recorded = reader.start(result.recordings[0]).about.get("version")
    if recorded != version("rsu-edge"):
        yield _VERSIONS.of(recorded, version("rsu-edge"))
    if result.first:
        yield _DIFFERENT.of(result.different)
        yield from _explained(result.first[0], result.profile, language)


def _explained(one: OutputDifference, profile: str, language: str) -> Iterator[Detail | str]:
    yield f"  {clock(one.now_ns)} {words.told(one.what, language)}"
    if one.recorded is None or one.replayed is None:
        yield _ONLY_REPLAYED if one.recorded is None else _ONLY_RECORDED
        return
    found = _fields(one, profile)
    for path, a, b in found[:_SHOWN]:
        yield _FIELD.of(path, a, b)
    if len(found) > _SHOWN:
        yield _MORE.of(len(found) - _SHOWN)


def _fields(one: OutputDifference, profile: str) -> list[tuple[str, str, str]]:
    """Return the fields that differ; of a frame those of its message."""
    if one.sort != "frame":
        return list(fields(one.recorded, one.replayed))
    assert profile in get_args(Profile)
    found = difference.differences(one.recorded or b"", one.replayed or b"", cast(Profile, profile))
    return [(each.path, each.a or "-", each.b or "-") for each in found]


def _json(result: RerunResult, verify: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "recordings": [str(path) for path in result.recordings],
        "ticks": result.ticks,
        "seconds": round(result.seconds, 3),
        "took_s": round(result.took_s, 3),
        "sha256": result.replayed,
        "problems": [problem._asdict() for problem in result.problems],
    }
    if verify:
        first = result.first[0] if result.first else None
        answer |= {
            "recorded_sha256": result.recorded,
            "verified": result.recorded == result.replayed and not result.problems,
            "different": result.different,
            "first": first
            and {
                "now_ns": first.now_ns,
                "what": first.what,
                "fields": [
                    dict(zip(("path", "recorded", "replayed"), each, strict=True))
                    for each in _fields(first, result.profile)
                ],
            },
        }
    return answer
