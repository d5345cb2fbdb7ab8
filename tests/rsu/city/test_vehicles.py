"""Automated vehicles: states by their operators' keys, the newest shown, the 90 s before an accident kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from rsu.city import vehicle_pages
from rsu.city.door import CityDoor, Guarded
from rsu.city.vehicles import VehicleDesk, VehicleName, VehicleState
from rsu.core import audit
from tests.rsu.city.paged import browsing

NOW_S = 1_800_000_000
HOUR_MS = 3_600_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[VehicleDesk]:
    made = VehicleDesk(tmp_path / "vehicles.db")
    yield made
    made.close()


def drive(desk: VehicleDesk, seconds: range, state: int = 0, received_s: int = NOW_S, vehicle: str = "A1") -> None:
    states = [VehicleState(vehicle, state, 114.0, 22.5, 30.0, NOW_S + each) for each in seconds]
    desk.take("firm", states, received_s * 1000)


def test_the_ninety_seconds_before_a_state_turns_abnormal_outlive_all_others(desk: VehicleDesk) -> None:
    drive(desk, range(-300, 0))
    drive(desk, range(-300, 0), vehicle="B2")
    drive(desk, range(5), state=1)
    drive(desk, range(5, 50))
    desk.take("firm", [], NOW_S * 1000 + HOUR_MS)
    [accident] = desk.accidents()
    assert (accident["vehicle"], accident["time_s"], accident["by"], accident["states"]) == ("A1", NOW_S, "vehicle", 91)
    assert [row["time_s"] - NOW_S for row in desk.kept(accident["id"])] == [*range(-90, 1)]
    assert {row["vehicle"] for row in desk.now()} == {"A1"}


def test_states_that_come_late_are_kept_too(desk: VehicleDesk) -> None:
    drive(desk, range(1), state=1)
    drive(desk, range(-90, 0), received_s=NOW_S + 30)
    drive(desk, range(0), received_s=NOW_S + 7200)
    assert len(desk.kept(desk.accidents()[0]["id"])) == 91


def test_an_accident_that_a_user_notes_is_one_accident(desk: VehicleDesk) -> None:
    drive(desk, range(-200, 0))
    for _ in range(2):
        desk.accident(VehicleName("firm", "A1"), NOW_S - 100, "anna")
    desk.take("firm", [], NOW_S * 1000 + HOUR_MS)
    [accident] = desk.accidents()
    assert (accident["by"], accident["states"]) == ("anna", 91)


def test_keys_and_contents(desk: VehicleDesk, tmp_path: Path) -> None:
    door, keys = CityDoor(tmp_path, login=True), tmp_path / vehicle_pages.KEYS
    state: dict[str, Any] = {
        "VehicleID": "A1", "State": 0, "Longitude": 114.0, "Latitude": 22.5, "Speed": 31, "Bearing": 90, "Time": NOW_S,
    }  # fmt: skip
    with browsing(Guarded(Starlette(routes=[*door.routes(), *vehicle_pages.routes(desk, door, keys)]), door)) as page:

        def post(said: Any, key: str = "0123456789abcdef") -> str:
            return str(page.ask("POST", "/IM_7001", said, **{"api-key": key}).said["code"])

        assert post(state) == "00401", "no file of keys"
        keys.parent.mkdir()
        keys.write_text("firm 0123456789abcdef\nweak short\n")
        assert (post(state), post([state, state | {"Time": NOW_S + 1}])) == ("00200", "00200")
        assert (post(state, "short"), post(state, "")) == ("00401", "00401")
        for wrong in ({"State": 2}, {"Speed": -1}, {"Longitude": 181}, {"VehicleID": ""}, {"Time": "now"}):
            assert post(state | wrong) == "00400"
        assert page.ask("GET", "/api/vehicles").status == 401
        assert page.ask("POST", "/api/accidents", {"operator": "firm", "vehicle": "A1", "time_s": NOW_S}).status == 401
        page.log_in(door)
        [row] = page.ask("GET", "/api/vehicles").said
        assert (row["operator"], row["vehicle"], row["time_s"], row["speed_kmh"]) == ("firm", "A1", NOW_S + 1, 31.0)
        assert page.ask("POST", "/api/accidents", {"operator": "firm", "vehicle": "A1", "time_s": NOW_S}).status == 201
        [accident] = page.ask("GET", "/api/accidents").said
        assert len(page.ask("GET", f"/api/accidents/{accident['id']}").said) == 1
        assert [each.action for each in audit.entries(tmp_path / audit.FOLDER)] == ["accident"]
