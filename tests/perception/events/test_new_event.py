"""An event that the product does not have: a module's worth of settings and rule, and one line."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_track
from perception.events.settings import EventSettings
from perception.sensor import AtLeastOne, NotNegative
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation
from tests.perception.events.road import Site, parked


class CrowdSettings(RuleSettings):
    """Many road users at once."""

    row: ClassVar = EventRow("Crowd", "聚集")

    code: Code = 9990
    on_air: bool = False
    start_after_s: NotNegative = 0.5
    end_after_s: NotNegative = 0.5
    least: AtLeastOne = 3  # road users

    def rule(self, lanes: LaneMap) -> Crowd:
        """Return the rule that looks for it."""
        return Crowd(self)


class Crowd:
    """The rule."""

    def __init__(self, settings: CrowdSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the first of many road users."""
        return [of_track(now, 0, 5.0)] if len(now.tracks) >= self.settings.least else []


class MoreEvents(EventSettings):
    """The events of the product, and one more."""

    crowd: CrowdSettings = CrowdSettings()


def test_a_new_event_begins_and_ends_with_its_code_and_its_way_on_air() -> None:
    site = Site(MoreEvents())
    many = [parked(number, 40.0 + 20.0 * number) for number in (1, 2, 3)]
    found = site.run(3.0, lambda _: many) + site.run(3.0, lambda _: many[:2])
    told = [(event.state, event.code, event.on_air, event.keep) for _, event in found if event.name == "crowd"]
    assert told[0] == ("start", 9990, False, True) and told[-1][0] == "end"
