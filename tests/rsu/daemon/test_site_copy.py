"""The frozen copy of a site: whole, the same for all processes, and kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rsu.core.errors import ConfigError
from rsu.daemon import site_copy
from rsu.daemon.site_copy import Frozen, freeze, gather, last_good

CONFIGS = Path(__file__).parents[3] / "configs"
PROFILE = "ti-traffic-68xx.cfg"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site file of our own, with the files it names beside it."""
    folder = tmp_path / "etc"
    folder.mkdir()
    for name in ("demo.yaml", "demo-lanes.json", PROFILE):
        shutil.copy(CONFIGS / name, folder)
    return folder / "demo.yaml"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "data" / "site"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def frozen(site: Path, shelf: Path) -> Frozen:
    return freeze(gather(site), [shelf])


def test_the_copy_says_the_same_and_does_not_change_with_what_is_edited(site: Path, shelf: Path) -> None:
    made = frozen(site, shelf)
    assert made.path.read_bytes() == site.read_bytes() and made.origin == site
    before = made.config
    (site.parent / "demo-lanes.json").write_text("{ half", encoding="utf-8")
    (site.parent / PROFILE).unlink()
    site.write_text("version: 1\nsite:", encoding="utf-8")
    again = last_good(site, shelf)
    assert again is not None and again.config == before and again.digest == made.digest
    assert all(
        settings.profile.is_relative_to(shelf) for settings in before.drivers.values() if hasattr(settings, "profile")
    )


@pytest.mark.parametrize("name", ["demo.yaml", "demo-lanes.json", PROFILE])
def test_a_change_of_any_file_is_another_site(name: str, site: Path, shelf: Path) -> None:
    made = frozen(site, shelf)
    stamps = site_copy.stamps(made.names)
    assert gather(site).digest == made.digest
    path = site.parent / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert site_copy.stamps(made.names) != stamps and gather(site).digest != made.digest
    fresh = frozen(site, shelf)
    assert fresh.path != made.path and made.path.exists(), "the one before is still in use"


def test_files_elsewhere_and_absolute_paths_are_in_the_copy_too(site: Path, shelf: Path) -> None:
    other = site.parent.parent / "maps"
    other.mkdir()
    (site.parent / "demo-lanes.json").rename(other / "lanes.json")
    (site.parent / PROFILE).rename(other / PROFILE)
    edit(site, "lane_map: demo-lanes.json", f"lane_map: {other}/lanes.json")
    edit(site, f"profile: {PROFILE}", f"profile: ../maps/{PROFILE}")
    made = frozen(site, shelf)
    shutil.rmtree(other)
    again = last_good(site, shelf)
    assert again is not None and again.config == made.config
    assert made.config.site.site.lane_map == "../maps/lanes.json"


def test_a_site_that_cannot_be_used_leaves_the_last_good_one(site: Path, shelf: Path) -> None:
    made = frozen(site, shelf)
    edit(site, "node: 10", "node: ten")
    with pytest.raises(ConfigError) as caught:
        frozen(site, shelf)
    assert caught.value.findings[0].file == str(site)
    kept = last_good(site, shelf)
    assert kept is not None and kept.digest == made.digest


def test_the_last_good_one_of_another_site_is_none_of_ours(site: Path, shelf: Path) -> None:
    frozen(site, shelf)
    assert last_good(site.with_name("other.yaml"), shelf) is None
    assert last_good(site, shelf.parent / "nowhere") is None


@pytest.mark.parametrize("damage", ["flip", "lose", "cut pointer"])
def test_a_damaged_copy_is_not_trusted_and_is_written_again(damage: str, site: Path, shelf: Path) -> None:
    made = frozen(site, shelf)
    lanes = made.path.with_name("demo-lanes.json")
    if damage == "flip":
        lanes.write_bytes(lanes.read_bytes().replace(b"1", b"2", 1))
    elif damage == "lose":
        lanes.unlink()
    else:
        (shelf / "last-good").write_bytes(b'{"origin"')
    assert last_good(site, shelf) is None
    again = frozen(site, shelf)
    assert again.config == made.config and last_good(site, shelf) is not None


def test_a_disk_that_takes_nothing_is_passed_over(site: Path, shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "full").write_text("no folder", encoding="utf-8")
    made = freeze(gather(site), [tmp_path / "full" / "site", shelf])
    assert made.path.is_relative_to(shelf)
    with pytest.raises(OSError, match="full"):
        freeze(gather(site), [tmp_path / "full" / "site"])


def test_few_copies_are_kept(site: Path, shelf: Path) -> None:
    for number in range(6):
        edit(site, "node: 10", f"node: 10  # {number}")
        edit(site, f"node: 10  # {number}", "node: 10")
        site.write_text(site.read_text(encoding="utf-8") + f"# {number}\n", encoding="utf-8")
        made = frozen(site, shelf)
    folders = [path for path in shelf.iterdir() if path.is_dir()]
    assert len(folders) == 3 and made.path.exists()
    assert json.loads((shelf / "last-good").read_bytes())["digest"] == made.digest


def test_a_changed_file_is_caught_while_it_is_copied(site: Path, shelf: Path) -> None:
    """The copy holds the octets that were read, and they are judged: here, half of the file."""
    gathered = gather(site)
    name = next(name for name in gathered.files if name.endswith("lanes.json"))
    torn = gathered._replace(files={**gathered.files, name: b"{"}, digest="torn")
    with pytest.raises(ConfigError) as caught:
        freeze(torn, [shelf])
    assert caught.value.findings[0].file == f"/{name}"
    assert last_good(site, shelf) is None


def test_a_key_beside_the_site_file_is_found_by_its_path(site: Path, shelf: Path) -> None:
    """As a bare name it would be taken for a credential."""
    key = site.parent / "corridor.key"
    key.write_text("x" * 40, encoding="utf-8")
    neighbour = {"address": "10.0.0.2:4750", "public_key": "y" * 40}
    corridor = {"key_file": str(key), "neighbours": {"NEXT": neighbour}, "axis_m": [[0.0, 0.0], [1.0, 0.0]]}
    site.write_text(site.read_text(encoding="utf-8") + f"\ncorridor: {json.dumps(corridor)}\n", encoding="utf-8")
    made = frozen(site, shelf).config.site.corridor
    assert made is not None and made.key_file == key
