"""One fault after another: make it, see when it is told, take it away, see when all is well again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import groupby

from hw.detail import NOTHING, Detail
from rsu.bench.processes import Plan
from rsu.drill.disks import release
from rsu.drill.fault import DrillResult, Fault, UnmadeError
from rsu.drill.stage import Stage

_READY_S = 90.0  # until the site is healthy at its start: cameras learn the road first
Tell = Callable[[Detail], None]
_NEXT = Detail("{}/{} {} {}{}", "{}/{} {} {}{}")
_LEFT = Detail(", about {} min left", "，约剩 {} 分钟")


def drill(faults: Sequence[Fault], plan: Callable[[Fault], Plan], tell: Tell) -> Iterator[DrillResult]:
    """Yield the result of each fault. Those that need no files of their own share one start of the site."""
    began_s, done = time.monotonic(), 0
    for _, group in groupby(faults, key=lambda fault: fault.id if fault.prepare or fault.environment else ""):
        rows = list(group)
        try:
            planned = plan(rows[0])
        except UnmadeError as error:
            yield from (_unmade(fault, error) for fault in rows)
            done += len(rows)
            continue
        stage = Stage(planned)
        try:
            stage.start()
            for fault in rows:
                tell(_next(fault, done, len(faults), began_s))
                yield _one(stage, fault)
                done += 1
        finally:
            stage.close()
            release(stage.data())


def _next(fault: Fault, done: int, total: int, began_s: float) -> Detail:
    """Return the fault that comes next, and the time left by the mean of the faults before it."""
    left = NOTHING
    if done:
        left = _LEFT.of(round((time.monotonic() - began_s) / done * (total - done) / 60.0))
    return _NEXT.of(done + 1, total, fault.id, Detail(fault.en, fault.zh), left)


def _one(stage: Stage, fault: Fault) -> DrillResult:
    try:
        return one(stage, fault)
    except UnmadeError as error:
        return _unmade(fault, error)


def _unmade(fault: Fault, why: UnmadeError) -> DrillResult:
    return DrillResult(fault, f"not made: {why}", None, None, 0, 0.0, [], None)


def one(stage: Stage, fault: Fault) -> DrillResult:
    """Make one fault on a stage; one that is not there from the start on a stage that is well."""
    if fault.make is not None and stage.until(stage.healthy, _READY_S) is None:
        return DrillResult(fault, "not begun: " + "; ".join(stage.troubles()), None, None, 0, 0.0, [], False)
    before, lost, began = stage.said(), stage.lost(), time.monotonic()
    told: list[str] = []

    def noticed() -> bool:
        if not told and (sign := fault.sign(before, stage.said())) is not None:
            told.append(sign)
        return bool(told)

    with fault.make(stage) if fault.make is not None else nullcontext():
        noticed_s = stage.until(noticed, fault.notice_s)
        stage.wait(began + fault.hold_s - time.monotonic())
        heard = [kind for kind in fault.off_air if stage.on_air(kind, 1.5)]
        gap_s = stage.gap_s(began)
    recovered_s = stage.until(stage.healthy, fault.recover_s) if fault.make is not None else 0.0
    wrong = [f"{each.at_s - began:+.1f} s {each.kind}: {each.why}" for each in stage.wrong if each.at_s >= began]
    lost = stage.lost() - lost
    faults = [f"still on air: {', '.join(heard)}"] if heard else []
    if fault.gap_s is not None and gap_s > fault.gap_s:
        faults.append(f"no SPAT for {gap_s:.1f} s")
    if recovered_s is None:
        faults.append("still: " + "; ".join(stage.troubles()[:3]))
    held = noticed_s is not None and not faults and not wrong and lost <= 0
    seen = " | ".join([told[0] if told else "nothing reported", *faults])
    return DrillResult(fault, seen, _round(noticed_s), _round(recovered_s), lost, gap_s, wrong, held)


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
