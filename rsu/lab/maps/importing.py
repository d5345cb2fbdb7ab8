"""`rsu map import` as a function: a foreign map -> the text of a lane map, with its account."""

from __future__ import annotations

from pathlib import Path

import msgspec
from pydantic import ValidationError

from hw.detail import Detail
from perception.geo import Reference
from rsu.exports.datum import CGCS2000_EPOCH
from rsu.lab.maps import city_model, formats, yaml_text
from rsu.lab.maps.build import Built, WantedJunction
from rsu.lab.maps.choice import FoundJunction, listing
from rsu.lab.maps.errors import PlaceUnknownError
from rsu.lab.maps.fitting import fitted
from rsu.lab.maps.network import RoadNetwork
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Stated
from rsu.lab.maps.template import CrossingPlan, crossing
from rsu.site.lanemap import LaneMapFile, OriginModel

_TEMPLATE = Detail(
    "all lines: they are straight, as the template has them; survey the stop lines and correct the points",
    "全部线形：均为模板给出的直线；请实测停止线并修正各点",
)
_OWN = Detail(
    "{file}: a city model of `rsu export site`: its lane map is taken as it is",
    "{file}：由 `rsu export site` 生成的城市模型：车道地图按原样采用",
)
_NO_ORIGIN = Detail("the place of the map cannot be: {key}: {reason}", "地图的位置无效：{key}：{reason}")


class ImportedMap(msgspec.Struct, frozen=True):
    """A lane map that was made of a foreign one."""

    built: Built
    notes: Notes
    text: str  # YAML
    junctions: tuple[FoundJunction, ...] = ()  # of the foreign map, those with the most lanes first


def network(path: Path, format_name: str, stated: Stated) -> tuple[RoadNetwork, Notes]:
    """Read a foreign map. MapError: it cannot be read; MissingError: a library is not there."""
    notes = Notes()
    return formats.read(path, format_name, stated, notes), notes


def lane_map(
    path: Path, format_name: str, stated: Stated, wanted: WantedJunction, height_m: float | None
) -> ImportedMap:
    """Read a foreign map and build one junction of it; errors as with `network`."""
    if (model := city_model.read(path)) is not None:
        return _own(path, model)
    found, notes = network(path, format_name, stated)
    built = fitted(found, wanted, notes)
    if built.origin is not None:
        origin = _origin(built.origin, stated, found.cgcs2000, height_m)
        built = msgspec.structs.replace(built, lane_map=built.lane_map.model_copy(update={"origin": origin}))
    made = finished(built, notes, f"Lane map, made of {path.name}")
    return msgspec.structs.replace(made, junctions=tuple(listing(found)))


def _own(path: Path, model: LaneMapFile) -> ImportedMap:
    """Return the lane map of a city model of ours, as it is."""
    notes = Notes()
    notes.read(_OWN.of(file=path.name))
    assert model.origin is not None
    place = Reference(model.origin.latitude_deg, model.origin.longitude_deg, model.origin.elevation_m)
    return finished(Built(model, place, {}), notes, f"Lane map, made of {path.name}")


def new(plan: CrossingPlan, place: Reference | None, wanted: WantedJunction) -> ImportedMap:
    """Return the lane map of a template. PlaceUnknownError: roads that cannot be."""
    notes = Notes()
    place = place or wanted.reference
    built = fitted(crossing(plan, place), wanted, notes)
    if place is not None:
        origin = _origin(place, Stated(), False, None)
        built = msgspec.structs.replace(built, lane_map=built.lane_map.model_copy(update={"origin": origin}))
    notes.assumed(_TEMPLATE)
    return finished(built, notes, "Lane map of a template")


def finished(built: Built, notes: Notes, title: str) -> ImportedMap:
    """Return the file of a lane map that was built."""
    head = [f"{title} by `rsu map`.", "Metres east and north of `origin`, which is the site's reference point.", ""]
    head += [f"{note.kind}: {note.text.en}" for note in notes]
    return ImportedMap(built, notes, yaml_text.text(built.lane_map, head, built.remarks))


def _origin(place: Reference, stated: Stated, cgcs2000: bool, height_m: float | None) -> OriginModel:
    """Return the place of zero as a lane map states it. PlaceUnknownError: it is not on Earth."""
    moved = stated.to_epoch_years
    cgcs2000 = cgcs2000 and moved is None
    try:
        return OriginModel(
            latitude_deg=place.latitude_deg,
            longitude_deg=place.longitude_deg,
            elevation_m=place.elevation_m if height_m is None else height_m,
            coordinates="cgcs2000" if cgcs2000 else "wgs84",
            epoch_years=CGCS2000_EPOCH if cgcs2000 else moved or stated.epoch_years,
        )
    except ValidationError as error:
        key, reason = error.errors()[0]["loc"][-1], error.errors()[0]["msg"]
        raise PlaceUnknownError(_NO_ORIGIN.of(key=key, reason=reason)) from error
