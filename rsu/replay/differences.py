"""Where two runs' outputs differ: tick by tick, output by output."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeVar

import msgspec

from rsu.bus.tape import Outcome
from rsu.recording import words

T = TypeVar("T")
Sort = Literal["time", "frame", "record", "gate"]


class OutputDifference(NamedTuple):
    """One output that is not the same in both runs; None: that run has no such output."""

    now_ns: int  # of the tick
    sort: Sort
    what: str  # as "rsm frame 2", "participant record 1", "gate spat"
    recorded: bytes | None  # a frame as it is, everything else as JSON
    replayed: bytes | None


def differences(recorded: Outcome, replayed: Outcome) -> Iterator[OutputDifference]:
    """Yield the differences in one tick, in the order of the recording's outputs."""
    left, right = dict(_named(recorded)), dict(_named(replayed))
    for key in [*left, *(key for key in right if key not in left)]:
        if left.get(key) != right.get(key):
            sort, what = key
            yield OutputDifference(recorded.now_ns, sort, what, left.get(key), right.get(key))


def _named(one: Outcome) -> Iterator[tuple[tuple[Sort, str], bytes]]:
    """Yield every output with a name that is unique in its tick."""
    yield ("time", words.TICK_TIME.en), msgspec.json.encode(one.now_ns)
    for number, frame in _numbered((frame.kind, frame) for frame in one.frames):
        yield ("frame", words.FRAME.say(frame.kind, number)), frame.frame
        about = {"aid": frame.aid, "priority": frame.priority, "newest_receipt_ns": frame.newest_receipt_ns}
        yield ("record", words.HANDOVER.say(frame.kind, number)), msgspec.json.encode(about)
    for number, item in _numbered((item.kind, item) for item in one.items):
        yield ("record", words.RECORD.say(item.kind, number)), item.data
    for decision in one.gate:
        yield ("gate", words.GATE.say(decision.kind)), msgspec.json.encode(decision)
    order = [frame.kind for frame in one.frames], [(item.kind, item.stamp_ns) for item in one.items]
    yield ("record", words.ORDER.en), msgspec.json.encode(order)


def _numbered(named: Iterable[tuple[str, T]]) -> Iterator[tuple[int, T]]:
    count: defaultdict[str, int] = defaultdict(int)
    for kind, thing in named:
        count[kind] += 1
        yield count[kind], thing


def fields(recorded: bytes | None, replayed: bytes | None) -> Iterator[tuple[str, str, str]]:
    """Yield the (path, recorded, replayed) of the values in which two JSON texts differ; "-": not there."""
    left, right = (dict(_leaves("", msgspec.json.decode(text))) if text else {} for text in (recorded, replayed))
    for path in [*left, *(path for path in right if path not in left)]:
        if left.get(path) != right.get(path):
            yield path, left.get(path, "-"), right.get(path, "-")


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}".lstrip("."), inner)
    elif isinstance(value, list):
        yield f"{path} length".lstrip(), str(len(value))
        for index, inner in enumerate(value):
            yield from _leaves(f"{path}[{index}]", inner)
    else:
        yield path or "value", str(value)
