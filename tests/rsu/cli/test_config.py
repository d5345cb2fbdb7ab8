"""`rsu config` as a field engineer uses it: values, changes, versions, a site in one file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rsu.cli.main import app
from rsu.site import config

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    return tmp_path / "demo.yaml"


def rsu(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["config", *map(str, arguments)])
    assert done.exit_code == code, (done.output, done.exception)
    return done


def test_a_value_is_set_and_nothing_else_changes(site: Path) -> None:
    before = site.read_text(encoding="utf-8")
    done = rsu("set", site, "page.port=18090", "sensors.radar-north.mount.yaw_deg=1.5", "recording.max_age_h=24")
    assert "page.port: 18080 -> 18090    # restart of web" in done.stdout.splitlines()
    assert "sensors.radar-north.mount.yaw_deg: 0.0 -> 1.5    # live; restart of video.NAME" in done.stdout.splitlines()
    after = site.read_text(encoding="utf-8").splitlines()
    changed = [line for line in after if line not in before.splitlines()]
    assert len(changed) == 3 and any("max_age_h: 24" in line for line in changed), changed
    loaded = config.load(site).site
    assert (loaded.page.port, loaded.sensors[4].mount.yaw_deg, loaded.recording.max_age_h) == (18090, 1.5, 24)
    rsu("set", site, "recording.max_age_h=null")
    assert config.load(site).site.recording.max_age_h == 72


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("page.port=70000", 3, "demo.yaml:"),
        ("page.prot=18090", 3, 'did you mean "port"'),
        ("sensors.nowhere.mount.yaw_deg=1", 2, "there are camera-north"),
        ("page.port.x=1", 2, "plain value"),
        ("page.port", 2, "KEY=VALUE"),
        ("radio=gnss", 3, "cannot transmit"),
    ],
)
def test_what_would_not_be_valid_is_not_written(site: Path, value: str, code: int, words: str) -> None:
    before = site.read_bytes()
    done = rsu("set", site, value, code=code)
    assert words in done.stderr and (code == 2 or str(site.parent) in done.stderr)
    assert site.read_bytes() == before and "/tmp/tmp" not in done.stderr


def test_a_value_goes_where_it_stands_or_into_a_drop_in(site: Path) -> None:
    before = site.read_bytes()
    rsu("set", site, "page.port=18090", "--into", "20-page.yaml")
    rsu("set", site, "page.port=18091")
    assert site.read_bytes() == before
    assert (site.parent / "conf.d/20-page.yaml").read_text(encoding="utf-8").split() == ["page:", "port:", "18091"]
    lines = rsu("show", "--origin", site).stdout.splitlines()
    assert f"page.port: 18091    # {site.parent}/conf.d/20-page.yaml:2" in lines
    assert "clock.gnss_delay_ms: 15.0    # default" in lines
    assert any(line.startswith(f'site.name: "demo crossing"    # {site}:') for line in lines)


def test_versions_are_kept_and_come_back(site: Path) -> None:
    first = site.read_bytes()
    rsu("set", site, "page.port=18090")
    rsu("set", site, "page.port=18091", "--into", "20-page.yaml")
    kept = json.loads(rsu("history", "--json", site).stdout)
    assert [each["why"] for each in kept] == ["as found", "set page.port=18090", "set page.port=18091"]
    assert "demo-lanes.json" in kept[0]["files"]
    differ = json.loads(rsu("diff", "--to", 1, "--json", site, code=1).stdout)
    assert differ == [{"key": "page.port", "before": 18080, "after": 18091, "effect": "restart of web"}]
    rsu("rollback", site)
    assert config.load(site).site.page.port == 18090 and not [*(site.parent / "conf.d").iterdir()]
    (site.parent / "demo-lanes.json").write_text("{}", encoding="utf-8")
    rsu("rollback", site, "--to", 1)
    assert site.read_bytes() == first and config.check(site) == []
    rsu("diff", "--to", 1, site)
    assert "there are 1, 2, 3" in rsu("rollback", site, "--to", 99, code=2).stderr


def test_a_version_that_is_not_valid_any_more_does_not_come_back(site: Path) -> None:
    rsu("set", site, "page.port=18090")
    blob = next(path for path in (site.parent / "history/blobs").iterdir() if b"port: 18080}" in path.read_bytes())
    blob.write_bytes(blob.read_bytes().replace(b"port: 18080}", b"port: 70000}"))
    rsu("rollback", site, "--to", 1, code=3)
    assert config.load(site).site.page.port == 18090


def test_a_broken_site_is_mended_by_set(site: Path) -> None:
    rsu("set", site, "page.port=18090")
    site.write_text(site.read_text(encoding="utf-8").replace("18090", "70000"), encoding="utf-8")
    rsu("set", site, "page.port=18092")
    assert config.load(site).site.page.port == 18092


def test_a_site_in_one_file(site: Path, tmp_path: Path) -> None:
    rsu("set", site, "page.port=18090", "--into", "20-page.yaml")
    archive, other = tmp_path / "crossing.tar.gz", tmp_path / "other" / "mine.yaml"
    rsu("export", site, archive)
    again = archive.read_bytes()
    rsu("export", site, archive)
    assert archive.read_bytes() == again
    other.parent.mkdir()
    other.write_text("version: 1\n", encoding="utf-8")
    rsu("import", archive, other)
    assert config.load(other).site.page.port == 18090 and config.check(other) == []
    archive.write_bytes(again[:200])
    rsu("import", archive, other, code=8)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("page.port", ["change: restart of web", "default: 18080", "value: integer 1..65535"]),
        ("sensors.0.mount.yaw_deg", ["key: sensors[].mount.yaw_deg", "change: live"]),
        ("devices.gnss.driver.silence_ms", ["quiet for longer than this", "value: integer 100..600000 ms"]),
        ("events.stopped_vehicle", ["events.stopped_vehicle.", "events.*.sure_for_s"]),
    ],
)
def test_a_key_is_explained(key: str, words: list[str]) -> None:
    said = rsu("explain", key).stdout
    assert all(word in said for word in words), said


def test_a_key_that_is_none() -> None:
    assert "page.port" in rsu("explain", "page.prot", code=2).stderr


def test_the_schema_is_printed() -> None:
    assert json.loads(rsu("schema").stdout)["title"] == "Site"
