"""Everything that is not as it should be, from the newest records: one cause, all that it silences, since when. Pure.

A lost device explains the gate's reasons that come of it; a reason that nothing explains is a cause itself. A silent
process explains the absence of its records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from hw.detail import in_language
from hw.modality import Gives
from rsu.bus.records import Processes, ProcessView, RecorderState, Trouble, UplinkState
from rsu.bus.snapshot import DeviceView, MessageState, Snapshot
from rsu.reasons import NORMAL, details, processes, uplink, words
from rsu.reasons.alarms import ALARMS, Level
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason

STATION, UPLINK, RECORDER, SUPERVISOR = "station", "uplink", "recorder", "supervisor"

_HEARD = ("ok", "degraded", "frozen", "blind")  # states of devices whose vital figures say something
_LEVELS = list(Level)


class Newest(NamedTuple):
    """The newest record of each topic; None: nothing came in time."""

    processes: Processes | None = None
    snapshot: Snapshot | None = None
    uplink: UplinkState | None = None
    recorder: RecorderState | None = None


def of(newest: Newest) -> list[Trouble]:
    """Return all troubles, the worst first, of these those that silence most."""
    found = [*_processes(newest), *_station(newest.snapshot), *_uplink(newest.uplink), *_recorder(newest.recorder)]
    return sorted(_together(found), key=lambda each: (_LEVELS.index(level(each)), -len(each.silences)))


def _processes(newest: Newest) -> Iterator[Trouble]:
    """Yield the troubles of processes, site file and folders; a silent process silences all that it would report."""
    record = newest.processes
    views = {view.name: view for view in record.processes} if record is not None else {}
    silent = {
        STATION: None if newest.snapshot else [processes.ALL_MESSAGES.en],
        UPLINK: None if newest.uplink else [processes.RECORDS.en],
        RECORDER: None if newest.recorder else [processes.RECORDINGS.en],
    }
    if record is None:
        yield Trouble(BoxReason.PROCESS_SILENT, SUPERVISOR)
    for name, silences in silent.items():
        if silences is not None and (name not in views or views[name].state == "running"):
            yield Trouble(BoxReason.PROCESS_SILENT, name, silences=silences)
    for view in views.values():
        yield from _process(view, silent.get(view.name) or [])
    yield from record.troubles if record is not None else ()


def _process(view: ProcessView, silences: list[str]) -> Iterator[Trouble]:
    if view.state != "running":
        detail = f"{view.state}: {view.error}" if view.error else view.state
        yield Trouble(BoxReason.PROCESS_DOWN, view.name, detail, view.ended_ns, silences)
    if view.undying:
        numbers = processes.NUMBERS.say(", ".join(map(str, view.undying)))
        yield Trouble(BoxReason.PROCESS_UNDYING, view.name, numbers, view.ended_ns)
    if view.rss_mib > view.budget_rss_mib:
        detail = processes.MEMORY.say(f"{view.rss_mib:.0f}", view.budget_rss_mib)
        yield Trouble(BoxReason.OVER_BUDGET, view.name, detail)
    if view.cpu_percent > view.budget_cpu_percent:
        detail = processes.PROCESSOR.say(f"{view.cpu_percent:.0f}", view.budget_cpu_percent)
        yield Trouble(BoxReason.OVER_BUDGET, view.name, detail)


def _station(snapshot: Snapshot | None) -> Iterator[Trouble]:
    if snapshot is None:
        return
    bad = [message for message in snapshot.messages if message.decision != "send" and not set(message.reasons) & NORMAL]
    causes = {reason: [message for message in bad if reason in message.reasons] for reason in _reasons(bad)}
    explained: set[str] = set()
    for device in snapshot.devices:
        if device.state in _HEARD:
            yield from (Trouble(a.code, device.name, a.text, a.since_ns, device=device.modality) for a in device.alarms)
            if device.doubt:
                yield Trouble(DeviceReason.MOVED, device.name, device.doubt, device=device.modality)
        if device.state == "ok" and not device.error:
            continue
        own = [reason for reason in causes if words(reason).by == device.modality.gives]
        explained.update(own)
        yield _device(device, _silenced(message for reason in own for message in causes[reason]), snapshot.since)
    for doubt in snapshot.clock.doubts if snapshot.clock is not None else ():
        own = [reason for reason in causes if words(reason).by == Gives.POSITION and reason not in explained]
        explained.update(own)
        yield Trouble(
            BoxReason.CLOCK, "time", doubt, silences=_silenced(message for reason in own for message in causes[reason])
        )
    for reason, messages in causes.items():
        if reason not in explained and not explained.union(causes).intersection(words(reason).after):
            yield Trouble(reason, "", since_ns=_since(messages, snapshot.since), silences=_silenced(messages))


def _together(found: Iterable[Trouble]) -> Iterator[Trouble]:
    """Yield one trouble for several devices that share it: six cameras behind a switch that is out."""
    groups: dict[tuple[object, ...], list[Trouble]] = {}
    for each in found:
        groups.setdefault((each.reason, each.device, tuple(each.silences), _shape(each.detail)), []).append(each)
    for first, *rest in groups.values():
        about = ", ".join(each.about for each in (first, *rest))
        since = [each.since_ns for each in (first, *rest) if each.since_ns is not None]
        yield msgspec.structs.replace(first, about=about, since_ns=min(since, default=None)) if rest else first


def _shape(detail: str) -> str:
    """Return a detail without its figures."""
    return re.sub(r"[0-9][0-9.]*", "#", detail)


def _reasons(messages: Iterable[MessageState]) -> list[str]:
    return list(dict.fromkeys(reason for message in messages for reason in message.reasons))


def _device(device: DeviceView, silences: list[str], since: dict[str, int]) -> Trouble:
    reason = BoxReason("device-fault" if device.state == "ok" else f"device-{device.state}")
    since_ns = since.get(f"device {device.name}")
    return Trouble(reason, device.name, device.error or "", since_ns, silences, device.modality)


def _silenced(messages: Iterable[MessageState]) -> list[str]:
    return list(dict.fromkeys(f"{message.kind.upper()} {message.decision}" for message in messages))


def _since(messages: Iterable[MessageState], since: dict[str, int]) -> int | None:
    known = [since[key] for message in messages if (key := f"message {message.kind}") in since]
    return min(known, default=None)


def _uplink(state: UplinkState | None) -> Iterator[Trouble]:
    if state is None or (state.platform.startswith("none") and not state.error):
        return
    told = state.troubles or [state.error or ("" if state.connected else uplink.NOT_CONNECTED.en)]
    yield from (Trouble(BoxReason.UPLINK, state.platform, each) for each in told if each)
    yield from _uplink(state.second)


def _recorder(state: RecorderState | None) -> Iterator[Trouble]:
    if state is not None and (state.state == "paused" or state.error):
        yield Trouble(BoxReason.RECORDER_PAUSED, RECORDER, state.error or "", silences=[processes.RECORDINGS.en])


def sentence(trouble: Trouble, language: str = "en") -> str:
    """Return a trouble in one line: cause, since when, silenced messages."""
    row = words(trouble.reason, trouble.device)
    text = row.text_zh if language == "zh" else row.text
    head = f"{trouble.about}: {text}" if trouble.about else text
    detail = (language == "zh" and trouble.detail_zh) or details.said(trouble.detail, language)
    parts = [f"{head} ({detail})" if detail else head]
    if trouble.since_ns is not None:
        moment = datetime.fromtimestamp(trouble.since_ns / 1e9, UTC).astimezone()
        parts[0] += f"，自 {moment:%m-%d %H:%M:%S} 起" if language == "zh" else f", since {moment:%b %d %H:%M:%S}"
    if trouble.silences:
        comma = "，" if language == "zh" else ", "
        parts.append(comma.join(details.said(each, language) for each in trouble.silences))
    return ("：" if language == "zh" else ": ").join(parts)


def remedy(trouble: Trouble, language: str = "en") -> str:
    """Return the remedy of a trouble; empty: none."""
    row = words(trouble.reason)
    return row.do_zh if language == "zh" else row.do


def level(trouble: Trouble) -> Level:
    """Return the severity of a trouble: that of its row, but critical where it silences a message now."""
    if any(each == processes.ALL_MESSAGES.en or "silent" in each for each in trouble.silences):
        return Level.CRITICAL
    return ALARMS[trouble.reason].level if trouble.reason in ALARMS else Level.MINOR


def is_alarm(trouble: Trouble) -> bool:
    """Tell whether it silences something, or hides the next trouble."""
    return level(trouble) is Level.CRITICAL


def plain(trouble: Trouble, language: str = "en") -> dict[str, object]:
    """Return a trouble with its words, for JSON."""
    told = {"level": level(trouble).value.en, "text": sentence(trouble, language), "do": remedy(trouble, language)}
    if trouble.reason in ALARMS:
        row = ALARMS[trouble.reason]
        told |= {name: str(in_language(getattr(row, name), language)) for name in ("cause", "clears")}
    return {**msgspec.to_builtins(trouble), **told}
