import numpy as np
import pytest

from perception.results import MOVEMENTS, LanePlace
from perception.traffic.ground import CROSSWALK, FIRST_ZONE, JUNCTION, MOTOR, Areas, Ground
from perception.traffic.lanes import LaneConnection, LaneLine, LaneMap
from perception.traffic.observer import Observer
from perception.traffic.queues import QueueSettings
from rsu.site import lanemap
from tests.perception.drawn import tracks_of
from tests.perception.watching import LANE_MAP
from tests.perception.watching import LANES as DEMO

LINES = [
    LaneLine(link="north", lane=1, points_m=np.array([[-2.0, 120.0], [-2.0, 60.0], [-2.0, 20.0]]), width_m=3.5),
    LaneLine(link="north", lane=2, points_m=np.array([[-5.5, 120.0], [-5.5, 20.0]]), width_m=3.5),
    LaneLine(link="east", lane=1, points_m=np.array([[120.0, 2.0], [20.0, 2.0]]), width_m=3.5),
    LaneLine(link="bend", lane=1, points_m=np.array([[-60.0, -60.0], [-20.0, -60.0], [-20.0, -20.0]]), width_m=3.5),
    LaneLine(link="out", lane=1, points_m=np.array([[2.0, 20.0], [2.0, 120.0]]), width_m=3.5, leads_away=True),
]
LANES = LaneMap(LINES)


def match(place, heading, lanes=LANES, before=None):
    matches = lanes.match(
        np.array([place], dtype=float), np.array([heading], dtype=float), None if before is None else np.array([before])
    )
    return lanes.place(int(matches.lane[0]), float(matches.to_stop_line_m[0]))


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
        ((2.5, 60.0), 0.0, LanePlace("out", 1, None)),
        ((2.5, 16.0), 0.0, None),  # not there yet
    ],
)
def test_a_road_user_is_on_the_lane_that_it_drives_along(place, heading, expected):
    found = match(place, heading)
    assert (found is None) == (expected is None)
    if found is not None and expected.to_stop_line_m is not None:
        assert found.to_stop_line_m == pytest.approx(expected.to_stop_line_m)
    if found is not None:
        assert (found.link, found.lane) == (expected.link, expected.lane)


def test_rows_do_not_depend_on_each_other():
    rng = np.random.default_rng(1)
    places, headings = rng.uniform(-60, 60, (200, 2)), rng.uniform(0, 360, 200)
    matches = LANES.match(places, headings)
    assert (matches.lane >= 0).sum() > 3
    for row in range(200):
        alone = LANES.match(places[row : row + 1], headings[row : row + 1])
        assert matches.lane[row] == alone.lane[0]


def test_a_lane_is_left_only_for_a_clearly_better_one():
    assert match((-3.9, 50.0), 180.0).lane == 2  # a little nearer to the second
    assert match((-3.9, 50.0), 180.0, before=0).lane == 1
    assert match((-4.6, 50.0), 180.0, before=0).lane == 2


def test_a_site_without_lanes():
    lanes = LaneMap([])
    assert match((0.0, 0.0), 0.0, lanes) is None
    assert len(LANES.match(np.zeros((0, 2)), np.zeros(0)).lane) == 0


def test_how_far_before_the_stop_line_holds_off_the_lane_too():
    places = np.array([[0.0, 50.0], [3.0, 15.0], [18.0, 9.0]])
    assert LANES.short_of_stop_line(np.array([0, 1, 2]), places) == pytest.approx([30.0, -5.0, -2.0])


def test_a_stretch_of_a_lane_keeps_its_corners():
    assert LANES.stretch(3, 60.0, 10.0) == pytest.approx(np.array([[-40, -60], [-20, -60], [-20, -30]]))
    assert LANES.stretch(0, 90.0, 0.0)[[0, -1]] == pytest.approx(np.array([[-2, 110], [-2, 20]]))


def test_the_ground_knows_what_it_is_for():
    ground = Ground(DEMO, lanemap.areas(LANE_MAP, [[(20, 40), (40, 40), (40, 60), (20, 60)]]))
    places = {
        (-3.25, 80.0): MOTOR,
        (3.25, 80.0): MOTOR,
        (-9.38, 80.0): 0,  # cycle lane
        (-3.25, 0.0): JUNCTION,
        (14.5, 14.5): 0,  # corner
        (0.0, 21.6): CROSSWALK,
        (30.0, 50.0): FIRST_ZONE,
        (1000.0, 0.0): 0,
    }
    flags = ground.at(np.array(list(places), dtype=float))
    for flag, (place, wanted) in zip(flags.tolist(), places.items(), strict=True):
        assert flag & ~(JUNCTION if wanted == CROSSWALK else 0) == wanted, place


@pytest.mark.parametrize(
    "points",
    [
        [[-3.25, 23.6], [-3.25, 172.0]],  # against its direction: its ways leave the area of all lanes
        [[-3.25, 172.0], [-3.25, 23.6]],
    ],
)
@pytest.mark.parametrize("width", [3.25, 15.0, 60.0])
def test_the_ground_has_room_for_all_that_is_drawn_on_it(points, width):
    away = LaneLine("out", 1, np.array([[-3.25, -20.0], [-3.25, -60.0]]), 3.25, leads_away=True)
    lane = LaneLine("in", 1, np.array(points), width, connections=(LaneConnection("straight", "out", 1),))
    ground = Ground(LaneMap([lane, away]), Areas())
    assert ground.at_point((-3.25, 100.0)) & MOTOR
    assert ground.at_point((-3.25, 0.0)) & JUNCTION


def movements(rows, seconds=8.0):
    """Return the movement of track 1 at every look of 100 ms on the demo crossing."""
    observer, found = Observer(DEMO, Ground(DEMO, Areas()), QueueSettings()), []
    for tick in range(round(seconds * 10)):
        now_ns = 10**18 + tick * 10**8
        situation = observer.look(now_ns, tracks_of(rows(tick / 10), now_ns), {})
        found.append(int(situation.past["movement"][0]) if len(situation.past) else -1)
    return found


def turning(t):
    """From the right lane of the north arm to the west, 8 m/s."""
    angle = np.clip((8.0 * t - 34.0) / 10.0, 0.0, np.pi / 2)
    north = 50.0 - 8.0 * t if angle == 0.0 else 16.0 - 10.0 * np.sin(angle)
    gone = max(0.0, 8.0 * t - 34.0 - 10.0 * np.pi / 2)
    return [(1, -6.5 - 10.0 * (1 - np.cos(angle)) - gone, north, 180.0 + np.degrees(angle), 8.0)]


def test_the_way_through_the_junction_is_known_when_it_becomes_clear():
    left, straight, right = (MOVEMENTS.index(name) for name in ("left", "straight", "right"))
    assert set(movements(lambda t: [(1, 0.0, 60.0 - 8 * t, 180.0, 8.0)], 4.0)) == {left}  # the lane leads one way
    on = movements(lambda t: [(1, -6.5, 50.0 - 8 * t, 180.0, 8.0)])
    assert on[20] == -1 and on[-1] == straight and set(on) == {-1, straight}
    round_the_corner = movements(turning)
    assert round_the_corner[30] == -1 and round_the_corner[-1] == right and set(round_the_corner) == {-1, right}
    known = round_the_corner.index(right) / 10
    assert 8.0 * known < 50.0  # m: before it is out of the junction
