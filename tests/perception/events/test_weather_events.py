"""Events of weather: thresholds with hysteresis, levels, several sensors, and silence of a sensor."""

from __future__ import annotations

import msgspec
import pytest

from perception.events.detector import EventDetector
from perception.objects import SECOND_NS, Weather
from perception.results import RoadEvent
from perception.traffic.ground import Areas, Ground
from perception.traffic.observer import Observer
from perception.traffic.queues import QueueSettings
from perception.traffic.weather import FRESH_NS, UNKNOWN_WEATHER, WeatherBoard
from tests.perception.drawn import tracks_of
from tests.perception.events.road import ROADS, START_NS, only


def said(second: float, device: str, values: dict[str, object]) -> Weather:
    stamp_ns = START_NS + round(second * SECOND_NS)
    return msgspec.convert({"stamp_ns": stamp_ns, "receipt_ns": stamp_ns, "device": device, **values}, Weather)


class Sky:
    """A detector that looks once a second; the weather is said every 15 s."""

    def __init__(self, rule: str, **settings: object) -> None:
        ground = Ground(ROADS, Areas(zones=[]))
        self._observer = Observer(ROADS, ground, QueueSettings())
        self._detector = EventDetector(only(rule, **settings), ROADS, ground)
        self._board = WeatherBoard()
        self._second = 0

    def run(self, seconds: int, **values: object) -> list[tuple[int, RoadEvent]]:
        """Let the weather be so for some seconds; return (second, event), updates left out."""
        found = []
        for _ in range(seconds):
            now_ns = START_NS + self._second * SECOND_NS
            if values and self._second % 15 == 0:
                self._board.update(said(self._second, "sky", values))
            situation = self._observer.look(now_ns, tracks_of([], now_ns), {})
            situation = msgspec.structs.replace(situation, weather=self._board.now(now_ns))
            found += [(self._second, event) for event in self._detector.update(situation) if event.state != "update"]
            self._second += 1
        return found


def states(found: list[tuple[int, RoadEvent]]) -> list[tuple[int, str]]:
    return [(second, event.state) for second, event in found]


def test_fog_rises_at_one_threshold_and_clears_at_another() -> None:
    sky = Sky("fog")
    assert sky.run(300, visibility_m=550.0) == []
    [(second, event)] = sky.run(300, visibility_m=490.0)
    assert (second, event.code, event.level, event.position_m, event.radius_m) == (360, 305, 3, (0.0, 0.0), 1000.0)
    assert sky.run(900, visibility_m=590.0) == []
    assert states(sky.run(900, visibility_m=640.0)) == [(1800, "end")]


def test_a_short_spell_is_no_event() -> None:
    sky = Sky("fog")
    assert sky.run(45, visibility_m=100.0) == [] and sky.run(600, visibility_m=3000.0) == []


@pytest.mark.parametrize(("visibility_m", "level"), [(30.0, 5), (150.0, 4), (499.0, 3)])
def test_fog_has_the_levels_of_its_visibility(visibility_m: float, level: int) -> None:
    [(_, event)] = Sky("fog").run(120, visibility_m=visibility_m)
    assert event.level == level


@pytest.mark.parametrize(
    ("rule", "code", "is_so", "stays", "clear"),
    [
        (
            "haze",
            311,
            {"obscuration": "haze", "visibility_m": 900.0},
            {"visibility_m": 1400.0},
            {"visibility_m": 1600.0},
        ),
        (
            "rain",
            301,
            {"precipitation": "rain", "intensity_mm_h": 11.0},
            {"intensity_mm_h": 6.0},
            {"intensity_mm_h": 4.0},
        ),
        (
            "snow",
            308,
            {"precipitation": "snow", "intensity_mm_h": 0.6},
            {"intensity_mm_h": 0.2},
            {"precipitation": "none"},
        ),
        ("hail", 302, {"precipitation": "hail"}, {}, {"precipitation": "rain"}),
        ("wind", 304, {"gust_mps": 18.0}, {"gust_mps": 14.5}, {"gust_mps": 13.0}),
        ("icy_road", 409, {"precipitation": "freezing"}, {}, {"precipitation": "none"}),
    ],
)
def test_each_rule(
    rule: str, code: int, is_so: dict[str, object], stays: dict[str, object], clear: dict[str, object]
) -> None:
    sky = Sky(rule, end_after_s=100)
    [(_, event)] = sky.run(150, **is_so)
    assert (event.state, event.code) == ("start", code)
    assert sky.run(300, **(is_so | stays)) == []
    assert [state for _, state in states(sky.run(300, **(is_so | clear)))] == ["end"]


@pytest.mark.parametrize(
    "values",
    [
        {"visibility_m": 100.0, "obscuration": "haze"},
        {"visibility_m": 100.0, "precipitation": "snow"},
        {"precipitation": "rain"},
    ],
)
def test_what_is_no_fog(values: dict[str, object]) -> None:
    assert Sky("fog").run(200, **values) == []


def test_an_event_ends_some_time_after_its_sensor_fell_silent() -> None:
    sky = Sky("fog")
    [_] = sky.run(121, visibility_m=100.0)
    [(second, event)] = sky.run(900)
    assert event.state == "end" and second == 120 + FRESH_NS // SECOND_NS + 301


def test_of_several_sensors_the_worst_counts_and_each_quantity_is_as_old_as_it_is() -> None:
    board = WeatherBoard()
    assert board.now(START_NS) is UNKNOWN_WEATHER
    board.update(said(0.0, "a", {"visibility_m": 900.0, "precipitation": "rain", "wind_mps": 5.0}))
    board.update(
        said(100.0, "b", {"visibility_m": 400.0, "precipitation": "none", "gust_mps": 9.0, "temperature_c": 3.0})
    )
    both = board.now(START_NS + 100 * SECOND_NS)
    assert (both.visibility_m, both.precipitation, both.gust_mps, both.temperature_c) == (400.0, "rain", 9.0, 3.0)
    later = board.now(START_NS + 200 * SECOND_NS)
    assert (later.visibility_m, later.precipitation) == (400.0, "none")
    assert board.now(START_NS + 300 * SECOND_NS) == UNKNOWN_WEATHER
