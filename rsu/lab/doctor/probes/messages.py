"""Messages of the newest recording, read as a receiver does: MAP and SPAT belong together, none is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hw.detail import Detail
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.on_air import AirFigures
from rsu.lab.doctor.probe import Margin, Measured, Probe, ProbeGroup, bad, fine

_LEFT_OUT = Margin(1, 10)
_GAPS = Margin(1, 10)

_NOT_ON_AIR = Detail("not on air in the newest recording", "最近的录制中未播发")
_NODES = Detail("{map} in MAP, {spat} in SPAT", "MAP 为 {map}，SPAT 为 {spat}")
_READ = Detail("{count} read, none damaged", "已解码 {count} 帧，无损坏")
_BROKEN = Detail("{count} of {all} cannot be read", "{all} 帧中 {count} 帧无法解码")
_PHASES = Detail("{count} phases of MAP in SPAT", "MAP 的 {count} 个相位均在 SPAT 中")
_MISSING = Detail("not in SPAT: {phases}", "SPAT 中没有：{phases}")


def _with(one: Callable[[AirFigures], object], other: Callable[[AirFigures], object], of: SiteFacts) -> AirFigures:
    """Return the messages where two of their parts are there."""
    air = of.recent.on_air
    if not one(air) or not other(air):
        raise NotApplicableError(_NOT_ON_AIR)
    return air


def _nodes(of: SiteFacts) -> Iterator[Measured]:
    air = _with(lambda air: air.nodes, lambda air: air.intersections, of)
    told = _NODES.of(map=_listed(air.nodes), spat=_listed(air.intersections))
    yield (fine if air.intersections <= air.nodes else bad)(told)


def _listed(nodes: frozenset[tuple[int | None, int]]) -> str:
    return ", ".join(f"{region}:{number}" for region, number in sorted(nodes, key=str))


def _phases(of: SiteFacts) -> Iterator[Measured]:
    air = _with(lambda air: air.map_phases, lambda air: air.spat_phases, of)
    if missing := air.map_phases - air.spat_phases:
        yield bad(_MISSING.of(phases=", ".join(map(str, sorted(missing)))))
    else:
        yield fine(_PHASES.of(count=len(air.map_phases)))


def _readable(of: SiteFacts) -> Iterator[Measured]:
    air = of.recent.on_air
    for kind, count in air.counts.items():
        broken = air.unreadable.get(kind, 0)
        text = _BROKEN.of(count=broken, all=count) if broken else _READ.of(count=count)
        yield (bad if broken else fine)(text, kind.upper())


def _not_encoded(of: SiteFacts) -> Iterator[Measured]:
    for message in of.snapshot.messages:
        count = of.snapshot.counters.get(f"{message.kind}-not-encoded", 0)
        yield _LEFT_OUT.measured(count, message.kind.upper())


def _counts(of: SiteFacts) -> Iterator[Measured]:
    air = of.recent.on_air
    for kind in air.counts:
        yield _GAPS.measured(air.count_gaps.get(kind, 0), kind.upper())


_DEFECT = Detail("send the recording to the maker", "将录制发给厂家")
GROUP = ProbeGroup(
    "messages",
    Detail("Messages together", "消息一致性"),
    (
        Probe(
            "map-spat-node",
            Detail("node of MAP and of SPAT", "MAP 与 SPAT 的节点"),
            Detail("vehicles look up the map of the light by this number", "车辆按此编号查找信号灯所属地图"),
            Detail(
                "site.region and site.node must name a node of the lane map",
                "site.region 与 site.node 须为车道地图中的节点",
            ),
            Detail("SPAT's in MAP", "SPAT 的节点在 MAP 中"),
            _nodes,
        ),
        Probe(
            "map-spat-phases",
            Detail("phases of MAP in SPAT", "MAP 的相位在 SPAT 中"),
            Detail(
                "a lane whose phase is not in SPAT has no light for vehicles",
                "相位不在 SPAT 中的车道对车辆而言没有信号灯",
            ),
            Detail("add the phase with its lamp under signal.phases", "在 signal.phases 中补充该相位及其灯组"),
            Detail("all", "全部"),
            _phases,
        ),
        Probe(
            "frames-readable",
            Detail("frames that decode", "可解码的帧"),
            Detail("a receiver drops the others", "接收方会丢弃其余帧"),
            _DEFECT,
            Detail("all", "全部"),
            _readable,
        ),
        Probe(
            "not-encoded",
            Detail("messages that could not be encoded, since the start", "启动以来未能编码的消息"),
            Detail(
                "no vehicle receives them: too long for a frame, or a value out of range",
                "过长或含无法表示的值，车辆收不到这些消息",
            ),
            Detail(
                "the log names the cause; of MAP: fewer points or lanes in the lane map (`rsu map check`)",
                "日志给出原因；若为 MAP：减少车道地图中的点或车道（`rsu map check`）",
            ),
            _LEFT_OUT.words,
            _not_encoded,
        ),
        Probe(
            "message-counts",
            Detail("jumps of msgCnt", "msgCnt 跳变"),
            Detail("receivers count them as lost messages", "接收方会视为消息丢失"),
            _DEFECT,
            _GAPS.words,
            _counts,
        ),
    ),
)
