"""The fewest inputs that reach everything that is reached: a greedy cover over the steps that each input takes.

A step leads from one line to the next; taken once, twice, three times, or 4, 8, 16... times are different things.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from types import FrameType
from typing import Any

from tests.fuzz.folders import CORPUS, digest, inputs_of
from tests.fuzz.parser import Parser
from tests.fuzz.targets import TARGETS

_MOST_FILES = 48
_FEW = 16  # files that are all kept: a parser in C shows no steps
_MOST_OCTETS = 2048  # of one file: small inputs show as much
Step = tuple[str, int, int]


def distil(name: str) -> str:
    """Write the distilled corpus of a folder, by the targets that use it; return the outcome."""
    known = sorted(set(inputs_of(name, _MOST_OCTETS)), key=lambda data: (len(data), data))
    parsers = [target.make() for target in TARGETS.values() if target.corpus == name]

    def parser(data: bytes) -> None:
        for each in parsers:
            with suppress(Exception):  # a failure is for the fuzzer to tell
                each(data)

    parser(b"")
    reached = {data: {(step, _rank(count)) for step, count in _steps(parser, data).items()} for data in known}
    kept = known if len(known) <= _FEW else _cover(known, reached)
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*"):
        path.unlink()
    for data in kept:
        (folder / digest(data)).write_bytes(data)
    return f"{len(kept)} of {len(known)} inputs, {sum(map(len, kept))} octets"


def _cover(known: list[bytes], reached: dict[bytes, set[tuple[Step, int]]]) -> list[bytes]:
    """Return inputs that reach together all lines that any of them reaches, each the one that adds most."""
    kept: list[bytes] = []
    left = set().union(*reached.values())
    while left and len(kept) < _MOST_FILES:
        best = max(known, key=lambda data: len(reached[data] & left))  # the shortest of equals
        kept.append(best)
        left -= reached[best]
    return kept


def _rank(count: int) -> int:
    return count if count < 4 else 1 << count.bit_length()


def _steps(parser: Parser, data: bytes) -> Counter[Step]:
    """Return how often an input goes from which line to which, in whichever file."""
    found: Counter[Step] = Counter()
    last: dict[FrameType, int] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            found[frame.f_code.co_filename, last.get(frame, 0), frame.f_lineno] += 1
            last[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    parser(data)
    sys.settrace(None)
    return found
