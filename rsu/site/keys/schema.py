"""The JSON Schema of a site file, for editors: they complete keys, show their meaning and mark mistakes, offline.

# yaml-language-server: $schema=site.schema.json       the first line of a site file, with the schema beside it
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hw.registry import DRIVERS, driver_class
from rsu.site.keys import rows
from rsu.site.model import DeviceEntry, Site

FILE = "site.schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"  # the name of the language, never fetched


def text() -> str:
    """Return the schema as a file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> dict[str, Any]:
    """Return the schema."""
    drivers = {kind: driver_class(kind).Settings for kind in DRIVERS}
    models: list[type[BaseModel]] = [Site, *dict.fromkeys(drivers.values())]
    references, made = models_json_schema([(model, "validation") for model in models], title="Site file")
    definitions: dict[str, Any] = made["$defs"]
    for model in _all(models):
        _describe(definitions.get(model.__name__, {}), model)
    by_kind = [_if(kind, references[settings, "validation"]) for kind, settings in drivers.items()]
    definitions[DeviceEntry.__name__]["allOf"] = by_kind
    definitions[DeviceEntry.__name__]["properties"]["kind"]["examples"] = [*DRIVERS, "replay"]
    site = definitions.pop(Site.__name__)
    one = {"type": "string", "description": "name of the radio that sends all message types"}
    site["properties"]["radio"] = {"anyOf": [one, site["properties"]["radio"]]}
    return {"$schema": _DRAFT, **site, "$defs": definitions}


def _if(kind: str, settings: Any) -> dict[str, Any]:
    """Return the condition that devices of a kind have the settings of its driver."""
    has_kind = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"if": has_kind, "then": {"properties": {"driver": settings}}}


def _all(models: list[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield models and all models in them."""
    for model in models:
        yield model
        yield from _all([inner for field in model.model_fields.values() for inner in rows.models(field.annotation)])


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the meaning and unit of each key into the definition of its model."""
    for key in rows.keys(model):
        place = definition.get("properties", {}).get(key.path)
        if place is not None and key.meaning:
            place["description"] = f"{key.meaning} [{key.unit}]" if key.unit else key.meaning
