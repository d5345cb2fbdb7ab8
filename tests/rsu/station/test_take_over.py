"""Another site for a station at work: nothing on air stops, and road users keep their ids."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import Any

import pytest

import v2x
from rsu.bus.snapshot import Snapshot
from rsu.site import config
from rsu.station.station import Output
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.virtual_site import run
from v2x import dsmp

SITE = config.load(CONFIGS / "demo.yaml")
SENSORS = SITE.site.sensors
FIRST_S, EVERY_S = 13.0, 0.5
MOVED = SENSORS[4].model_copy(update={"mount": SENSORS[4].mount.model_copy(update={"yaw_deg": 0.5})})
LEAVING_M = 85.0  # from the reference point: the fields of view end there
CHANGES: list[dict[str, Any]] = [
    {"sensors": [*SENSORS[:4], MOVED, *SENSORS[5:]]},
    {"sensors": [*SENSORS[:4], *SENSORS[5:]]},
    {"sensors": SENSORS[::-1]},
    {"tracking": SITE.site.tracking.model_copy(update={"max_late_ms": 900.0})},
    {"uplink": SITE.site.uplink.model_copy(update={"participants_hz": 5.0})},
    {"messages": SITE.site.messages.model_copy(update={"max_frame_octets": 1200})},
]


def other(**change: Any) -> config.Config:
    """Return the demo's site with other sections."""
    return SITE._replace(site=SITE.site.model_copy(update=change))


def counts(outputs: list[Output], kind: str) -> list[int]:
    frames = [frame for output in outputs for frame in output.frames if frame.kind == kind]
    return [v2x.decode(dsmp.parse(frame.frame).payload).msg_cnt for frame in frames]


@pytest.fixture(scope="module")
def seen() -> list[tuple[Output, Snapshot]]:
    """Return all ticks of a run in which the site changes and changes."""
    sites = {FIRST_S + EVERY_S * number: other(**change) for number, change in enumerate(CHANGES)}
    ticks = run(FIRST_S + EVERY_S * (len(CHANGES) + 1), reloads=sites)
    return [(output, station.snapshot(now_ns)) for now_ns, station, output in ticks]


def test_no_track_is_lost(seen: list[tuple[Output, Snapshot]]) -> None:
    tracks = [{track.id: track for track in snapshot.tracks} for _, snapshot in seen[round(FIRST_S * 10) :]]
    assert min(map(len, tracks)) > 10
    gone = [track for before, after in pairwise(tracks) for number, track in before.items() if number not in after]
    assert all(hypot(track.east_m, track.north_m) > LEAVING_M for track in gone), gone


@pytest.mark.parametrize("kind", ["spat", "rsm"])
def test_nothing_on_air_stops(seen: list[tuple[Output, Snapshot]], kind: str) -> None:
    outputs = [output for output, _ in seen[round(FIRST_S * 10) - 5 :]]
    assert all(any(frame.kind == kind for frame in output.frames) for output in outputs)
    assert all((b - a) % 128 == 1 for a, b in pairwise(counts(outputs, kind)))


def test_another_place_begins_without_tracks() -> None:
    place = SITE.site.site.model_copy(
        update={"reference": SITE.site.site.reference.model_copy(update={"latitude_deg": 22.5432})}
    )
    tracks = [station.snapshot(now_ns).tracks for now_ns, station, _ in run(4.2, reloads={4.0: other(site=place)})]
    assert len(tracks[41]) < len(tracks[40]) / 2
