"""A small site, and a function that imports a file into a recording of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from rsu.cli.main import app
from rsu.core.exits import Exit
from tests.rsu.lab.importing.samples import Import
from tests.rsu.recording.virtual import CONFIGS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small site: a camera at the reference that looks east, a radar without a tracker, GNSS, radio."""
    folder = tmp_path_factory.mktemp("site")
    data = YAML().load(CONFIGS / "demo.yaml")
    devices, sensors = data["devices"], {sensor["device"]: sensor for sensor in data["sensors"]}
    data["devices"] = {name: devices[name] for name in ("camera-east", "radar-north", "gnss", "radio")}
    data["sensors"] = [sensors["camera-east"], sensors["radar-north"]]
    data["sensors"][0]["mount"] |= {"east_m": 0.0, "north_m": 0.0}
    del data["signal"]
    YAML().dump(data, folder / "site.yaml")
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        content = (CONFIGS / name).read_text(encoding="utf-8")
        (folder / name).write_text(content.replace("trackingCfg 1", "trackingCfg 0"), encoding="utf-8")
    return folder / "site.yaml"


@pytest.fixture
def imported(site: Path, tmp_path: Path) -> Import:
    """Return a function that imports a file by a mapping and gives the summary."""

    def run(source: Path, mapping: str, code: Exit = Exit.FINE, where: Path = site) -> dict[str, Any]:
        (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        wishes = ["--mapping", str(tmp_path / "mapping.yaml"), "--site", str(where), "--out", str(tmp_path / "o.mcap")]
        result = CliRunner().invoke(app, ["rec", "import", str(source), *wishes, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == Exit.FINE else {"said": result.stderr}

    return run
