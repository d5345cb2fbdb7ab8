"""Weather on air: fog in RSI with its level and area, and RSI degraded while a weather sensor is lost."""

from __future__ import annotations

import msgspec

from hw.device import DeviceHealth
from hw.modality import WEATHER
from perception.objects import Weather
from rsu.bus.told import RoadEvents
from rsu.site import config
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.station.test_station import decoded
from tests.rsu.virtual_site import run


def test_fog_is_announced_with_its_level_and_told_to_the_platform() -> None:
    site = config.load(CONFIGS / "demo.yaml")
    fog = site.site.events.fog.model_copy(update={"start_after_s": 1.0})
    events = site.site.events.model_copy(update={"fog": fog})
    outputs = []
    for now_ns, station, output in run(6.0, site=site._replace(site=site.site.model_copy(update={"events": events}))):
        station.ingest(Weather(device="sky", stamp_ns=now_ns, receipt_ns=now_ns, visibility_m=150.0))
        outputs.append((now_ns, output))
    on_air = [event for _, message in decoded(outputs, "rsi") for event in message.events if event.event_type == 305]
    assert len(on_air) > 5 and {(event.description, event.radius_m, event.priority) for event in on_air} == {
        ("4", 1000.0, 5)
    }
    told = [
        event
        for _, out in outputs
        for draft in out.drafts
        if isinstance(draft.data, RoadEvents)
        for event in draft.data.events
    ]
    assert "fog" in {event.name for event in told}
    assert station.snapshot(now_ns).weather.visibility_m == 150.0


def test_the_loss_of_a_weather_sensor_degrades_rsi_alone() -> None:
    now_ns, station, _ = list(run(1.0))[-1]
    sky = DeviceHealth(
        name="sky", kind="pwd", state="lost", last_receipt_ns=None, rate_hz=0.0, counters={}, error=None,
        modality=WEATHER,
    )  # fmt: skip
    station.advance(now_ns + 100_000_000, [*station._health, sky])
    touched = {m.kind for m in station.snapshot(now_ns).messages if "weather-lost" in m.reasons}
    assert touched == {"rsi"}
    station.advance(now_ns + 200_000_000, [*station._health[:-1], msgspec.structs.replace(sky, state="ok")])
    assert not [m for m in station.snapshot(now_ns).messages if "weather-lost" in m.reasons]
