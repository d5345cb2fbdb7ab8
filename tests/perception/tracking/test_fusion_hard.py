"""The harder cases of `make bench-fusion`, short: none collapses, and sensors that err are found out."""

import numpy as np
import pytest

from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from tests.bench.bench_fusion import CYCLE_NS, cycles
from tests.bench.fusion_hard import CASES
from tests.bench.fusion_score import Score
from tests.bench.fusion_trackers import REFERENCE, Oracle, Ours
from tests.bench.fusion_world import SECOND_NS, START_NS, sensors

USERS, SEED = 40, 5


def play(tracker, case, stream, after=2.0):
    """Return the figures of a tracker from second `after` on."""
    score = Score(case.crowd)
    for number, (scans, owners) in enumerate(stream):
        now_ns = START_NS + (number + 1) * CYCLE_NS
        found = tracker.cycle(scans, owners, now_ns)
        if (now_ns - START_NS) / SECOND_NS >= after:
            score.look((now_ns - START_NS) / SECOND_NS, *found)
    return score.summary()


def made(title, seconds):
    case = CASES[title](USERS, seconds, np.random.default_rng(SEED))
    return case, cycles(case, seconds, SEED)


@pytest.mark.parametrize("title", sorted(set(CASES) - {"turned radar"}))
def test_close_to_what_the_associations_would_allow(title):
    case, stream = made(title, 4.0)
    ours, oracle = (play(make(sensors()), case, stream, after=2.5) for make in (Ours, Oracle))
    assert ours["gospa"] < 1.25 * oracle["gospa"] + 1.0
    assert ours["missed"] <= oracle["missed"] + 0.02
    assert ours["false"] < 0.005
    assert ours["id_switches"] <= 1


def test_a_turned_radar_is_found_out():
    """Fusion tells by how much, trusts it less at once, and corrects it if it is told to."""
    case, stream = made("turned radar", 8.0)
    told, corrected = Ours(sensors()), Ours(sensors())
    corrected.fusion = Fusion(sensors(), FusionSettings(correct_biases=True), REFERENCE)
    figures = [play(tracker, case, stream, after=6.0) for tracker in (told, corrected)]
    for tracker in (told, corrected):
        yaw = {bias.device: bias.yaw_deg for bias in tracker.fusion.biases()}
        assert 1.5 < yaw.pop("radar-90") < 3.5
        assert all(abs(other) < 0.7 for other in yaw.values())
    for figure in figures:
        assert figure["missed"] + figure["false"] < 0.1
        assert figure["position_rmse_m"] < 0.35  # taken at its word, the radar would double it
