"""City models (CityJSON) that `rsu export site` wrote: their lane map as it was."""

from __future__ import annotations

import json
from pathlib import Path

from hw.detail import Detail
from rsu.exports import cityjson_back
from rsu.lab.errors import MissingError
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.formats import NO_LIBRARY
from rsu.lab.maps.xml_file import octets
from rsu.site.lanemap import LaneMapFile

_KNOWN_BY = b'"CityJSON"'
_NOT_OURS = Detail(
    "{file}: a city model that `rsu export site` did not write, or that was damaged since: {problem}",
    "{file}：并非由 `rsu export site` 生成的城市模型，或其后已损坏：{problem}",
)


def read(path: Path) -> LaneMapFile | None:
    """Return the lane map of a city model, None of another file. MapError: not ours; MissingError: no pyproj."""
    data = octets(path)
    if _KNOWN_BY not in data:
        return None
    try:
        return cityjson_back.lane_map(json.loads(data))
    except ImportError as error:
        raise MissingError(NO_LIBRARY.of(name=error.name)) from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        problem = str(error).replace("\n", " ")
        raise MapError(_NOT_OURS.of(file=path.name, problem=f"{type(error).__name__} {problem}")) from error
