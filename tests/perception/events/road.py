"""A crossing with four arms, the road users on it, and the events that the rules find."""

import msgspec
import numpy as np

from perception.events.detector import EventDetector
from perception.events.settings import EventSettings
from perception.traffic.ground import Areas, Ground
from perception.traffic.lanes import LaneLine, LaneMap
from perception.traffic.observer import Observer
from perception.traffic.queues import QueueSettings
from rsu.site import lanemap
from tests.perception.drawn import tracks_of
from tests.perception.watching import LANE_MAP, LANES

SECOND_NS = 1_000_000_000
START_NS = 1_800_000_000 * SECOND_NS
ARMS = [("north", (0, 1)), ("east", (1, 0)), ("south", (0, -1)), ("west", (-1, 0))]
ROADS = LaneMap(
    [
        LaneLine(link=name, lane=1, points_m=np.array([[out[0] * far, out[1] * far] for far in (150, 20)]), width_m=3.5)
        for name, out in ARMS
    ]
)
RULES = [name for name in EventSettings.model_fields if name != "zones"]


def only(rule, zones=(), **settings):
    """Return settings in which one rule looks, with its own settings."""
    made = {name: {"enabled": name == rule} for name in RULES}
    made[rule] |= settings
    return EventSettings.model_validate(made | {"zones": list(zones)})


class Site:
    """A detector fed ten times a second."""

    def __init__(self, settings, lanes=ROADS, areas=None):
        zones = [zone.polygon_m for zone in settings.zones]
        ground = Ground(lanes, areas or Areas(zones=zones))
        self.observer = Observer(lanes, ground, QueueSettings())
        self.detector = EventDetector(settings, lanes, ground)
        self.tick = 0
        self.view = None  # the part of the road that sensors see; None: all of it

    def run(self, seconds, rows, colours=None, sd=0.2):
        """Let rows(seconds since this call) be there for some seconds; return (time, event) of everything.

        `sd`: of their places and speeds, m, m/s.
        """
        found = []
        for step in range(round(seconds * 10)):
            now_ns = START_NS + self.tick * SECOND_NS // 10
            tracks = tracks_of(rows(step / 10), now_ns)
            tracks = msgspec.structs.replace(tracks, covariance=tracks.covariance * (sd / 0.2) ** 2)
            situation = self.observer.look(now_ns, tracks, colours or {})
            situation = msgspec.structs.replace(situation, view=self.view)
            found += [(self.tick / 10, event) for event in self.detector.update(situation)]
            self.tick += 1
        return found


def crossing(rule, **settings):
    """Return the demo crossing with one rule."""
    return Site(only(rule, **settings), LANES, lanemap.areas(LANE_MAP, []))


def parked(number=1, north=80.0):
    return (number, 0.0, north, 180.0, 0.0)
