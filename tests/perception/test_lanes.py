import numpy as np
import pytest

from perception.objects import LanePlace
from perception.traffic.lanes import LaneLine, LaneMap

LINES = [
    LaneLine(link="north", lane=1, points=np.array([[-2.0, 120.0], [-2.0, 60.0], [-2.0, 20.0]]), width=3.5),
    LaneLine(link="north", lane=2, points=np.array([[-5.5, 120.0], [-5.5, 20.0]]), width=3.5),
    LaneLine(link="east", lane=1, points=np.array([[120.0, 2.0], [20.0, 2.0]]), width=3.5),
    LaneLine(link="bend", lane=1, points=np.array([[-60.0, -60.0], [-20.0, -60.0], [-20.0, -20.0]]), width=3.5),
]
LANES = LaneMap(LINES)


def match(place, heading, lanes=LANES):
    matches = lanes.match(np.array([place], dtype=float), np.array([heading], dtype=float))
    return lanes.place(matches, 0)


@pytest.mark.parametrize(
    ("place", "heading", "expected"),
    [
        ((-2.2, 50.0), 180.0, LanePlace("north", 1, 30.0)),
        ((-2.2, 50.0), 195.0, LanePlace("north", 1, 30.0)),
        ((-2.2, 50.0), np.nan, LanePlace("north", 1, 30.0)),
        ((-5.0, 100.0), 180.0, LanePlace("north", 2, 80.0)),
        ((-2.2, 50.0), 0.0, None),  # drives the other way
        ((-2.2, 50.0), 90.0, None),  # crosses
        ((-2.0, 17.0), 180.0, LanePlace("north", 1, -3.0)),  # just past the stop line
        ((-2.0, 10.0), 180.0, None),
        ((-9.0, 50.0), 180.0, None),
        ((-40.0, -59.0), 90.0, LanePlace("bend", 1, 60.0)),
        ((-20.5, -40.0), 5.0, LanePlace("bend", 1, 20.0)),
    ],
)
def test_a_road_user_is_on_the_lane_that_it_drives_along(place, heading, expected):
    found = match(place, heading)
    assert (found is None) == (expected is None)
    if found is not None:
        assert (found.link, found.lane) == (expected.link, expected.lane)
        assert found.to_stop_line == pytest.approx(expected.to_stop_line)


def test_rows_do_not_depend_on_each_other():
    rng = np.random.default_rng(1)
    places, headings = rng.uniform(-60, 60, (200, 2)), rng.uniform(0, 360, 200)
    matches = LANES.match(places, headings)
    assert (matches.lane >= 0).sum() > 3
    for row in range(200):
        assert LANES.place(matches, row) == match(places[row], headings[row])


def test_a_site_without_lanes():
    lanes = LaneMap([])
    assert match((0.0, 0.0), 0.0, lanes) is None
    assert len(LANES.match(np.zeros((0, 2)), np.zeros(0)).lane) == 0


def test_how_far_before_the_stop_line_holds_off_the_lane_too():
    places = np.array([[0.0, 50.0], [3.0, 15.0], [18.0, 9.0]])
    assert LANES.short_of_stop_line(np.array([0, 1, 2]), places) == pytest.approx([30.0, -5.0, -2.0])
