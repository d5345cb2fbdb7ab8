"""The comparison as one HTML file that needs nothing else: verdict first, then figures, pictures, lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from perception.traffic.lanes import LaneLine
from rsu.lab.air import Air
from rsu.lab.compare.comparison import ComparedRun, Comparison
from rsu.lab.compare.svg import BOTTOM, Map, Plot
from rsu.lab.compare.verdict import shown, verdict
from rsu.lab.errors import MissingError
from rsu.lab.judging import Judging, Mask
from rsu.lab.scoring import gospa_by_tick
from rsu.recording.verify import clock

MAP_PX, MAP_MARGIN_M = 520.0, 6.0
WIDE_M = 90.0  # map without a judged region
LANE_GAP_M = 0.35  # between lanes as drawn
CHART_PX = (1060.0, 190.0)
HISTOGRAM_PX = (345.0, 200.0)
EVENT_ROW_PX, EVENT_LEFT_PX = 20.0, 150.0
MOST_DOTS = 12000  # on one map
FAR_M = 1.0  # a road user on air that is farther from the truth is drawn as wrong
LISTED = 12  # rows of a table

_NO_JINJA = Detail(
    "the report needs jinja2: pip install 'rsu-edge[lab]'",
    "生成报告需要 jinja2：pip install 'rsu-edge[lab]'",
)


class Names(NamedTuple):
    """The subject of the report, in words."""

    a: str
    b: str
    recordings: Sequence[str]
    truth: str | None


class Chart(NamedTuple):
    """One picture."""

    title: str
    note: str
    svg: str


def render(comparison: Comparison, names: Names) -> str:
    """Return the page. MissingError: jinja2 is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise MissingError(_NO_JINJA) from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(resources.files("rsu.lab.compare").joinpath("report.html.j2").read_text("utf-8"))
    air = comparison.a.air
    return template.render(
        names=names,
        verdict=verdict(comparison),
        begin=clock(int(air.ticks_ns[0])) if len(air.ticks_ns) else "-",
        seconds=air.seconds,
        comparison=comparison,
        groups=_groups(comparison),
        shown=shown,
        maps=list(_maps(comparison)),
        timelines=list(_timelines(comparison)),
        histograms=list(_histograms(comparison)),
        lists=[("A", comparison.only_a), ("B", comparison.only_b)],
        listed=LISTED,
        at=lambda stamp_ns: f"{(stamp_ns - int(air.ticks_ns[0])) / 1e9:.1f} s",
        sooner=_sooner,
        grouped=lambda number: f"{number:,}".replace(",", " "),
    )


def _sooner(late_ns: int) -> str:
    """Return in words how late B was with an event."""
    late_s = round(late_ns / 1e9, 1)
    return "at the same time" if not late_s else f"{abs(late_s):.1f} s {'later' if late_s > 0 else 'earlier'}"


def _groups(comparison: Comparison) -> dict[str, list[object]]:
    groups: dict[str, list[object]] = {}
    for row in comparison.rows:
        groups.setdefault(row.indicator.group, []).append(row)
    return groups


def _maps(comparison: Comparison) -> Iterator[Chart]:
    a, b = comparison.a, comparison.b
    lanes = a.lanes
    if a.truth is not None and b.truth is not None:
        yield Chart("A", "", _errors(a.truth, lanes))
        yield Chart("B", "", _errors(b.truth, lanes))
        return
    common = comparison.common
    for name, run, rows in (("A", a, common.rows_a), ("B", b, common.rows_b)):
        both = np.zeros(len(run.air.users), np.bool_)
        both[rows] = True
        place = run.air.users["position"]
        chart = (
            _ground(lanes, WIDE_M).dots(_some(place[both]), "dot both").dots(_some(place[~both]), f"dot {name.lower()}")
        )
        yield Chart(name, "", chart.scale_bar(20).text())


def _errors(judged: Judging, lanes: Sequence[LaneLine]) -> str:
    pairs = judged.pairs[judged.pairs["tick"] % max(1, round(4 * len(judged.pairs) / MOST_DOTS)) == 0]
    missed, false = pairs["id"] < 0, pairs["truth"] < 0
    near = pairs["own"] <= FAR_M
    chart = _ground(lanes, judged.region_m + MAP_MARGIN_M).circle(judged.region_m, "region")
    for which, style in (
        (near, "dot good"),
        (~near & ~missed & ~false, "dot far"),
        (false, "dot false"),
        (missed, "dot missed"),
    ):
        chart.dots(pairs["position"][which].tolist(), style)
    return chart.scale_bar(20).text()


def _ground(lanes: Sequence[LaneLine], reach_m: float) -> Map:
    chart = Map(reach_m, MAP_PX)
    for lane in lanes:
        chart.lane([(float(x), float(y)) for x, y in lane.points_m], lane.width_m - LANE_GAP_M, "lane")
    return chart


def _some(points: Floats) -> list[list[float]]:
    """Return every n-th point, so that they are not too many."""
    some: list[list[float]] = points[:: 1 + len(points) // MOST_DOTS].tolist()
    return some


def _timelines(comparison: Comparison) -> Iterator[Chart]:
    a, b = comparison.a, comparison.b
    begin_ns, end_s = int(a.air.ticks_ns[0]), a.air.seconds
    if a.truth is not None and b.truth is not None and a.truth.complete:
        both = [_each_second((run.ticks - begin_ns) / 1e9, gospa_by_tick(run)) for run in (a.truth, b.truth)]
        note = "GOSPA a second; lower is better"
        yield Chart("Distance from the truth", note, _lines(both, end_s, "m"))
    else:
        apart = _each_second((a.air.ticks_ns - begin_ns) / 1e9, comparison.common.apart_m)
        note = "mean distance between road users that both have"
        yield Chart("How far A and B are apart", note, _lines([apart], end_s, "m"))
    counts = [_count(run.air, begin_ns) for run in (a, b)]
    note, true = "road users on air at once", []
    if a.truth is not None and b.truth is not None and a.truth.complete:
        note = "road users in the judged region at once; grey: how many there really are"
        counts = [_judged_count(judged, judged.pairs["id"] >= 0, begin_ns) for judged in (a.truth, b.truth)]
        true = [_judged_count(a.truth, a.truth.pairs["truth"] >= 0, begin_ns)]
    yield Chart("How many", note, _lines(counts, end_s, "road users", true))
    if comparison.events:
        yield Chart("Events", "from when they were first told to their end", _event_bars(comparison, begin_ns))


def _lines(
    series: Sequence[tuple[Floats, Floats]], end_s: float, name: str, grey: Sequence[tuple[Floats, Floats]] = ()
) -> str:
    top = max((float(np.nanmax(y)) for _, y in [*series, *grey] if len(y) and not np.isnan(y).all()), default=1.0)
    last_s = max((float(x[-1]) for x, _ in [*series, *grey] if len(x)), default=end_s)
    plot = Plot((0.0, max(end_s, last_s)), (0.0, top * 1.08), CHART_PX).axes("seconds of the recording", name)
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


def _event_bars(comparison: Comparison, begin_ns: int) -> str:
    """Return a row for each kind of event and side."""
    end_s = comparison.a.air.seconds
    runs = (("A", comparison.a, "bar a"), ("B", comparison.b, "bar b"))
    codes = sorted({note.code for note in comparison.events})
    rows = [(code, *each) for code in codes for each in runs]
    size = (CHART_PX[0], EVENT_ROW_PX * (len(rows) + 1) + BOTTOM)
    plot = Plot((0.0, end_s), (0.0, len(rows) + 1.0), size, EVENT_LEFT_PX).axes("seconds of the recording", "")
    names = {note.code: note.name or str(note.code) for note in comparison.events}
    for number, (code, name, run, style) in enumerate(rows):
        y = float(len(rows) - number)
        plot.label(y, f"{names[code]} {name}")
        for event in run.air.events:
            begin = (event.told_ns - begin_ns) / 1e9
            end = end_s if event.end_ns is None else (event.end_ns - begin_ns) / 1e9
            if event.code == code:
                plot.bar(begin, end, y, style, f"{code} {event.link or ''} from {begin:.1f} s to {end:.1f} s")
    return plot.text()


def _histograms(comparison: Comparison) -> Iterator[Chart]:
    a, b = comparison.a, comparison.b
    judged = [run.truth or run.v2x for run in (a, b)]
    if judged[0] is not None and judged[1] is not None:
        against = "the truth" if a.truth is not None else "vehicles' own positions"
        errors = [one.pairs["distance"][~np.isnan(one.pairs["distance"])] for one in judged if one is not None]
        yield Chart("Position error", f"against {against}, m", _histogram(errors, 2.5, "m"))
    yield Chart("Life time", "of ids on air, s", _histogram([_life_times(a), _life_times(b)], 60.0, "s"))
    waits = [run.air.waits_ms for run in (a, b)]
    yield Chart("From receipt to air", "newest measurement of a frame, ms", _histogram(waits, 120.0, "ms"))


def _life_times(run: ComparedRun) -> Floats:
    return run.lives.seconds


def _histogram(values: Sequence[Floats], most: float, unit: str) -> str:
    """Return both as shares of their own; values beyond `most` count in the last bin."""
    edges = np.linspace(0.0, most, 31)
    shares = [100.0 * np.histogram(np.minimum(each, most), edges)[0] / max(1, len(each)) for each in values]
    top = max(float(share.max()) for share in shares)
    plot = Plot((0.0, most), (0.0, top * 1.08), HISTOGRAM_PX).axes(f"{unit}, more counts as {most:g}", "%")
    for share, style in zip(shares, ("area a", "area b"), strict=True):
        plot.steps(edges, share, style)
    return plot.text()
