"""The output on air of a recording, as score and compare read it."""

from __future__ import annotations

from pathlib import Path

from rsu.lab import runs
from rsu.lab.runs import RunSource

GOLDEN = Path(__file__).parents[1] / "recording" / "golden"


def test_events_are_those_on_the_links_of_the_lane_map() -> None:
    source = RunSource([GOLDEN / "stopped-vehicle.mcap"])
    with runs.site_of(source) as site:
        events = runs.air_of(source, site).events
    assert [(event.code, event.link) for event in events] == [(903, "north_in"), (903, "north_in")]
    assert all(event.told_ns > event.start_ns for event in events)
