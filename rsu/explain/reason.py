"""Why a message type, or a road user, is on air or not, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hw.detail import NOTHING, Detail
from rsu.bus.snapshot import MessageState, Snapshot
from rsu.explain.user import UserStory
from rsu.reasons import terms, words
from rsu.station.gate import judge

_NOT_TRACKED = Detail("no track has the number {}; those that are tracked: {}", "没有编号为 {} 的航迹；当前航迹：{}")
_NOBODY = Detail("none", "无")
_GONE = Detail("its track has ended: no sensor has seen it for too long", "其航迹已结束：过久未被任何传感器看到")
_IS_CARRIED = Detail("RSM carried it {} times, last {} ms ago", "RSM 播发了 {} 次，最近一次在 {} ms 前")
_NOT_CARRIED = Detail(
    "no RSM carried it in this time, although RSM is on air: it has just begun, or there was no room for it",
    "RSM 在播发，但这段时间内未包含该目标：目标刚出现，或消息没有余量",
)
_NO_MESSAGE = Detail(
    "the station has not told of {} yet: it sends none where the site file switches them off",
    "station 尚未报告 {}：站点文件中关闭的消息不会播发",
)
_DECISION = Detail("{}: {}, {} Hz, {} frames since the start", "{}：{}，{} Hz，启动以来 {} 帧")
_CLEAR = Detail("no condition of the gate holds it back", "闸门没有任何阻止它的条件")
_HOLDS = Detail("{} ({}): {}", "{}（{}）：{}")


class Why(NamedTuple):
    """The answer: whether it is on air, and each line of the explanation with its remedy."""

    on_air: bool
    lines: list[tuple[Detail, Detail]]  # each condition with its remedy, which may be NOTHING


def of_message(kind: str, snapshot: Snapshot) -> Why:
    """Return why messages of a kind (map, rsm ...) are on air or not."""
    state = next((each for each in snapshot.messages if each.kind == kind), None)
    if state is None:
        return Why(False, [(_NO_MESSAGE.of(kind.upper()), NOTHING)])
    return Why(state.decision != "silent", [_decision(state), *(_reasons(state) or [(_CLEAR, NOTHING)])])


def _decision(state: MessageState) -> tuple[Detail, Detail]:
    decision = terms.DECISIONS[state.decision].name
    return _DECISION.of(state.kind.upper(), decision, f"{state.rate_hz:.1f}", state.frames), NOTHING


def _reasons(state: MessageState) -> list[tuple[Detail, Detail]]:
    """Return the conditions that hold, each with its effect on this type: the row of the gate's table."""
    found = []
    for reason in state.reasons:
        row, effect = words(reason), terms.DECISIONS[judge(state.kind, [reason]).decision.name.lower()].name
        found.append((_HOLDS.of(reason, effect, Detail(row.text, row.text_zh)), Detail(row.do, row.do_zh)))
    return found


def of_user(story: UserStory, snapshot: Snapshot) -> Why:
    """Return why a road user is on air or not, by its story up to `snapshot`."""
    if story.first_ns is None:
        return Why(False, [(_NOT_TRACKED.of(story.id, _numbers(each.id for each in snapshot.tracks)), NOTHING)])
    rsm = of_message("rsm", snapshot)
    lines = [(_GONE, NOTHING)] if story.gone else []
    if story.on_air.last_ns is not None:
        ago_ms = (snapshot.stamp_ns - story.on_air.last_ns) // 1_000_000
        lines.append((_IS_CARRIED.of(story.on_air.messages, max(0, ago_ms)), NOTHING))
    elif rsm.on_air and not story.gone:
        lines.append((_NOT_CARRIED, NOTHING))
    return Why(story.on_air.messages > 0 and not story.gone, [*lines, *rsm.lines])


def _numbers(numbers: Iterable[int]) -> Detail:
    found = ", ".join(map(str, sorted(numbers)))
    return Detail(found, found) if found else _NOBODY
