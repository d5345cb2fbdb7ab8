"""The daemon: its processes, their budgets and restarts, the recorder, site file and versions."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from hw.detail import Detail
from rsu.lab.doctor.derived import findings
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Measured, Probe, ProbeGroup, bad, figure, fine, remedy, warn
from rsu.reasons import details, processes, terms
from rsu.reasons.box import BoxReason

_RESTARTS = Margin(1, 5)
_SHARE = Margin(80, 100, "%")

_OF_BUDGET = Detail(
    "{memory:.0f} % of its memory, {processor:.0f} % of its processor time",
    "内存 {memory:.0f} %，处理器时间 {processor:.0f} %",
)
_STATE = Detail("{state}: {files} recordings", "{state}：共 {files} 个录制")
_IN_USE = Detail("in use", "已启用")
_NATIVE = Detail("{codec} codec, {fusion} fusion", "编解码 {codec}，融合 {fusion}")
_ENGINES = {True: Detail("native", "原生"), False: Detail("plain Python", "纯 Python")}


def _states(of: SiteFacts) -> Iterator[Measured]:
    for each in of.processes.processes:
        state = processes.STATES.get(each.state, Detail(each.state, each.state))
        yield fine(state, each.name) if each.state == "running" else bad(state, each.name)


def _restarts(of: SiteFacts) -> Iterator[Measured]:
    for each in of.processes.processes:
        text = Detail(each.error, details.said(each.error, "zh")) if each.error else figure(str(each.restarts))
        yield _RESTARTS.measured(each.restarts, each.name, text)


def _budgets(of: SiteFacts) -> Iterator[Measured]:
    for each in of.processes.processes:
        memory = 100.0 * each.rss_mib / max(1, each.budget_rss_mib)
        processor = 100.0 * each.cpu_percent / max(1, each.budget_cpu_percent)
        yield _SHARE.measured(max(memory, processor), each.name, _OF_BUDGET.of(memory=memory, processor=processor))


def _recorder(of: SiteFacts) -> Iterator[Measured]:
    state = of.recorder
    text = _STATE.of(state=terms.RECORDER[state.state].name, files=state.files)
    paused = state.state == "paused" or state.error is not None
    yield Measured(Judgement.BAD if paused else Judgement.FINE, text)


def _site_in_use(of: SiteFacts) -> Iterator[Measured]:
    reasons = (BoxReason.SITE_CHANGED, BoxReason.SITE_UNFIT, BoxReason.SITE_FAILED)
    found = [reason.words for reason in reasons if reason in {each.reason for each in of.processes.troubles}]
    yield from (warn(Detail(row.text, row.text_zh)) for row in found)
    if not found:
        yield fine(_IN_USE)


def _version(of: SiteFacts) -> Iterator[Measured]:
    ours = version("rsu-edge")
    yield fine(figure(ours))


def _engines(of: SiteFacts) -> Iterator[Measured]:
    native = of.box.codec == "native", of.box.fusion_native
    text = _NATIVE.of(codec=_ENGINES[native[0]], fusion=_ENGINES[native[1]])
    yield fine(text) if all(native) else warn(text)


_LATE = Detail("messages leave late when the box has no time for them", "处理能力不足时消息迟发")
GROUP = ProbeGroup(
    "daemon",
    Detail("Daemon and software", "守护程序与软件"),
    (
        Probe(
            "processes",
            Detail("processes of the daemon", "守护程序的进程"),
            Detail("a process that is down takes its part of the work with it", "进程停止则其工作中断"),
            remedy(BoxReason.PROCESS_DOWN),
            Detail("running", "运行中"),
            _states,
        ),
        Probe(
            "restarts",
            Detail("restarts of processes", "进程重启次数"),
            Detail("each is a short silence, and a defect", "每次重启都有短暂静默，且意味着缺陷"),
            remedy(BoxReason.PROCESS_DOWN),
            _RESTARTS.words,
            _restarts,
        ),
        Probe(
            "budgets",
            Detail("use of the budgets of processes", "进程预算使用率"),
            _LATE,
            remedy(BoxReason.OVER_BUDGET),
            _SHARE.words,
            _budgets,
        ),
        Probe(
            "recorder",
            Detail("recorder", "录制进程"),
            Detail("without recordings an event cannot be looked at later", "无录制则事后无法复核"),
            remedy(BoxReason.RECORDER_PAUSED),
            Detail("not paused", "未暂停"),
            _recorder,
        ),
        Probe(
            "site-file",
            Detail("findings of `rsu check`", "`rsu check` 的检查结果"),
            Detail("a value that is hardly meant so puts something wrong on air", "不合常理的数值会使播发内容出错"),
            Detail(
                "correct the line; `rsu config explain KEY` tells the meaning of a key",
                "改正所指的行；`rsu config explain 键` 说明其含义",
            ),
            Detail("none", "无"),
            findings(),
        ),
        Probe(
            "site-in-use",
            Detail("site file on disk against the one in use", "磁盘上的站点文件与正在使用的版本"),
            Detail("a correction works only once it is in use", "改动启用后才生效"),
            remedy(BoxReason.SITE_CHANGED),
            _IN_USE,
            _site_in_use,
        ),
        Probe(
            "version",
            Detail("version of this software", "本软件版本"),
            Detail("the maker asks for it first", "联系厂家时首先需要提供"),
            Detail("`rsu --version -v` lists the versions of its parts", "`rsu --version -v` 列出各组成部分的版本"),
            Detail("told only", "仅供参考"),
            _version,
        ),
        Probe(
            "engines",
            Detail("C extensions of codec and fusion", "编解码与融合的 C 扩展"),
            Detail(
                "without them a message costs 60 times the processor time or more",
                "缺少时每条消息的处理器耗时达 60 倍以上",
            ),
            Detail(
                "install the wheel for this processor, or a compiler before installing",
                "安装适用于本处理器的 wheel，或先安装编译器再安装本软件",
            ),
            Detail("native", "原生"),
            _engines,
        ),
    ),
)
