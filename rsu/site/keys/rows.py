"""The keys of the site file and of the lane map, read off its models: value and range, unit, default, meaning.

A key's meaning is its field's description, or the comment beside it where a package has no descriptions (perception).
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from hw.endpoint import Endpoint
from hw.registry import DRIVERS, driver_class
from rsu.site.lanemap import LaneMapFile
from rsu.site.model import Site

UNITS = {
    "deg": "°", "m": "m", "mps": "m/s", "mps2": "m/s²", "s": "s", "ms": "ms", "h": "h", "hz": "Hz", "px": "px",
    "percent": "%", "ppm": "ppm", "gib": "GiB", "mib": "MiB", "minutes": "min", "octets": "octets",
}  # fmt: skip
DRIVER = "devices.NAME.driver."
_OF_ALL = "*"  # stands for every model of a section that has the same base


class Key(NamedTuple):
    """One key of a section."""

    path: str  # from the section on; NAME: of the site's choice, []: of each item
    schema: dict[str, Any]  # JSON schema, references resolved
    default: str  # JSON; empty: none, it must be given
    meaning: str
    prefix: str = ""  # of the section, from the beginning of the file on

    @property
    def whole(self) -> str:
        """Return the path from the beginning of the file on."""
        return self.prefix + self.path

    @property
    def unit(self) -> str:
        """Return the unit that the key's name ends with."""
        return UNITS.get(self.path.rpartition(".")[2].removesuffix("[]").rpartition("_")[2], "")


def sections() -> Iterator[tuple[str, list[Key]]]:
    """Return every part of the site file with its keys, and the settings of every driver of ours."""
    plain = [key for key in keys(Site) if "." not in key.path and not models(Site.model_fields[key.path].annotation)]
    yield "", plain
    for name, field in Site.model_fields.items():
        for model in models(field.annotation):
            yield name, _section(model, f"{name}{_of_each(field.annotation)}.")
    for kind in DRIVERS:
        yield f"driver: {kind}", _section(driver_class(kind).Settings, DRIVER)
    yield "link", _section(Endpoint, f"{DRIVER}NAME.")


def lane_map() -> list[Key]:
    """Return the keys of the lane map."""
    return list(_walk(LaneMapFile, ""))


def _section(model: type[BaseModel], prefix: str) -> list[Key]:
    return [key._replace(prefix=prefix) for key in _walk(model, "")]


def _of_each(annotation: Any) -> str:
    """Return the part of a path that stands for each member of a list or map."""
    kinds = {get_origin(annotation), *(get_origin(each) for each in get_args(annotation))}
    return "[]" if list in kinds else ".NAME" if dict in kinds else ""


def _walk(model: type[BaseModel], prefix: str) -> Iterator[Key]:
    """Return the keys of a model and of those in it; keys that several models have from one base come once."""
    told: set[type[BaseModel]] = set()
    for key in keys(model):
        inner = models(model.model_fields[key.path].annotation)
        path = prefix + key.path + _link(key.schema)
        if not inner or Endpoint in inner:  # that one is told of once
            meaning = key.meaning or ("one of the links below" if inner else "")
            yield key._replace(path=prefix + key.path, meaning=meaning)
        for each in inner if Endpoint not in inner else ():
            base = each.__base__
            shared = base if base is not None and issubclass(base, BaseModel) and base.model_fields else None
            if shared is not None and shared not in told and len(_users(model, shared)) > 1:
                told.add(shared)
                yield from _walk(shared, f"{prefix}{_OF_ALL}.")
            same = _same(each, shared) if shared in told and shared is not None else set()
            yield from (found for found in _walk(each, f"{path}.") if found.path.removeprefix(f"{path}.") not in same)


def _users(model: type[BaseModel], base: type[BaseModel]) -> list[str]:
    fields = model.model_fields.items()
    return [name for name, field in fields for each in models(field.annotation) if each.__base__ is base]


def _same(model: type[BaseModel], base: type[BaseModel]) -> set[str]:
    """Return the keys that a model has as its base has them."""
    return {
        name
        for name, field in base.model_fields.items()
        if model.model_fields[name].get_default() == field.get_default()
    }


def _link(schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return "[]"
    return ".NAME" if "additionalProperties" in schema and schema.get("additionalProperties") is not False else ""


def models(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that a field's type is made of."""
    if inspect.isclass(annotation) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for each in get_args(annotation) for model in models(each)]


def keys(model: type[BaseModel]) -> Iterator[Key]:
    """Return the keys of one model. `path` is the field's name alone."""
    schema = model.model_json_schema()
    comments = _comments(model)
    for name, found in schema.get("properties", {}).items():
        field = model.model_fields[name]
        default = "" if field.is_required() else json.dumps(found.get("default"), ensure_ascii=False)
        meaning = field.description or _inherited(model, name) or comments.get(name, "")
        resolved = {**schema["$defs"][found["$ref"].rpartition("/")[2]], **found} if "$ref" in found else found
        yield Key(name, resolved, default, meaning)


def _inherited(model: type[BaseModel], name: str) -> str:
    """Return the description of a field that a model takes over with another default."""
    bases = [each for each in model.__mro__[1:] if issubclass(each, BaseModel) and name in each.model_fields]
    return next((found for each in bases if (found := each.model_fields[name].description)), "")


def _comments(model: type[BaseModel]) -> dict[str, str]:
    """Return the comments that stand beside fields, those of bases too."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            lines = re.findall(r"^    (\w+): .*?  # (.+)$", inspect.getsource(each), re.MULTILINE)
            found |= {name: text for name, text in lines if "noqa" not in text}
    return found
