"""A site after the other for one station: devices that stay the same are kept, and nothing is left of old sites."""

from __future__ import annotations

import gc
import shutil
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

from hw.device import Device, build
from rsu.site import config
from rsu.site.config import Config
from rsu.station import succession
from rsu.station.heart import Heart
from rsu.station.succession import Succession

CONFIGS = Path(__file__).parents[3] / "configs"
SEED = bytes(16)
AIM = "mount: {east_m: 2.0, north_m: -22.0, height_m: 6.0, yaw_deg: 0.0}"


def copy(folder: Path, *changes: tuple[str, str]) -> Path:
    """Return a frozen copy of the demo's site with changes in its text."""
    shutil.copytree(CONFIGS, folder)
    site = folder / "demo.yaml"
    text = site.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    site.write_text(text, encoding="utf-8")
    return site


def build_in(run: Path) -> Any:
    return lambda site, name: build(name, site.site.devices[name].kind, site.drivers[name], run, time.monotonic_ns)


def first(site: Config, run: Path) -> Heart:
    return Heart(site, SEED, {name: build_in(run)(site, name) for name in site.site.devices})


def waited(succession: Succession) -> Any:
    until = time.monotonic() + 20.0
    while (ready := succession.ready()) is None and time.monotonic() < until:
        time.sleep(0.01)
    return ready


@pytest.mark.parametrize(
    ("changes", "renewed"),
    [
        ([(AIM, AIM.replace("0.0}", "1.5}"))], set()),
        ([("radar-north-data, baud: 921600", "radar-north-data, baud: 460800")], {"radar-north"}),
        ([("gnss, baud: 115200}}}", "gnss, baud: 115200}}, silence_ms: 3000}")], {"gnss"}),
    ],
)
def test_devices_with_the_same_settings_are_kept(
    changes: list[tuple[str, str]], renewed: set[str], tmp_path: Path
) -> None:
    old, new = config.load(copy(tmp_path / "1")), config.load(copy(tmp_path / "2", *changes))
    heart = first(old, tmp_path)
    found = succession.devices(heart.devices, old, new, build_in(tmp_path))
    assert {name for name, device in found.items() if device is not heart.devices[name]} == renewed
    assert [*found] == [*new.site.devices]


def test_a_file_of_a_driver_with_another_content_renews_its_devices(tmp_path: Path) -> None:
    old, site = config.load(copy(tmp_path / "1")), copy(tmp_path / "2")
    profile = site.with_name("ti-traffic-68xx.cfg")
    profile.write_text(profile.read_text(encoding="utf-8") + "\n% changed\n", encoding="utf-8")
    new, heart = config.load(site), first(old, tmp_path)
    found = succession.devices(heart.devices, old, new, build_in(tmp_path))
    changed = {name for name, device in found.items() if device is not heart.devices[name]}
    assert changed == {"radar-north", "radar-east", "radar-south", "radar-west"}


def test_a_site_that_cannot_be_built_changes_nothing(tmp_path: Path) -> None:
    def make(_: Config) -> Heart:
        raise AssertionError("there is nothing to make it of")

    way = Succession("first.yaml", make)
    way.ask(str(tmp_path / "nowhere.yaml"))
    time.sleep(0.2)
    assert way.ready() is None
    way.ask("first.yaml.too")  # and the next one is tried
    assert way.ready() is None


def test_nothing_is_left_of_old_sites(tmp_path: Path) -> None:
    paths = [copy(tmp_path / str(n), (AIM, AIM.replace("0.0}", f"{n}.5}}"))) for n in range(2)]
    site = config.load(paths[0])
    heart, now_ns = first(site, tmp_path), 10**18
    old: list[weakref.ref[Any]] = []

    def make(fresh: Config) -> Heart:
        devices: dict[str, Device] = succession.devices(heart.devices, site, fresh, build_in(tmp_path))
        return Heart(fresh, SEED, devices, None, heart)

    way = Succession(str(paths[0]), make)
    for number in range(1, 13):
        way.ask(str(paths[number % 2]))
        ready = waited(way)
        ready.heart.take_over(heart)
        old += [weakref.ref(heart), weakref.ref(heart.station), weakref.ref(heart.station._fusion)]
        heart, site = ready.heart, ready.config
        succession.renew(heart.devices, site)
        heart.tick(now_ns + number * 10**8)
    del ready
    gc.collect()
    assert sum(each() is not None for each in old) <= 2  # parts of the one before may be asked for once more
