"""Every value that records carry has its row of words, and no row stands for a value that is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from hw.watch import State
from perception.objects import PRECIPITATION, RoadUser
from perception.results import MOVEMENTS
from rsu.messages.row import Permission
from rsu.reasons import terms
from rsu.recorder.shelf import Class
from rsu.site.lanemap import LaneModel
from v2x.records.names import Light


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("road_users", [kind.name.lower() for kind in RoadUser]),
        ("lights", get_args(Light)),
        ("movements", [*MOVEMENTS, "crosswalk"]),
        ("lanes", [*get_args(LaneModel.model_fields["type"].annotation), "sidewalk"]),
        ("decisions", [permission.name.lower() for permission in Permission]),
        ("devices", get_args(State)),
        ("precipitation", PRECIPITATION),
        ("recordings", ["open", *get_args(Class)]),
    ],
)
def test_every_value_has_a_row(table: str, values: Iterable[str]) -> None:
    assert sorted(terms.TABLES[table]) == sorted(values)


def test_lamps_are_those_in_the_names_of_lights() -> None:
    for light, row in terms.LIGHTS.items():
        assert row.lamp == next((colour for colour in ("red", "yellow", "green") if light.endswith(colour)), None)
        assert row.flashes == light.startswith("flashing")
