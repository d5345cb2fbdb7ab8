"""The records for the platform: kinds that it takes, acknowledgements, those that wait, those that are lost."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Margin, Measured, Probe, bad, fine
from rsu.reasons import details, uplink

_SILENT = Margin(10, 60, "s")
_WAITING = Margin(1000, 100_000)

_ALLOWED = Detail("all kinds of records", "全部种类的记录")
_ACKNOWLEDGED = Detail("acknowledged", "已确认")
_NONE = Detail("none", "无")
_COUNTED = Detail("{count} {kind}: {why}", "{kind} {count} 条：{why}")
_REFUSED = Detail("refused by the platform", "平台拒绝")


def _access(of: SiteFacts) -> Iterator[Measured]:
    for kind, why in of.uplink.denied.items():
        yield bad(Detail(why, details.said(why, "zh")), kind)
    if not of.uplink.denied:
        yield fine(_ALLOWED)


def _acknowledged(of: SiteFacts) -> Iterator[Measured]:
    silent_s = of.uplink.silent_s
    yield fine(_ACKNOWLEDGED) if silent_s is None else _SILENT.measured(silent_s)


def _waiting(of: SiteFacts) -> Iterator[Measured]:
    yield _WAITING.measured(of.uplink.waiting)


def _refused(of: SiteFacts) -> Iterator[Measured]:
    state = of.uplink
    why = Detail(state.refusal, state.refusal) if state.refusal else _REFUSED
    for kind, count in state.refused.items():
        yield bad(_COUNTED.of(count=count, kind=kind, why=why))
    for reason, count in state.set_aside.items():
        yield bad(_COUNTED.of(count=count, kind=reason, why=uplink.LARGER_PACKETS))
    if not state.refused and not state.set_aside:
        yield fine(_NONE)


KEPT = Detail(
    "records for the platform are kept and sent later, at most as long as spool.max_age_h",
    "记录先保存后发送，最长为 spool.max_age_h",
)
_SEE_STATUS = Detail("`rsu status` names cause and remedy", "`rsu status` 给出原因与处理办法")
_LOG = Detail("compare with the broker's log and its access list", "对照消息服务器日志与访问控制列表")

PROBES = (
    Probe(
        "access",
        Detail("kinds of records that the broker takes", "消息服务器接受的记录种类"),
        KEPT,
        _LOG,
        _ALLOWED,
        _access,
    ),
    Probe(
        "acknowledged",
        Detail("time without acknowledgements of the platform", "平台无确认的时间"),
        KEPT,
        _SEE_STATUS,
        _SILENT.words,
        _acknowledged,
    ),
    Probe(
        "waiting",
        Detail("records that wait", "等待发送的记录"),
        Detail("when the spool is full the oldest are given up", "缓存满时放弃最旧的记录"),
        _SEE_STATUS,
        _WAITING.words,
        _waiting,
    ),
    Probe(
        "refused-records",
        Detail("records refused or set aside", "被拒绝或搁置的记录"),
        Detail("they are lost for the platform", "平台不会得到这些记录"),
        uplink.ASK_OPERATOR,
        _NONE,
        _refused,
    ),
)
