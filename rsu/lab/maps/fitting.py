"""A lane map whose MAP fits into one frame: fewer points first, then shorter roads."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from pydantic import ValidationError

from hw.detail import Detail
from rsu.lab.maps import airing
from rsu.lab.maps.build import Built, WantedJunction, build
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import RoadNetwork
from rsu.lab.maps.notes import Notes
from v2x import CodecError, dsmp

_TOLERANCES_M = (0.05, 0.1, 0.2, 0.35, 0.5)
_SHARES = (1.0, 0.7, 0.5, 0.35)

_SIZE = Detail("MAP of {octets} octets, of {most} that a frame carries", "MAP 为 {octets} 字节，一帧可承载 {most} 字节")
_COARSER = Detail(
    "lines within {tolerance:g} m of the surveyed ones and roads of at most {reach:.0f} m, so that the MAP fits into a "
    "frame",
    "线形与实测相差不超过 {tolerance:g} m，道路不超过 {reach:.0f} m，使 MAP 可装入一帧",
)
_NO_LANE_MAP = Detail("no lane map can be made of it: {problem}", "无法由此生成车道地图：{problem}")
_LARGE = Detail(
    "the MAP does not fit: {octets} octets, a frame carries {most}; take fewer roads",
    "MAP 无法装入一帧：{octets} 字节，一帧可承载 {most} 字节；请减少道路",
)


def fitted(network: RoadNetwork, wanted: WantedJunction, notes: Notes) -> Built:
    """Return the finest lane map of a junction whose MAP fits into a frame. MapError: there is no junction."""
    for tried in _attempts(wanted):
        account = Notes()
        try:
            built = build(network, tried, account)
            size = airing.size(built.lane_map, built.origin)
        except (ValidationError, CodecError) as error:
            raise MapError(_NO_LANE_MAP.of(problem=str(error).replace("\n", " "))) from error
        if size <= dsmp.MAX_LENGTH:
            break
    notes.extend(account)
    notes.read(_SIZE.of(octets=size, most=dsmp.MAX_LENGTH))
    if size > dsmp.MAX_LENGTH:
        notes.left_out(_LARGE.of(octets=size, most=dsmp.MAX_LENGTH))
    elif tried != wanted:
        notes.assumed(_COARSER.of(tolerance=tried.tolerance_m, reach=tried.reach_m))
    return built


def _attempts(wanted: WantedJunction) -> Iterator[WantedJunction]:
    for share in _SHARES:
        for tolerance in _TOLERANCES_M:
            yield msgspec.structs.replace(wanted, reach_m=wanted.reach_m * share, tolerance_m=tolerance)
