"""XML of strangers: no entities, no document type, no network, at most 64 MiB; every error with its line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from hw.detail import Detail
from rsu.lab.maps.errors import MapError

LARGEST = 64 * 1024 * 1024  # octets
Element = Any  # lxml has no types

_LARGE = Detail(
    "{file} has {size} MiB, the limit is {most}: cut out the crossing first",
    "{file} 为 {size} MiB，上限 {most}：请先截取路口",
)
_NO_XML = Detail("{file}:{line}: not XML: {problem}", "{file}:{line}：不是 XML：{problem}")
_DOCTYPE = Detail(
    "{file}: declares a document type or entities, which maps do not need: refused",
    "{file}：声明了文档类型或实体，地图无此需要：已拒绝",
)
_NO_NUMBER = Detail(
    "line {line}: {tag}: expected a number in {name}, got {value}", "第 {line} 行：{tag}：{name} 应为数值，实为 {value}"
)
_MISSING = Detail("line {line}: {tag}: {name} is missing", "第 {line} 行：{tag}：缺少 {name}")


def octets(path: Path) -> bytes:
    """Return the content of a file, unpacked where it is gzip. MapError: it is too large."""
    import gzip
    import zlib

    data = path.read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            with gzip.open(path) as packed:
                data = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise MapError(_NO_XML.of(file=path.name, line=1, problem=error)) from error
    if len(data) > LARGEST:
        raise MapError(_LARGE.of(file=path.name, size=len(data) >> 20, most=LARGEST >> 20))
    return data


def root(data: bytes, file: str) -> Element:
    """Return the root of an XML text. MapError: it is none, or one that unfolds."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        found = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise MapError(_NO_XML.of(file=file, line=line, problem=getattr(error, "msg", None) or error)) from error
    if found.getroottree().docinfo.internalDTD is not None:
        raise MapError(_DOCTYPE.of(file=file))
    return found


def number(element: Element, name: str, usual: float | None = None) -> float:
    """Return a finite number in an attribute. MapError: it is none, or missing and there is no usual one."""
    text = element.get(name)
    if not text:  # also of maps that leave latitude and longitude empty beside local coordinates
        if usual is None:
            raise MapError(_MISSING.of(line=element.sourceline, tag=element.tag, name=name))
        return usual
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e9:
        raise MapError(_NO_NUMBER.of(line=element.sourceline, tag=element.tag, name=name, value=text[:40]))
    return value


def text(element: Element, name: str) -> str:
    """Return an attribute. MapError: it is missing."""
    value = element.get(name)
    if value is None:
        raise MapError(_MISSING.of(line=element.sourceline, tag=element.tag, name=name))
    return str(value)
