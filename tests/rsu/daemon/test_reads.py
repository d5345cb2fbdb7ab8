"""Which processes start again with a changed site, and that the manual says the same of every key."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsu.daemon.reads import digests
from rsu.site import config
from rsu.site.keys.effects import effect

CONFIGS = Path(__file__).parents[3] / "configs"
DEMO = CONFIGS / "demo.yaml"


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    return digests(config.load(DEMO), "1")


@pytest.mark.parametrize(
    ("key", "old", "new", "restarted"),
    [
        ("sensors.mount", "yaw_deg: 90.0", "yaw_deg: 91.0", []),
        ("sensors.mount", "height_m: 10.0", "height_m: 10.5", ["video.video-north"]),
        ("devices.NAME.video", "rate_hz: 5", "rate_hz: 4", ["video.video-north"]),
        ("page.port", "port: 18080", "port: 18081", ["web"]),
        ("site.name", "name: demo crossing", "name: my crossing", ["web"]),
        ("uplink.platform.port", "port: 27041", "port: 27042", ["uplink"]),
        ("identity.owner", "owner: bench", "owner: me", ["uplink"]),
        ("uplink.participants_hz", "platform: {host", "participants_hz: 2\n  platform: {host", []),
        ("devices.NAME.driver", "baud: 115200", "baud: 57600", []),
    ],
)
def test_only_what_must_starts_again(
    before: dict[str, str], key: str, old: str, new: str, restarted: list[str], tmp_path: Path
) -> None:
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    site = tmp_path / "demo.yaml"
    site.write_text(text.replace(old, new, 1), encoding="utf-8")
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    after = digests(config.load(site), "2")
    assert [*after] == [*before]
    changed = [name for name in after if after[name] != before[name]]
    assert [name for name in changed if name != "recorder"] == restarted and "recorder" in changed
    told = effect(key).en
    assert all(name.replace("video-north", "NAME") in told for name in restarted)
    assert ("restart" in told) or not restarted


def test_effects_are_told_in_both_languages() -> None:
    assert effect("sensors.noise") == ("live; restart of video.NAME", "即时生效；重启 video.NAME")
    assert effect("page.port").en == "restart of web" and effect("tracking.max_late_ms").en == "live"
