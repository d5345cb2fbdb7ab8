"""Drop-ins beside a site file: which value counts, the file of a mistake, and that copies and recordings have them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rsu.core.errors import ConfigError
from rsu.daemon import site_copy
from rsu.recording import site_files
from rsu.site import config, content

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path)
    (tmp_path / "conf.d").mkdir()
    return tmp_path / "demo.yaml"


def drop(site: Path, name: str, text: str) -> Path:
    path = site.parent / "conf.d" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_later_ones_win_and_maps_are_merged(site: Path) -> None:
    drop(site, "20-page.yaml", "page: {port: 18090}\ntracking: {max_late_ms: 700}\n")
    drop(site, "10-page.yaml", "page: {port: 18089}\nclock: {gnss_delay_ms: 20}\n")
    loaded, plain = config.load(site).site, config.load(CONFIGS / "demo.yaml").site
    assert (loaded.page.port, loaded.page.host) == (18090, plain.page.host)
    assert loaded.tracking.max_late_ms == 700 and loaded.clock.gnss_delay_ms == 20
    assert loaded.sensors == plain.sensors and config.check(site) == []


def test_lists_take_the_place_of_lists(site: Path) -> None:
    drop(site, "10-signs.yaml", "messages: {signs: []}\n")
    assert config.load(site).site.messages.signs == [] != config.load(CONFIGS / "demo.yaml").site.messages.signs


@pytest.mark.parametrize(
    ("text", "line", "column", "key"),
    [
        ("page:\n  port: 70000\n", 2, 9, "page.port"),
        ("page: {prot: 1}\n", 1, 8, "page.prot"),
        ("devices:\n  gnss:\n    driver: {silence: 1}\n", 3, 14, "devices.gnss.driver.silence"),
        ("radio: nix\n", 1, 8, "radio.0.device"),
    ],
)
def test_a_mistake_is_placed_in_its_file(site: Path, text: str, line: int, column: int, key: str) -> None:
    path = drop(site, "30-mine.yaml", text)
    found = config.check(site)
    assert [(each.file, each.line, each.column) for each in found] == [(str(path), line, column)], found
    assert found[0].key.startswith(key.split(".")[0])


def test_a_mistake_in_the_site_file_stays_there(site: Path) -> None:
    drop(site, "30-mine.yaml", "page: {port: 18090}\n")
    site.write_text(site.read_text(encoding="utf-8").replace("host: 127.0.0.1, port: 18080", "host: here"), "utf-8")
    (found,) = config.check(site)
    assert (found.file, found.key) == (str(site), "page.host")


def test_all_files_that_are_no_yaml_are_told_at_once(site: Path) -> None:
    one, other = drop(site, "10-a.yaml", "a: [\n"), drop(site, "20-b.yaml", "- 1\n")
    assert {each.file for each in config.check(site)} == {str(one), str(other)}


@pytest.mark.parametrize("name", ["page.yaml", "1-page.yaml", "10-page.yml"])
def test_a_name_without_a_place_is_refused(site: Path, name: str) -> None:
    path = drop(site, name, "page: {port: 18090}\n")
    (found,) = config.check(site)
    assert found.file == str(path) and "20-radar.yaml" in found.text
    path.unlink()
    drop(site, "README", "no YAML: {")
    assert config.check(site) == []


def test_copies_and_recordings_have_them(site: Path, tmp_path: Path) -> None:
    drop(site, "10-page.yaml", "page: {port: 18090}\n")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    frozen = site_copy.freeze(site_copy.gather(site), [shelf])
    assert frozen.config.site.page.port == 18090
    before = site_copy.stamps(frozen.names)
    drop(site, "20-page.yaml", "page: {port: 18091}\n")
    assert site_copy.stamps(frozen.names) != before
    assert site_copy.gather(site).digest != frozen.digest
    files = content.collect(config.load(site))
    assert {"conf.d/10-page.yaml", "conf.d/20-page.yaml"} < {*files}
    again = site_files.load({"site": "demo.yaml"}, files, tmp_path / "again")
    assert again.site.page.port == 18091
    with pytest.raises(ConfigError):
        drop(site, "30-page.yaml", "page: {port: x}\n")
        site_copy.gather(site)
