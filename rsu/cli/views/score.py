"""`rsu score`: the quality of the output on air, against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from perception.scoring import identity
from perception.scoring.assignment import CUTOFF_M
from rsu.lab import flows, judging, runs, scoring
from rsu.lab.air import SentFrame
from rsu.lab.flows import LaneCount
from rsu.lab.mot import FilmOf
from rsu.lab.places import Places
from rsu.lab.runs import RunSource

_COLUMNS = (  # heading, key, format
    ("users", "true_users", ".1f"),
    ("found", "recall", ".1%"),
    ("right", "precision", ".1%"),
    ("GOSPA m", "gospa_m", ".2f"),
    ("pos p50 m", "position_p50_m", ".2f"),
    ("p95 m", "position_p95_m", ".2f"),
    ("raw p95 m", "position_raw_p95_m", ".2f"),
    ("speed p95 m/s", "speed_p95_mps", ".2f"),
    ("heading p95 deg", "heading_p95_deg", ".1f"),
    ("length p95 m", "length_p95_m", ".2f"),
    ("class", "right_class", ".1%"),
    ("switches", "id_switches", "d"),
    ("age p95 ms", "age_p95_ms", ".0f"),
)


def score(source: RunSource, truth_name: str, region_m: float, film: FilmOf | None = None) -> dict[str, Any]:
    """Return all figures, ready for JSON. RecordingError, ConfigError, TruthError, OSError."""
    with runs.site_of(source) as site:
        air = runs.air_of(source, site)
        truth = runs.truth_of(truth_name, source.recordings, site, air, film)
    places = Places(site)
    judged = judging.judge(air, truth, places, region_m)
    return {
        "recordings": [str(path) for path in source.recordings],
        "site": site.path.name,
        "truth": truth_name,
        "scored": "replay" if source.site or source.replayed else "as recorded",
        "region_m": region_m,
        "cutoff_m": CUTOFF_M,
        "id_cutoff_m": identity.CUTOFF_M,
        "ticks": len(judged.ticks),
        "seconds": round(len(judged.ticks) / 10.0, 1),
        "overall": _overall(judged),
        **{name: _group(group) for name, group in scoring.groups(judged).items()},
        "latency_ms": latency(air.sent, judged),
        "traffic": _traffic(flows.compare(air, truth, judged.ticks, places.lanes)) if truth.complete else None,
    }


def _overall(judged: judging.Judging) -> dict[str, Any]:
    ids = judged.identities
    known = judged.complete  # without all road users nothing can be called false
    return scoring.figures(judged)._asdict() | {
        "mota": _rounded(ids.clear.mota) if known else None,
        "motp_m": _rounded(ids.clear.motp_m),
        "idf1": _rounded(ids.idf1) if known else None,
        "hota": _rounded(ids.hota.hota) if known and ids.hota else None,
        "deta": _rounded(ids.hota.deta) if known and ids.hota else None,
        "assa": _rounded(ids.hota.assa) if ids.hota else None,
    }


def _group(group: Mapping[str, scoring.Figures]) -> dict[str, Any]:
    return {name: figures._asdict() for name, figures in group.items()}


def latency(sent: Sequence[SentFrame], judged: judging.Judging) -> dict[str, float | None]:
    """Return the age of sent states when they were sent, and the time since receipt of their newest data."""
    ages = judged.pairs["age_ms"]
    waits = [(one.now_ns - one.newest_receipt_ns) / 1e6 for one in sent if one.newest_receipt_ns is not None]
    known = ages[~np.isnan(ages)]
    return {
        f"{name}_p{percent}": round(float(np.percentile(values, percent)), 2) if len(values) else None
        for name, values in (("age", known), ("receipt_to_air", np.array(waits)))
        for percent in (50, 95, 99)
    }


def _traffic(lanes: Sequence[LaneCount]) -> dict[str, Any]:
    volume, true = sum(lane.volume for lane in lanes), sum(lane.true_volume for lane in lanes)
    queues = [lane for lane in lanes if lane.true_queue_m or lane.queue_m]
    return {
        "volume": volume,
        "true_volume": true,
        "wrong_counts": sum(abs(lane.volume - lane.true_volume) for lane in lanes),
        "queue_error_m": _mean([abs(lane.queue_m - lane.true_queue_m) for lane in queues]),
        "lanes": [lane._asdict() for lane in lanes],
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def show(answer: Mapping[str, Any]) -> None:
    """Print the figures for people."""
    for line in _lines(answer):
        print(line)


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    overall, names = answer["overall"], ", ".join(Path(name).name for name in answer["recordings"])
    judged = f"{answer['ticks']} ticks within {answer['region_m']:.0f} m"
    yield f"{names} ({answer['scored']}) against {answer['truth']}: {judged}"
    if not answer["ticks"]:
        yield "nothing to judge: nobody on air, or no truth of that time, or shorter than the first seconds, not judged"
        return
    measures = {name.upper(): overall[name] for name in ("mota", "idf1", "hota", "deta", "assa")}
    yield "  ".join(f"{name} {_text(value, '.3f')}" for name, value in measures.items())
    traffic = answer["traffic"]
    if traffic:
        queue = _text(traffic["queue_error_m"], ".1f")
        yield (
            f"stop lines crossed {traffic['volume']}, true {traffic['true_volume']}, wrong by lane "
            f"{traffic['wrong_counts']}; longest queues wrong by {queue} m on average"
        )
    late = answer["latency_ms"]
    yield "from receipt to air " + ", ".join(
        f"{percent} % {_text(late[f'receipt_to_air_p{percent}'], '.0f')} ms" for percent in (50, 95, 99)
    )
    yield ""
    yield f"{'':14}" + "  ".join(f"{heading:>6}" for heading, _, _ in _COLUMNS)
    yield _row("overall", overall)
    for group in ("by_class", "by_zone", "by_range"):
        yield ""
        for name, figures in answer[group].items():
            yield _row(name, figures)
    if answer["truth"] == runs.V2X:
        yield ""
        yield "Only vehicles that send BSMs are judged. An error within the 95 % accuracy that a vehicle states of"
        yield "itself counts as 0, except in `raw`."


def _row(name: str, figures: Mapping[str, Any]) -> str:
    cells = (f"{_text(figures[key], form):>{max(6, len(heading))}}" for heading, key, form in _COLUMNS)
    return f"{name:14}" + "  ".join(cells)


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
