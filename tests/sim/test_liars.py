"""Vehicles of the bench that lie: as many at once as wanted, each in its own way, others as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rsu.bench.plan import CONFIGS, plan_of
from sim import bench, recorded
from sim.bench import RadioSpec
from sim.frames import OBU
from sim.lies import LIES
from sim.radio import Radio


@pytest.mark.parametrize("liars", [0, 3, 1000])
def test_so_many_lie_at_once(liars: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench.load(CONFIGS / "demo-bench.yaml")
    spec = made.emulators["radio"]
    assert isinstance(spec, RadioSpec)
    radio, lying = Radio("radio", spec.model_copy(update={"liars": liars}), made), set[int]()
    begun: dict[int, str] = {}
    lie = radio.fleet.lie

    def noted(vehicle: int, name: str, begin_ns: int) -> list[str]:
        begun[vehicle] = name
        return lie(vehicle, name, begin_ns)

    monkeypatch.setattr(radio.fleet, "lie", noted)
    for number, frame in zip(range(200), recorded.frames(), strict=False):
        radio.capture(number, frame)
        equipped = set(frame.id[frame.equipped == OBU].tolist())
        lying = begun.keys() & equipped
        assert len(lying) == min(liars, len(equipped))
    assert list(begun.values())[: len(LIES)] == list(LIES)[: len(begun)]


def test_a_demo_with_liars_has_a_bench_file_of_its_own(tmp_path: Path) -> None:
    assert plan_of(tmp_path, "127.0.0.1", "sumo", 7).bench == CONFIGS / "demo-bench.yaml"
    path = plan_of(tmp_path, "127.0.0.1", "sumo", 7, liars=4).bench
    assert path.parent == tmp_path
    made, shipped = bench.load(path), bench.load(CONFIGS / "demo-bench.yaml")
    assert made.emulators["radio"].model_dump() == shipped.emulators["radio"].model_dump() | {"liars": 4}
    assert {**made.emulators, "radio": None} == {**shipped.emulators, "radio": None}
    assert YAML(typ="safe").load(path)["version"] == 1
