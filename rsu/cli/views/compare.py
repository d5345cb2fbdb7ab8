"""`rsu compare`: two site files on the same recordings, or two recordings' outputs, held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import Detail, in_language
from rsu.cli.views.screen import left, right
from rsu.lab import runs, truth_file
from rsu.lab.compare import report, words
from rsu.lab.compare.comparison import Comparison, Task, compare, sides
from rsu.lab.compare.verdict import shown, verdict
from rsu.lab.errors import ParameterError
from rsu.lab.places import ZONES
from rsu.reasons import terms
from rsu.recording.verify import clock

_LISTED = 5  # road users that only one has
_CHANGES = 30  # of the site file

_NO_RECORDINGS = Detail(
    "{name} {site}: a site file needs recordings to replay: rsu compare REC ...",
    "{name} {site}：仅有站点文件时须给出要回放的录制：rsu compare REC ...",
)


_REPORT = Detail("report: {}", "报告：{}")
_MORE = Detail("and {} settings more", "另有 {} 项设置")
_ONLY = Detail("{} road users only in {}, the longest:", "{} 个交通参与者仅在 {} 中，最长者：")
_LIFE = Detail("  {} {}, {}, from {} for {} s", "  {} {}，{}，自 {} 起 {} s")
_EVENT = Detail("event {} {} at {}: told by A {}, B {}", "事件 {} {}，位置 {}：A 播发 {}，B 播发 {}")
_NEVER = Detail("never", "从未")
_DIFFER = Detail("{}: {} cycles differ, the first at {}", "{}：{} 个周期不同，首个位于 {}")


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


def page(comparison: Comparison, wish: CompareWish, language: str) -> str:
    """Return the report in a language."""
    recordings = [path.name for path in wish.recordings]
    return report.render(comparison, report.Names(wish.a.name, wish.b.name, recordings, wish.truth), language)


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
        "sentence": f"{said.headline.en} {said.reasons.en}",
        "sentence_zh": f"{said.headline.zh}{said.reasons.zh}",
        "changes": [{"key": key, "a": a, "b": b} for key, a, b in comparison.changes],
        "indicators": [
            {"key": row.indicator.key, "group": row.indicator.group.en, "name": row.indicator.name.en}
            | {"name_zh": row.indicator.name.zh, "digits": row.indicator.digits}
            | {"unit": row.indicator.unit, "a": row.a, "b": row.b, "delta": row.delta, "word": row.word}
            for row in comparison.rows
        ],
        "tracks": {
            "only_a": [note._asdict() for note in comparison.only_a],
            "only_b": [note._asdict() for note in comparison.only_b],
            "split_in_b": len(comparison.common.split),
            "joined_in_b": len(comparison.common.joined),
        },
        "events": [
            note._asdict()
            | {"name": note.name.en, "name_zh": note.name.zh, "place": note.place.en, "place_zh": note.place.zh}
            for note in comparison.events
        ],
        "messages": [note._asdict() for note in comparison.messages],
    }


def show(comparison: Comparison, html: Path | None, language: str) -> None:
    """Print the comparison for people."""
    for line in _lines(comparison, language):
        print(in_language(line, language))
    if html is not None:
        print(f"\n{_REPORT.of(html).told(language)}")


def _lines(comparison: Comparison, language: str) -> Iterator[Detail | str]:
    said = verdict(comparison)
    yield said.headline
    yield said.reasons
    if comparison.changes:
        yield ""
        yield from (f"{key}: {a} -> {b}" for key, a, b in comparison.changes[:_CHANGES])
        if len(comparison.changes) > _CHANGES:
            yield _MORE.of(len(comparison.changes) - _CHANGES)
    yield ""
    yield from _figures(comparison, language)
    for name, notes in (("A", comparison.only_a), ("B", comparison.only_b)):
        if notes:
            yield ""
            yield _ONLY.of(len(notes), name)
        for note in notes[:_LISTED]:
            kind = terms.said(terms.ROAD_USERS, note.kind, language).lower()
            yield _LIFE.of(kind, note.id, ZONES.get(note.place, note.place), clock(note.begin_ns), note.seconds)
    for event in comparison.events:
        times = [_NEVER if at is None else clock(at) for at in (event.a_ns, event.b_ns)]
        yield _EVENT.of(event.code, event.name, event.place, *times)
    for message in comparison.messages:
        if message.first_ns is not None:
            yield _DIFFER.of(message.kind, message.differ, clock(message.first_ns))


def _figures(comparison: Comparison, language: str) -> Iterator[str]:
    """Yield the table of all figures."""
    yield f"{'':50}{'A':>12}{'B':>12}{right(words.TEXTS['change'].told(language), 12)}"
    for row in comparison.rows:
        unit = f", {row.indicator.unit}" if row.indicator.unit else ""
        name = left(f"{row.indicator.name.told(language)}{unit}", 50)
        change = "" if row.delta is None or row.word == "same" else f"{row.delta:+.{row.indicator.digits}f}"
        judged = words.JUDGED_WORDS[row.word].told(language) if row.word else ""
        yield f"{name}{shown(row, row.a):>12}{shown(row, row.b):>12}{change:>12}  {judged}".rstrip()
