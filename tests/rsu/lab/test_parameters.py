"""Names of parameters as people write them, and site files that keep everything but the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rsu.lab.errors import ParameterError
from rsu.lab.tune.parameters import applied, numbers, parse
from rsu.lab.tune.site_patch import difference, patched
from rsu.site import config
from tests.rsu.lab.short import site
from tests.rsu.recording.virtual import CONFIGS

SITE = config.load(CONFIGS / "demo.yaml")
KNOWN = {known.name: known for known in numbers(SITE)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("radar-north.mount.yaw_deg=-5..5", "radar-north.mount.yaw_deg"),
        ("radar.north.yaw_deg=-5..5", "radar-north.mount.yaw_deg"),
        ("radar-north.yaw=-5..5", "radar-north.mount.yaw_deg"),
        ("tracking.gate=0.99..0.9999", "tracking.gate_probability"),
        ("tracking.vehicle.alike=1..9", "tracking.vehicle.alike"),
        ("camera-east.latency_ms=20..80", "camera-east.latency_ms"),
    ],
)
def test_a_name_may_be_short_as_long_as_it_is_clear(text: str, name: str) -> None:
    found = parse(text, SITE)
    assert found.name == name and found.low < found.high and found.now == KNOWN[name].now


def test_choices_are_of_the_kind_of_the_value() -> None:
    assert parse("tracking.least_scans=2,3,5", SITE).choices == (2, 3, 5)
    assert parse("messages.proxy_bsm=true,false", SITE).choices == (True, False)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("radar-nord.yaw_deg=0..1", "did you mean radar-north.mount.yaw_deg"),
        ("tracking.gat=0..1", "did you mean tracking.gate_probability"),
        ("radar-north.yaw_deg", "expected NAME=LOW..HIGH"),
        ("radar-north.yaw_deg=5..-5", "not below"),
        ("radar-north.yaw_deg=a..b", "could not convert"),
        ("tracking.gate=0.5..2", "less than 1"),
    ],
)
def test_errors_say_what_may_have_been_meant(text: str, what: str) -> None:
    with pytest.raises(ParameterError, match=what):
        parse(text, SITE)


def test_a_patch_changes_the_number_alone(tmp_path: Path) -> None:
    path = site(tmp_path, "site.yaml", {})
    values = {KNOWN["radar-north.mount.yaw_deg"].path: 2.95, KNOWN["page.port"].path: 18081}
    text = patched(path, values)
    changed = [
        line for line in difference(path, text).splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert len(changed) == 4 and "yaw_deg: 2.95" in changed[1] and "port: 18081" in changed[3]
    assert text.count("#") == path.read_text().count("#")


@settings(max_examples=5, deadline=None, phases=[Phase.generate])  # each reads a site twice
@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=3, max_size=8, unique=True), st.floats(0.1, 0.9))
def test_whatever_is_patched_is_read_as_it_was_meant(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], share: float
) -> None:
    values = {KNOWN[name].path: share for name in names if isinstance(KNOWN[name].now, float)}
    path = CONFIGS / "demo.yaml"
    try:
        meant = applied(config.load(path), values)
    except ValueError:
        return  # the site file does not accept such a number there
    copy = site(tmp_path_factory.mktemp("site"), "site.yaml", {})
    copy.write_text(patched(path, values), encoding="utf-8")
    assert config.load(copy).site == meant.site
