"""Lane maps that the page asks its worker for, and the worker's exit code where there is none."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rsu.lab.maps.placing import Datum
from rsu.lab.maps.template import PhasePlan

REFUSED = 3  # exit code of the worker that tells why there is no lane map
_Year = Annotated[float, Meta(ge=1984, le=2100)]
_Reach = Annotated[float, Meta(ge=20, le=1000)]  # m


class ImportWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="import"):
    """A map of others; the words are those of `rsu map import`."""

    name: str  # of its file
    format: str = "auto"
    crossing: str | None = None
    datum: Datum | None = None
    epoch_years: _Year | None = None
    to_epoch_years: _Year | None = None
    from_gcj02: bool = False
    crs: Annotated[str, Meta(max_length=2000)] | None = None
    origin_deg: tuple[Annotated[float, Meta(ge=-89, le=89)], Annotated[float, Meta(ge=-180, le=180)]] | None = None
    height_m: Annotated[float, Meta(ge=-409.5, le=6143.9)] | None = None
    reach_m: _Reach = 150.0


class TemplateWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="new"):
    """A crossing of a template; the words are those of `rsu map new`."""

    legs: Annotated[list[str], Meta(max_length=12)]
    width_m: Annotated[float, Meta(ge=2.3, le=6)] = 3.5
    limit_kmh: Annotated[float, Meta(ge=10, le=120)] = 60.0
    bikes: bool = False
    crosswalks: bool = True
    phases: PhasePlan = "movement"
    reach_m: _Reach = 150.0


class MapWish(msgspec.Struct, frozen=True):
    """A lane map for a site."""

    site: str  # path of the site file
    of: ImportWish | TemplateWish
