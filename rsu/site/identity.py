"""How the cloud knows this box: its numbers, its place, its roads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from perception.geo import Reference


class LampPhase(NamedTuple):
    """A phase of the lane map that a lamp of the controller shows."""

    id: int
    permissive: bool  # its green gives way to others


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The sender: the box, its radio unit and its place. Empty text, None: unknown, left out."""

    rscu_sn: str
    rsu_sn: str
    region_id: str = ""  # GB/T 2260, six digits
    city_code: str = ""  # GB/T 2260, six digits
    cross_id: str = ""
    cross_name: str = ""
    road_id: int | None = None
    road_name: str = ""
    reference: Reference
    supplier: str = ""
    owner: str = ""
    software_version: str = ""
    hardware_version: str = ""
    links: Mapping[str, int] = {}  # name of the lane map's link -> linkId
    maneuvers: Mapping[tuple[str, int], list[str]] = {}  # link and lane -> those of MOVEMENTS that the lane allows
    node: tuple[int, int] = (0, 0)  # region and number of the lane map's node
    phases: Mapping[int, list[LampPhase]] = {}  # number of a lamp -> the phases that it shows
