"""A box is timed at the work of its site: all road users come through drivers and station, slow parts are named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from rsu.cli.main import app
from rsu.cli.views import selftest
from rsu.lab.speed.measure import BUDGET_MS, START_NS, TICK_NS, WARM_UP, Speed, SpeedTest, Timing
from rsu.lab.speed.traffic import SPEED_MPS, EvenTraffic
from rsu.site import config

SITE = Path(__file__).parents[3] / "configs/demo.yaml"
USERS = 40


def test_all_road_users_are_seen_through_the_drivers_and_told() -> None:
    work = SpeedTest(config.load(SITE), USERS)
    speed = work.run(5)
    assert [timing.name for timing in speed.timings] == list(BUDGET_MS)
    assert all(0.0 < timing.p50_ms <= timing.p99_ms for timing in speed.timings)
    assert len(speed.fed) == 9 and not speed.unfed
    snapshot = work.station.snapshot(START_NS + (WARM_UP + 5) * TICK_NS)
    assert len(snapshot.tracks) == pytest.approx(USERS, abs=4)
    assert {each.name for each in snapshot.devices if each.state != "ok"} == set()
    assert {each.kind: each.decision for each in snapshot.messages}["rsm"] == "send"
    assert {each.kind: each.decision for each in snapshot.messages}["spat"] != "silent"


def test_road_users_drive_along_their_lanes() -> None:
    line = np.array([[0.0, -90.0], [0.0, -10.0]])
    sensors = config.load(SITE).site.sensors
    before, after = (EvenTraffic([line], sensors, 3).at(time_s) for time_s in (0.0, 1.0))
    assert np.ptp(before.position_m[:, 1]) > 30.0 and np.allclose(before.position_m[:, 0], 0.0)
    assert np.allclose(after.position_m - before.position_m, [0.0, SPEED_MPS])


@pytest.mark.parametrize(("language", "words"), [("en", "too slow: perception, one round"), ("zh", "过慢：感知，每轮")])
def test_parts_that_do_not_fit_are_named(language: str, words: str) -> None:
    speed = Speed([Timing("drivers", 1.0, 2.0), Timing("perception", 20.0, 26.0)], ["a"], ["b"])
    told = list(selftest.lines(speed, 60, language))
    assert told[-1].endswith(words) and "26.0" in told[1] and "b" in told[2]
    assert not speed.fits and not selftest.facts(speed)["parts"]["perception"]["fits"]


def test_the_command_says_it_to_people_and_programs() -> None:
    done = CliRunner().invoke(app, ["selftest", "--speed", "--users", "10", "--for", "1", "--json", str(SITE)])
    facts = json.loads(done.stdout)
    assert done.exit_code == (0 if facts["fits"] else 1) and facts["users"] == 10
    assert CliRunner().invoke(app, ["selftest", str(SITE)]).exit_code == 2
