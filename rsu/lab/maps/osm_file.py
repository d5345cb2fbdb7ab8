"""The XML of OpenStreetMap, which lanelet2 uses too: nodes, ways, relations with their tags (API 0.6)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.lab.maps import xml_file
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.xml_file import Element, number, text

_NO_OSM = Detail("no OpenStreetMap XML: the root element is {tag}", "不是 OpenStreetMap XML：根元素为 {tag}")
_EMPTY = Detail("there are no nodes in {file}", "{file} 中没有节点")


class OsmNode(NamedTuple):
    """A point."""

    longitude_deg: float
    latitude_deg: float
    tags: dict[str, str]


class OsmWay(NamedTuple):
    """A line through nodes."""

    nodes: list[str]  # those that the file has
    tags: dict[str, str]


class OsmRelation(NamedTuple):
    """Members with their roles."""

    members: list[tuple[str, str, str]]  # kind, id, role
    tags: dict[str, str]


class OsmFile(NamedTuple):
    """The content of a file."""

    nodes: dict[str, OsmNode]
    ways: dict[str, OsmWay]
    relations: dict[str, OsmRelation]
    cut: int  # references to nodes that the file does not have


def load(path: Path) -> OsmFile:
    """Read a file. MapError: it is none."""
    root = xml_file.root(xml_file.octets(path), path.name)
    if root.tag != "osm":
        raise MapError(_NO_OSM.of(tag=root.tag))
    nodes = {text(each, "id"): _node(each) for each in root.iterfind("node") if each.get("action") != "delete"}
    if not nodes:
        raise MapError(_EMPTY.of(file=path.name))
    ways, cut = {}, 0
    for each in root.iterfind("way"):
        references = [text(ref, "ref") for ref in each.iterfind("nd")]
        there = [ref for ref in references if ref in nodes]
        cut += len(references) - len(there)
        ways[text(each, "id")] = OsmWay(there, _tags(each))
    relations = {text(each, "id"): _relation(each) for each in root.iterfind("relation")}
    return OsmFile(nodes, ways, relations, cut)


def _node(element: Element) -> OsmNode:
    return OsmNode(number(element, "lon", 0.0), number(element, "lat", 0.0), _tags(element))


def _relation(element: Element) -> OsmRelation:
    members = [(each.get("type", ""), text(each, "ref"), each.get("role", "")) for each in element.iterfind("member")]
    return OsmRelation(members, _tags(element))


def _tags(element: Element) -> dict[str, str]:
    return {text(each, "k"): text(each, "v") for each in element.iterfind("tag")}
