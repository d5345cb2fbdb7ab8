"""Conditions that will soon hold messages back: the limits of UTC and position while GNSS is lost. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hw.detail import Detail
from rsu.bus.snapshot import Snapshot
from rsu.reasons import terms, words
from rsu.reasons.place import PlaceReason
from rsu.station.gate import judge

LEAST_S = 3.0  # GNSS silent for so long is lost
LONGEST_S = 3600.0  # nothing farther ahead is foretold
_LIMITS_MS = {PlaceReason.TIME_UNCERTAIN_50MS: 50.0, PlaceReason.TIME_UNCERTAIN_100MS: 100.0}
_SOON = Detail("GNSS is silent: {} in about {} ({})", "GNSS 无数据：约 {1} 后 {0}（{2}）")
_MINUTES = Detail("{} min", "{} 分钟")


class Forecast(NamedTuple):
    """A condition of the gate that is not yet there."""

    reason: str
    in_s: float
    text: Detail  # its effects, time and cause; the time in steps, so that it is not another text every second


def forecasts(before: Snapshot, now: Snapshot, hold_s: float) -> Iterator[Forecast]:
    """Yield the conditions to come, by two snapshots some seconds apart; `hold_s`: of the last position."""
    silent_s = now.clock.holdover_s if now.clock is not None else None
    if silent_s is None or silent_s < LEAST_S:
        return
    due = [(PlaceReason.NO_POSITION, hold_s - silent_s), *_uncertain(before, now)]
    for reason, in_s in due:
        changes = list(_changes(reason, now))
        if changes and 0.0 < in_s <= LONGEST_S:
            yield Forecast(reason, in_s, _text(reason, in_s, changes))


def _uncertain(before: Snapshot, now: Snapshot) -> Iterator[tuple[PlaceReason, float]]:
    """Yield when the uncertainty of UTC exceeds its limits, as it grows now."""
    was_ms, is_ms, passed_s = before.utc_uncertainty_ms, now.utc_uncertainty_ms, (now.stamp_ns - before.stamp_ns) / 1e9
    if was_ms is None or is_ms is None or passed_s <= 0.0 or is_ms <= was_ms:
        return
    for reason, limit_ms in _LIMITS_MS.items():
        yield reason, (limit_ms - is_ms) * passed_s / (is_ms - was_ms)


def _changes(reason: PlaceReason, now: Snapshot) -> Iterator[Detail]:
    """Yield each message that the condition makes worse than it is."""
    for state in now.messages:
        is_now, then = judge(state.kind, state.reasons).decision, judge(state.kind, [*state.reasons, reason]).decision
        if then > is_now:
            kind, decision = state.kind.upper(), terms.DECISIONS[then.name.lower()].name
            yield Detail(f"{kind} {decision.en}", f"{kind} {decision.zh}")


def _text(reason: PlaceReason, in_s: float, changes: list[Detail]) -> Detail:
    in_words = f"{max(10, round(in_s / 10.0) * 10)} s" if in_s < 90.0 else _MINUTES.of(round(in_s / 60.0))
    row = words(reason)
    all_changes = Detail(", ".join(each.en for each in changes), "，".join(each.zh for each in changes))
    return _SOON.of(all_changes, in_words, Detail(row.text, row.text_zh))
