"""The city as it is now: of each box its last participants, lights and presence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rsu.city.records import NO_HEADING, STATE, CityRecord

FRESH_MS = 5_000  # road users of a box that has said nothing for so long are not shown
SILENT_MS = 30_000  # a box that has said nothing for so long is silent

Area = tuple[float, float, float, float]  # west, south, east, north in degrees


_NOBODY = np.zeros(0, STATE)


class _BoxNow:
    """The last records of one box."""

    def __init__(self) -> None:
        self.heard_ms = self.states_ms = 0
        self.active = True
        self.place: tuple[float, float] | None = None  # longitude, latitude
        self.states: NDArray[np.void] = _NOBODY
        self.lamps: list[dict[str, Any]] = []

    def fresh(self, now_ms: int) -> NDArray[np.void]:
        """Return the road users (n,) STATE; none of a box that has been silent about them."""
        return self.states if now_ms - self.states_ms <= FRESH_MS else _NOBODY

    def status(self, basic: dict[str, Any]) -> None:
        """Take in a basic status, or a presence, which has no place."""
        self.active = basic.get("active", 0) == 0
        self.place = place_of(basic) or self.place


class LiveView:
    """All boxes."""

    def __init__(self) -> None:
        self._boxes: dict[str, _BoxNow] = {}

    def take(self, record: CityRecord, now_ms: int) -> None:
        """Take in a record."""
        box = self._boxes.setdefault(record.numbers.box, _BoxNow())
        box.heard_ms = now_ms
        if record.states is not None:
            box.states, box.states_ms = record.states, now_ms
        if record.lamps is not None:
            box.lamps = record.lamps
        if record.state is not None and record.kind == "basic-status":
            box.status(record.state)

    def remember(self, box: str, heard_ms: int, basic: dict[str, Any]) -> None:
        """Take over the knowledge of an earlier run of the city about a box."""
        known = self._boxes.setdefault(box, _BoxNow())
        known.heard_ms = heard_ms
        known.status(basic)

    def boxes(self, now_ms: int) -> Iterator[dict[str, Any]]:
        """Yield every box: its place, when it was heard, and whether it is on line, silent or off line."""
        for name, box in sorted([*self._boxes.items()]):  # the ingest may add some meanwhile
            state = presence(box.active, box.heard_ms, now_ms)
            users = len(box.fresh(now_ms))
            yield {"box": name, "place": box.place, "heard_ms": box.heard_ms, "state": state, "users": users}

    def users(self, area: Area, now_ms: int) -> Iterator[dict[str, Any]]:
        """Yield the road users in an area."""
        for name, box in [*self._boxes.items()]:
            for row in inside(box.fresh(now_ms), area).tolist():
                yield told(name, row)

    def knows(self, box: str) -> bool:
        """Tell whether a box was ever heard."""
        return box in self._boxes

    def lamps(self, box: str) -> list[dict[str, Any]]:
        """Return the lights of a box as it told them last."""
        return self._boxes[box].lamps if box in self._boxes else []


def inside(states: NDArray[np.void], area: Area) -> NDArray[np.void]:
    """Return the road users (k,) of (n,) STATE that are in an area."""
    west, south, east, north = (round(each * 1e7) for each in area)
    longitude, latitude = states["longitude"], states["latitude"]
    return states[(longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)]


def place_of(basic: dict[str, Any]) -> tuple[float, float] | None:
    """Return longitude and latitude of a basic status; None: it tells none."""
    place = basic.get("longitude"), basic.get("latitude")
    if not all(isinstance(each, int | float) for each in place):
        return None
    return float(place[0] or 0.0), float(place[1] or 0.0)


def presence(active: bool, heard_ms: int, now_ms: int) -> str:
    """Return whether a box is on line, silent or off line."""
    silent = now_ms - heard_ms > SILENT_MS
    return "offline" if not active else "silent" if silent else "online"


def told(box: str, row: tuple[int, ...]) -> dict[str, Any]:
    """Return a row of STATE in degrees and m/s."""
    time_ms, number, kind, longitude, latitude, speed, heading, position_class = row
    return {
        "box": box,
        "id": number,
        "time_ms": time_ms,
        "kind": kind,
        "longitude": longitude / 1e7,
        "latitude": latitude / 1e7,
        "speed_mps": speed / 100,
        "heading_deg": None if heading == NO_HEADING else heading / 100,
        "position_class": position_class,
    }
