"""Looks that follow from rows elsewhere: reasons of the gate, findings of `rsu check`, states of devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hw.detail import Detail
from hw.modality import Gives
from rsu.bus.snapshot import DeviceView
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Judgement, Measured, bad, fine, warn
from rsu.reasons import details, terms
from rsu.reasons.words import Reason

Look = Callable[[SiteFacts], Iterator[Measured]]
NONE = Detail("none", "无")
_FINDING = Detail("{file}:{line} {key}: {text}", "{file}:{line} {key}：{text}")
_LEVELS = {"ok": Judgement.FINE, "off": Judgement.FINE, "warn": Judgement.WARN, "alarm": Judgement.BAD}


def held(kind: str, judgement: Judgement, *reasons: Reason) -> Look:
    """Return a look at which of some reasons hold for a message type now."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        now = {reason for message in of.snapshot.messages if message.kind == kind for reason in message.reasons}
        found = [reason.words for reason in reasons if reason in now]
        yield from (Measured(judgement, Detail(row.text, row.text_zh)) for row in found)
        if not found:
            yield fine(NONE)

    return look


def findings(*places: str) -> Look:
    """Return a look at the findings of `rsu check` whose key begins with one of some places; none named: all."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        found = [each for each in of.findings if not places or each.key.startswith(places)]
        for each in found:
            row = _FINDING.of(
                file=each.file.rpartition("/")[2], line=each.line, key=each.key, text=Detail(each.text, each.text_zh)
            )
            yield (bad if each.level == "error" else warn)(row)
        if not found:
            yield fine(NONE)

    return look


def states(*gives: Gives, names: tuple[str, ...] = ()) -> Look:
    """Return a look at the states of devices. `names`: of modalities; none: all."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        for device in of.devices(*gives):
            if not names or device.modality.name in names:
                yield _state(device)

    return look


def _state(device: DeviceView) -> Measured:
    term = terms.DEVICES[device.state]
    words = Detail(device.error, details.said(device.error, "zh")) if device.error else term.name
    judgement = _LEVELS[term.level]
    return Measured(Judgement.WARN if device.error and judgement is Judgement.FINE else judgement, words, device.name)
