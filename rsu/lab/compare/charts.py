"""The charts of a comparison: figures over time, and how often each value came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.air import Air
from rsu.lab.compare import words
from rsu.lab.compare.comparison import Comparison
from rsu.lab.compare.svg import BOTTOM, Plot
from rsu.lab.judging import Judging, Mask
from rsu.lab.scoring import gospa_by_tick

CHART_PX = (1060.0, 190.0)
HISTOGRAM_PX = (345.0, 200.0)
EVENT_ROW_PX, EVENT_LEFT_PX = 20.0, 150.0

Say = Callable[[object], str]  # returns a text in the language of the report
Line = tuple[Floats, Floats]  # (n,) x, (n,) y


class Chart(NamedTuple):
    """One picture."""

    title: Detail
    note: Detail
    svg: str


def timelines(comparison: Comparison, say: Say) -> Iterator[Chart]:
    """Yield the figures over the time of the recording."""
    a, b = comparison.a, comparison.b
    begin_ns, end_s = int(a.air.ticks_ns[0]), a.air.seconds
    if a.truth is not None and b.truth is not None and a.truth.complete:
        both = [_each_second((run.ticks - begin_ns) / 1e9, gospa_by_tick(run)) for run in (a.truth, b.truth)]
        yield Chart(words.DISTANCE, words.GOSPA, _lines(both, end_s, "m", say))
    else:
        apart = _each_second((a.air.ticks_ns - begin_ns) / 1e9, comparison.common.apart_m)
        yield Chart(words.APART, words.APART_NOTE, _lines([apart], end_s, "m", say))
    counts = [_count(run.air, begin_ns) for run in (a, b)]
    note, true = words.COUNTS_NOTE, []
    if a.truth is not None and b.truth is not None and a.truth.complete:
        note = words.JUDGED_NOTE
        counts = [_judged_count(judged, judged.pairs["id"] >= 0, begin_ns) for judged in (a.truth, b.truth)]
        true = [_judged_count(a.truth, a.truth.pairs["truth"] >= 0, begin_ns)]
    yield Chart(words.COUNTS, note, _lines(counts, end_s, say(words.USERS), say, true))
    if comparison.events:
        yield Chart(words.TEXTS["events"], words.EVENTS_NOTE, _event_bars(comparison, begin_ns, say))


def _lines(series: Sequence[Line], end_s: float, name: str, say: Say, grey: Sequence[Line] = ()) -> str:
    top = max((float(np.nanmax(y)) for _, y in [*series, *grey] if len(y) and not np.isnan(y).all()), default=1.0)
    last_s = max((float(x[-1]) for x, _ in [*series, *grey] if len(x)), default=end_s)
    plot = Plot((0.0, max(end_s, last_s)), (0.0, top * 1.08), CHART_PX).axes(say(words.SECONDS), name)
    for x, y in grey:
        plot.line(x, y, "line truth")
    for (x, y), style in zip(series, ("line a", "line b"), strict=False):
        plot.line(x, y, style)
    return plot.text()


def _each_second(at_s: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return means over whole seconds; NaN where there is none."""
    known = ~np.isnan(values)
    second = np.floor(at_s).astype(np.int64)
    length = int(second.max(initial=0)) + 1
    count = np.bincount(second[known], minlength=length)
    sums = np.bincount(second[known], values[known], minlength=length)
    means: Floats = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    middles = np.arange(length, dtype=np.float64) + 0.5
    return middles, means


def _count(air: Air, begin_ns: int) -> tuple[Floats, Floats]:
    return _each_second((air.ticks_ns - begin_ns) / 1e9, np.diff(air.first).astype(np.float64))


def _judged_count(judged: Judging, which: Mask, begin_ns: int) -> tuple[Floats, Floats]:
    counts = np.bincount(judged.pairs["tick"][which], minlength=len(judged.ticks)).astype(np.float64)
    return _each_second((judged.ticks - begin_ns) / 1e9, counts)


def _event_bars(comparison: Comparison, begin_ns: int, say: Say) -> str:
    """Return a row for each kind of event and side."""
    end_s = comparison.a.air.seconds
    runs = (("A", comparison.a, "bar a"), ("B", comparison.b, "bar b"))
    codes = sorted({note.code for note in comparison.events})
    rows = [(code, *each) for code in codes for each in runs]
    size = (CHART_PX[0], EVENT_ROW_PX * (len(rows) + 1) + BOTTOM)
    plot = Plot((0.0, end_s), (0.0, len(rows) + 1.0), size, EVENT_LEFT_PX).axes(say(words.SECONDS), "")
    names = {note.code: say(note.name) or str(note.code) for note in comparison.events}
    for number, (code, name, run, style) in enumerate(rows):
        y = float(len(rows) - number)
        plot.label(y, f"{names[code]} {name}")
        for event in run.air.events:
            begin = (event.told_ns - begin_ns) / 1e9
            end = end_s if event.end_ns is None else (event.end_ns - begin_ns) / 1e9
            if event.code == code:
                bar = words.EVENT_BAR.of(code, event.link or "", f"{begin:.1f}", f"{end:.1f}")
                plot.bar(begin, end, y, style, say(bar))
    return plot.text()


def histograms(comparison: Comparison, say: Say) -> Iterator[Chart]:
    """Yield how often each size of an error, a life time and a wait came."""
    a, b = comparison.a, comparison.b
    judged = [run.truth or run.v2x for run in (a, b)]
    if judged[0] is not None and judged[1] is not None:
        against = words.THE_TRUTH if a.truth is not None else words.OWN_POSITIONS
        errors = [one.pairs["distance"][~np.isnan(one.pairs["distance"])] for one in judged if one is not None]
        yield Chart(words.ERROR, words.AGAINST.of(against), _histogram(errors, 2.5, "m", say))
    lives = [run.lives.seconds for run in (a, b)]
    yield Chart(words.LIFE, words.LIFE_NOTE, _histogram(lives, 60.0, "s", say))
    waits = [run.air.waits_ms for run in (a, b)]
    yield Chart(words.WAITS, words.WAITS_NOTE, _histogram(waits, 120.0, "ms", say))


def _histogram(values: Sequence[Floats], most: float, unit: str, say: Say) -> str:
    """Return both as shares of their own; values beyond `most` count in the last bin."""
    edges = np.linspace(0.0, most, 31)
    shares = [100.0 * np.histogram(np.minimum(each, most), edges)[0] / max(1, len(each)) for each in values]
    top = max(float(share.max()) for share in shares)
    name = say(words.LAST_BIN.of(unit, f"{most:g}"))
    plot = Plot((0.0, most), (0.0, top * 1.08), HISTOGRAM_PX).axes(name, "%")
    for share, style in zip(shares, ("area a", "area b"), strict=True):
        plot.steps(edges, share, style)
    return plot.text()
