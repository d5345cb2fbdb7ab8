"""Road users as OGC Moving Features JSON (19-045r3, Prism): a MovingPoint each, WGS-84."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from perception.geo import Reference
from rsu.bus.told import Participants, ToldUser
from rsu.exports.common import Json, degrees, known, time_text

_CRS = {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
_TRS = {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}}
_FORMS = {"speed": "MTS", "heading": "DEG", "position95": "MTR"}  # UN/CEFACT units


def moving_features(told: Iterable[Participants], reference: Reference) -> Json:
    """Return the road users of a run that were seen at two times or more; places that were told twice count once."""
    rows: dict[int, list[ToldUser]] = {}
    for user in (user for each in told for user in each.users):
        track = rows.setdefault(user.id, [])
        if not track or user.stamp_ns > track[-1].stamp_ns:
            track.append(user)
    features = [_feature(track, reference) for _, track in sorted(rows.items()) if len(track) > 1]
    return {"type": "FeatureCollection", "crs": _CRS, "trs": _TRS, "features": features}


def _feature(track: list[ToldUser], reference: Reference) -> Json:
    kind = Counter(user.kind for user in track).most_common(1)[0][0]
    size = track[-1]
    return {
        "type": "Feature",
        "id": str(size.id),
        "properties": {"id": size.id, "kind": kind.name.lower()}
        | known({"length_m": size.length_m, "width_m": size.width_m, "height_m": size.height_m}),
        "temporalGeometry": {
            "type": "MovingPoint",
            "datetimes": [time_text(user.stamp_ns) for user in track],
            "coordinates": [degrees(user.east_m, user.north_m, reference) for user in track],
            "interpolation": "Linear",
        },
        "temporalProperties": list(_properties(track)),
    }


def _properties(track: list[ToldUser]) -> Iterable[Json]:
    """Yield speed, heading and error of position, each where it is known."""
    quantities: dict[str, list[float | None]] = {
        "speed": [user.speed_mps for user in track],
        "heading": [user.heading_deg for user in track],
        "position95": [user.position_95_m for user in track],
    }
    for name, values in quantities.items():
        rows = [(user, value) for user, value in zip(track, values, strict=True) if value is not None]
        if rows:
            how = {"form": _FORMS[name], "interpolation": "Discrete" if name == "heading" else "Linear"}
            told = {"type": "Measure", **how, "values": [round(value, 2) for _, value in rows]}
            yield {"datetimes": [time_text(user.stamp_ns) for user, _ in rows], name: told}
