"""Content that no road has is named and not used: standing still, storms, floods, objects that are nowhere or twice."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.hw.fed import BEGIN_NS, RADAR, TCP, Fed
from tests.hw.replay import MAPPING
from tests.hw.says import CHANCE, Say, car, line, radar_frame, run, targets


def frozen(tick: int) -> bytes:
    return line(tick, [car(1, 7, random.Random(3)), car(2, 7, random.Random(4))])


def loop(tick: int) -> bytes:
    """Say ten frames again and again."""
    return line(tick, [car(1, tick % 10, random.Random(tick % 10)) | {"velocity": [-8.0, 0.0]}])


@pytest.mark.parametrize(
    ("say", "within_s"),
    [
        (lambda t: frozen(t) if t > 30 else line(t, [car(1, t), car(2, t)]), 24),
        (lambda t: line(t, [car(1, 7, random.Random(3)) | {"velocity": [-8.0, 0.0]}]), 4),
        (lambda t: line(t, [car(1, 7, random.Random(3)) | {"id": t}]), 21),
        (loop, 6),
    ],
)
def test_content_that_stands_still_is_named_and_not_used(say: Say, within_s: float) -> None:
    fed = Fed("camera-json", TCP)
    assert run(fed, say, within_s)[-1] == "frozen"
    assert "the same content" in (fed.health().error or "") and fed.health().counters["frozen"] > 0
    assert not fed.hear(say(round(within_s * 10)))
    lives = [fed.hear(line(tick, [car(5, tick)])) for tick in range(1000, 1030)]
    assert len(lives[1]) == 1 and fed.health().state == "ok"


@pytest.mark.parametrize(
    "say",
    [
        lambda t: line(t, []),
        lambda t: line(t, [{"class": "car", "position": [30 + round(CHANCE.gauss(0, 0.05), 1), 3.0]}]),
        lambda t: line(t, [{"class": "car", "position": [30, 3.0]}] if t % 150 else []),  # parked, seen without noise
        lambda t: line(t, [car(1, t // 2 * 2, random.Random(t // 2))]),  # every content twice
    ],
)
def test_an_empty_road_and_parked_cars_are_no_standstill(say: Say) -> None:
    assert set(run(Fed("camera-json", TCP), say, 60)) == {"ok"}


def test_a_radar_that_repeats_its_targets_is_frozen() -> None:
    rows = targets(3, 0)
    assert run(Fed("ti-mmwave", RADAR), lambda t: radar_frame(t, rows=rows), 5, "data")[-1] == "frozen"


def ghosts(tick: int) -> list[dict[str, Any]]:
    chance = random.Random(tick)
    places = [[chance.uniform(5, 95), chance.uniform(-40, 40)] for _ in range(60)]
    return [{"class": "car", "position": place, "velocity": [chance.gauss(0, 8), 0.0]} for place in places]


def test_a_storm_of_ghosts_is_named_and_not_used() -> None:
    fed = Fed("camera-json", TCP)
    states = run(fed, lambda t: line(t, ghosts(t)), 3)
    assert states[-1] == "degraded" and "ghosts" in (fed.health().error or "")
    assert not fed.hear(line(99, ghosts(99)))


def test_fast_traffic_is_no_storm() -> None:
    def say(tick: int) -> bytes:
        places = [((7.0 * n + 3.4 * tick) % 200, 3.5 * (n % 4)) for n in range(28)]  # 122 km/h
        return line(tick, [{"position": [x + CHANCE.gauss(0, 0.4), y]} for x, y in places])

    assert set(run(Fed("camera-json", TCP), say, 5)) == {"ok"}


def test_a_crowd_that_walks_is_no_storm() -> None:
    places = [(10 + 1.5 * n, 1.2 * (n % 7)) for n in range(40)]

    def say(tick: int) -> bytes:
        return line(
            tick, [{"class": "pedestrian", "position": [x + CHANCE.gauss(0, 0.3) + tick / 8, y]} for x, y in places]
        )

    assert set(run(Fed("camera-json", TCP), say, 5)) == {"ok"}


def test_a_flood_of_objects_is_named_and_not_used() -> None:
    fed = Fed("camera-json", TCP)
    places = [(5 + n % 16 * 5, n // 16 * 2 - 16) for n in range(256)]

    def say(tick: int) -> bytes:
        return line(tick, [{"position": [x + CHANCE.gauss(0, 0.1), y + CHANCE.gauss(0, 0.1)]} for x, y in places])

    states = run(fed, say, 2)
    assert states[-1] == "degraded" and "more than 128" in (fed.health().error or "")
    assert fed.hear(say(20)) == [] and fed.health().counters["flood"] == 21 * 256


def test_objects_that_are_nowhere_or_twice_cost_only_themselves() -> None:
    fed = Fed("camera-json", TCP)
    nowhere, there = {"class": "car", "position": [0, 0]}, {"class": "car", "position": [9, 9]}
    [scan] = fed.hear(line(0, [car(1, 0), nowhere, car(2, 0), there, there | {"id": 7}]))
    assert len(scan.kind) == 3  # type: ignore[attr-defined]
    assert (fed.health().counters["zero"], fed.health().counters["twin"]) == (1, 1)
    assert fed.hear(line(1, [nowhere] * 3)) == [], "all nowhere: not an empty road"


def test_a_scan_that_comes_twice_is_used_once() -> None:
    fed = Fed("camera-mapped", TCP | {"mapping": MAPPING})

    def scan(tick: int) -> bytes:
        place = {"fwd": 60.0 - tick / 10, "right": 3.0}
        seen = {"no": "T1", "cls": "veh_s", "p": 90, "pos": place, "kmh": {"fwd": -3.6, "right": 0.0}, "lw": [4.5, 1.8]}
        return json.dumps({"ts": BEGIN_NS / 1e9 + tick / 10, "data": {"trk": [seen]}}).encode() + b"\n"

    found = []
    for tick in range(40):
        found += [one for _ in range(2) for one in fed.hear(scan(tick), after_ns=50_000_000)]
        fed.health()
    assert len(found) == 40 and fed.health().counters["repeated-scan"] == 40
    assert fed.health().state == "ok"
    assert fed.health().vitals.duplicate_share == pytest.approx(0.5, abs=0.05)
