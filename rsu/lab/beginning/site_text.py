"""A first site file: the devices that were found, the answers, and a comment at each key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hw import registry
from hw.detail import Detail
from hw.modality import Gives
from perception.geo import Reference
from rsu.lab.beginning.probing import ProbedDevice, names
from rsu.site.keys import find, schema, shown

LANES = "lanes.yaml"
_HEAD = Detail(
    "A first site file by `rsu init`. Survey the values marked TODO; then: rsu check --live",
    "由 `rsu init` 生成的站点文件。标有 TODO 的内容须实测；之后执行：rsu check --live",
)
_RADIO = Detail("TODO: address of the radio", "TODO：射频单元的地址")
_MOUNT = Detail("TODO: survey place, height and yaw of the sensor", "TODO：实测传感器的位置、高度与偏航角")
_SIGNAL = Detail("TODO: which lamp of the controller shows which phase", "TODO：信号机的哪个灯组对应哪个相位")


class SiteAnswers(NamedTuple):
    """The answers of the engineer."""

    name: str
    region: int
    node: int
    district: str  # GB/T 2260; empty: unknown
    place: Reference
    radio: str  # address:port
    listen: str  # our address:port for it


def text(answers: SiteAnswers, found: Sequence[ProbedDevice], language: str) -> str:
    """Return the site file."""
    return "\n".join(_lines(answers, [*zip(names(found), found, strict=True)], language)) + "\n"


def _lines(answers: SiteAnswers, devices: list[tuple[str, ProbedDevice]], language: str) -> Iterator[str]:
    def told(key: str) -> str:
        return shown.meaning(find.find(key)[0], language)

    place = answers.place
    where = f"latitude_deg: {place.latitude_deg:.7f}, longitude_deg: {place.longitude_deg:.7f}"
    yield f"# yaml-language-server: $schema={schema.FILE}"
    yield f"# {_HEAD.told(language)}"
    yield from ("version: 1", "", "site:")
    yield f"  name: {_flow(answers.name)}  # {told('site.name')}"
    yield f"  region: {answers.region}  # {told('site.region')}"
    yield f"  node: {answers.node}  # {told('site.node')}"
    yield f"  reference: {{{where}, elevation_m: {place.elevation_m:.1f}}}  # {told('site.reference.elevation_m')}"
    yield f"  lane_map: {LANES}  # {told('site.lane_map')}"
    yield from ("", "identity:")
    yield f"  rscu_sn: BOX-{answers.node}  # {told('identity.rscu_sn')}"
    yield f"  rsu_sn: RADIO-{answers.node}  # {told('identity.rsu_sn')}"
    yield f"  region_id: {_flow(answers.district)}  # {told('identity.region_id')}"
    yield from ("", f"radio: radio  # {told('radio.device')}", "", "devices:")
    for name, device in devices:
        yield from (f"  {name}:", f"    kind: {device.kind}", f"    driver: {{link: {_flow(device.link)}}}")
    agent = next(kind for kind in registry.DRIVERS if registry.modality(kind).gives is Gives.RADIO)
    yield from ("  radio:", f"    kind: {agent}")
    udp = f'udp: {{listen: "{answers.listen}", peer: "{answers.radio}"}}'
    yield f"    driver: {{link: {{{udp}}}}}  # {_RADIO.told(language)}"
    yield from _sensors([name for name, device in devices if device.gives == Gives.ROAD_USERS], language)
    if any(device.gives == Gives.SIGNALS for _, device in devices):
        yield from (
            "",
            f"# {_SIGNAL.told(language)}",
            "# signal:",
            "#   device: signal",
            "#   phases: [{id: 1, lamp: 1}]",
        )
    yield from ("", f"recording: {{enabled: true}}  # {told('recording.enabled')}")


def _sensors(sensors: list[str], language: str) -> Iterator[str]:
    if not sensors:
        yield from ("", "sensors: []")
        return
    yield from ("", "sensors:")
    for name in sensors:
        yield f"  - device: {name}"
        yield f"    mount: {{east_m: 0.0, north_m: 0.0, height_m: 6.0, yaw_deg: 0.0}}  # {_MOUNT.told(language)}"
        yield "    field_of_view: {range_m: 100.0, width_deg: 90.0}"


def _flow(node: object) -> str:
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in node.items()) + "}"
    return json.dumps(node)  # numbers, and text in quotes with its own escaped
