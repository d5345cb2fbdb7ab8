"""The demo site as a run of the bench: its folder, its files, its processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from hw.detail import Detail
from rsu.bench.kept import KEPT, put_aside
from rsu.bench.processes import Plan
from rsu.core import folders
from rsu.site import config

_PLACES = (Path(__file__).parents[2] / "configs", Path(sys.prefix) / "share/rsu/configs")  # repository, wheel
CONFIGS = next((place for place in _PLACES if place.exists()), _PLACES[0])
SITE, BENCH, MIXED = "demo.yaml", "demo-bench.yaml", "demo-mixed.yaml"
ADDRESS = "127.0.0.1"  # in the shipped files
_MARK = ".rsu-demo"  # stands in every run folder that a demo may empty
_JUDGED_RANGE_M = 60.0
_NOT_OURS = Detail(
    "--run {}: is not empty and not the run folder of a demo", "--run {}：目录非空，且不是演示的运行目录"
)


def prepare(folder: Path) -> None:
    """Empty the run folder of an earlier demo. AlreadyRunningError: that one still runs; ValueError: it is none."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ValueError(_NOT_OURS.of(folder))
    os.umask(folders.UMASK)
    with folders.claim(folder):
        put_aside(folder)
        for entry in folder.iterdir():
            if entry.name == KEPT:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != _MARK:
                entry.unlink()
        (folder / _MARK).touch()


def _configs(folder: Path, address: str, change: Callable[[Path], None] | None) -> Path:
    """Return the folder of site and bench file; a copy of the shipped one where something in it must be different."""
    if address == ADDRESS and change is None:
        return CONFIGS
    copy = Path(shutil.copytree(CONFIGS, folder / "configs"))
    for name in (SITE, BENCH, MIXED):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(text.replace(ADDRESS, address), encoding="utf-8")
    if change is not None:
        change(copy)
    return copy


def _bench(configs: Path, folder: Path, liars: int) -> Path:
    """Return the bench file; where vehicles shall lie a copy of it that says so."""
    shipped = configs / BENCH
    if not liars:
        return shipped
    yaml, own = YAML(), folder / "liars-bench.yaml"
    bench = yaml.load(shipped)
    bench["emulators"]["radio"]["liars"] = liars
    yaml.dump(bench, own)
    return own


def with_network(model: Path, configs: Path) -> None:
    """Let a network (ONNX file) look at the video cameras' pictures too, in the site file of a folder."""
    yaml, path = YAML(), configs / SITE
    site = yaml.load(path)
    for device in site["devices"].values():
        if "video" in device:
            device["video"]["onnx"] = {"model": str(model)}
    yaml.dump(site, path)


def with_mixed_devices(configs: Path) -> None:
    """Put one device of each kind into the site and bench file of a folder, as its overlay says."""
    yaml = YAML()
    overlay = yaml.load(configs / MIXED)
    site, bench = yaml.load(configs / SITE), yaml.load(configs / BENCH)
    site["radio"] = overlay["site"]["radio"]
    site["devices"] |= overlay["site"]["devices"]
    changed = {sensor["device"] for sensor in overlay["site"]["sensors"]}
    site["sensors"] = [each for each in site["sensors"] if each["device"] not in changed] + overlay["site"]["sensors"]
    bench["emulators"] |= overlay["emulators"]
    yaml.dump(site, configs / SITE)
    yaml.dump(bench, configs / BENCH)


def plan_of(
    folder: Path,
    address: str,
    source: str,
    seed: int,
    scenario: str | None = None,
    change: Callable[[Path], None] | None = None,
    liars: int = 0,
) -> Plan:
    """Return the processes of a run. `address`: of all ports; `source`, `seed`: of the traffic. ValueError: none such.

    `change`: changes the site's files before the start; it gets the folder of their copy. `liars`: so many of the
    vehicles that send at once lie.
    """
    configs = _configs(folder, address, change)
    loaded = config.load(configs / SITE)
    place, platform = loaded.site.site, loaded.site.uplink.platform
    assert platform is not None, "the demo site has a platform"
    return Plan(
        site=loaded.path,
        bench=_bench(configs, folder, liars),
        run=folder,
        source=source,
        seed=seed,
        broker=(platform.host, platform.port),
        reference_deg=(place.reference.latitude_deg, place.reference.longitude_deg),
        node=(place.region, place.node),
        range_m=_JUDGED_RANGE_M,
        scenario=scenario and _known_scene(scenario),
    )


def _known_scene(name: str) -> str:
    """Return the name of a scripted scene. ValueError: the bench knows none of that name; says which it knows."""
    told = subprocess.run([sys.executable, "-m", "sim.scenarios"], capture_output=True, text=True, check=True).stdout
    if name not in [line.partition(":")[0] for line in told.splitlines()]:
        raise ValueError(f"--scenario {name}: there are\n{told}")
    return name
