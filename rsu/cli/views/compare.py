"""`rsu compare`: two site files on the same recordings, or two recordings' outputs, held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import Detail
from rsu.lab import runs, truth_file
from rsu.lab.compare import report
from rsu.lab.compare.comparison import Comparison, Task, compare, sides
from rsu.lab.compare.verdict import shown, verdict
from rsu.lab.errors import ParameterError
from rsu.recording.verify import clock

_LISTED = 5  # road users that only one has
_CHANGES = 30  # of the site file

_NO_RECORDINGS = Detail(
    "{name} {site}: a site file needs recordings to replay: rsu compare REC ...",
    "{name} {site}：仅有站点文件时须给出要回放的录制：rsu compare REC ...",
)


class CompareWish(NamedTuple):
    """The caller's choice of runs to compare."""

    recordings: list[Path]
    a: Path  # site file or recording
    b: Path
    truth: str | None
    region_m: float


def run(wish: CompareWish) -> Comparison:
    """Compare. ParameterError: a site file has nothing to be replayed; others as `comparison.make`."""
    a, b = sides(wish.a, wish.b, wish.recordings)
    for name, source in (("--a", a), ("--b", b)):
        if not source.recordings:
            raise ParameterError(_NO_RECORDINGS.of(name=name, site=source.site))
    truth = wish.truth
    if truth == runs.SIM and not wish.recordings:  # a replayed recording has no truth of its own
        truth = str(truth_file.beside_any([*a.recordings, *b.recordings]))
    return compare(Task(a, truth, wish.region_m), Task(b, truth, wish.region_m))


def page(comparison: Comparison, wish: CompareWish) -> str:
    """Return the report."""
    recordings = [path.name for path in wish.recordings]
    return report.render(comparison, report.Names(wish.a.name, wish.b.name, recordings, wish.truth))


def answer(comparison: Comparison, wish: CompareWish) -> dict[str, Any]:
    """Return everything, ready for JSON."""
    said = verdict(comparison)
    return {
        "a": str(wish.a),
        "b": str(wish.b),
        "recordings": [str(path) for path in wish.recordings],
        "truth": wish.truth,
        "same": comparison.same,
        "verdict": said.tone,
        "sentence": f"{said.headline} {said.reasons}",
        "changes": [{"key": key, "a": a, "b": b} for key, a, b in comparison.changes],
        "indicators": [
            {"key": row.indicator.key, "group": row.indicator.group, "name": row.indicator.name}
            | {"unit": row.indicator.unit, "a": row.a, "b": row.b, "delta": row.delta, "word": row.word}
            for row in comparison.rows
        ],
        "tracks": {
            "only_a": [note._asdict() for note in comparison.only_a],
            "only_b": [note._asdict() for note in comparison.only_b],
            "split_in_b": len(comparison.common.split),
            "joined_in_b": len(comparison.common.joined),
        },
        "events": [note._asdict() for note in comparison.events],
        "messages": [note._asdict() for note in comparison.messages],
    }


def show(comparison: Comparison, html: Path | None) -> None:
    """Print the comparison for people."""
    for line in _lines(comparison):
        print(line)
    if html is not None:
        print(f"\nreport: {html}")


def _lines(comparison: Comparison) -> Iterator[str]:
    said = verdict(comparison)
    yield said.headline
    yield said.reasons
    if comparison.changes:
        yield ""
        yield from (f"{key}: {a} -> {b}" for key, a, b in comparison.changes[:_CHANGES])
        if len(comparison.changes) > _CHANGES:
            yield f"and {len(comparison.changes) - _CHANGES} settings more"
    yield ""
    yield f"{'':50}{'A':>12}{'B':>12}{'change':>12}"
    for row in comparison.rows:
        name = f"{row.indicator.name}{', ' + row.indicator.unit if row.indicator.unit else ''}"
        change = "" if row.delta is None or row.word == "same" else f"{row.delta:+.{row.indicator.digits}f}"
        yield f"{name:50}{shown(row, row.a):>12}{shown(row, row.b):>12}{change:>12}  {row.word}"
    for name, notes in (("A", comparison.only_a), ("B", comparison.only_b)):
        if notes:
            yield f"\n{len(notes)} road users only in {name}, the longest:"
        for note in notes[:_LISTED]:
            yield f"  {note.kind} {note.id}, {note.place}, from {clock(note.begin_ns)} for {note.seconds} s"
    for event in comparison.events:
        told = (f"{name} {'never' if at is None else clock(at)}" for name, at in (("A", event.a_ns), ("B", event.b_ns)))
        yield f"event {event.code} {event.name} at {event.place}: told by {', '.join(told)}"
    for message in comparison.messages:
        if message.first_ns is not None:
            yield f"{message.kind}: {message.differ} cycles differ, the first at {clock(message.first_ns)}"
