"""Two approaches and the statistics of road users that are made for them."""

import msgspec
import numpy as np

from perception.objects import RoadUser
from perception.traffic.ground import Areas, Ground
from perception.traffic.lanes import LaneConnection, LaneLine, LaneMap
from perception.traffic.observer import Observer
from perception.traffic.statistics import StatisticsSettings, TrafficStatistics
from tests.perception.drawn import tracks_of

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
START_NS = 30_000_000 * MINUTE_NS
LANES = LaneMap(
    [
        LaneLine(
            link="north",
            lane=1,
            points_m=np.array([[-2.0, 150.0], [-2.0, 20.0]]),
            width_m=3.5,
            speed_limit_mps=12.5,
            connections=(LaneConnection("straight", "south", 1, 1), LaneConnection("right", "west", 1, 2)),
        ),
        LaneLine(link="north", lane=2, points_m=np.array([[-5.5, 150.0], [-5.5, 20.0]]), width_m=3.5),
        LaneLine(link="south", lane=1, points_m=np.array([[-2.0, -20.0], [-2.0, -90.0]]), width_m=3.5, leads_away=True),
        LaneLine(link="west", lane=1, points_m=np.array([[-20.0, 5.0], [-90.0, 5.0]]), width_m=3.5, leads_away=True),
    ]
)


def count(
    rows,
    seconds=60.0,
    begin_s=0.0,
    lanes=LANES,
    colours=lambda t: {},
    sd=lambda number, t: 0.2,
    correction_s=lambda t: 0.0,
    **settings,
):
    """Feed rows(seconds) ten times a second, with standard deviations of their places; return all periods."""
    made = StatisticsSettings(**({"periods_s": [60]} | settings))
    statistics, observer = TrafficStatistics(made, lanes), Observer(lanes, Ground(lanes, Areas()), made)
    periods = []
    for tick in range(round(begin_s * 10), round((begin_s + seconds) * 10) + 1):
        now_ns = START_NS + tick * SECOND_NS // 10
        tracks = tracks_of(rows(tick / 10), now_ns)
        sds = np.array([sd(number, tick / 10) for number in tracks.id.tolist()])
        tracks = msgspec.structs.replace(tracks, covariance=sds[:, None, None] ** 2 * np.eye(4))
        situation = observer.look(now_ns, tracks, colours(tick / 10))
        periods += statistics.update(situation, round(correction_s(tick / 10) * SECOND_NS))
    return periods


def lanes_of(rows, **more):
    (period,) = count(rows, **more)
    return period.lanes


def passing(number, at_s, speed=10.0, east=-2.0, kind=RoadUser.CAR):
    """Return a road user that crosses the stop line at a time."""
    return lambda t: (number, east, 20.0 - speed * (t - at_s), 180.0, speed, kind)
