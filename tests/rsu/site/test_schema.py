"""The JSON Schema for editors: it is the models', and takes the shipped sites."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from hw.registry import DRIVERS
from rsu.site.keys import schema

CONFIGS = Path(__file__).parents[3] / "configs"
SHIPPED = CONFIGS / schema.FILE


def errors(site: Any) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    found = jsonschema.Draft202012Validator(json.loads(SHIPPED.read_text(encoding="utf-8"))).iter_errors(site)
    return [f"{'.'.join(map(str, each.absolute_path))}: {each.message}" for each in found]


def plain(path: Path) -> Any:
    return json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8"))))


def test_the_shipped_schema_is_that_of_the_models() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema.text(), "run: make manual"


@pytest.mark.parametrize("path", ["demo.yaml", "import/radar-targets-site.yaml", "import/rsm-participants-site.yaml"])
def test_it_takes_the_shipped_sites_which_name_it(path: str) -> None:
    assert errors(plain(CONFIGS / path)) == []
    first = (CONFIGS / path).read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=") and first.endswith(schema.FILE)


@pytest.mark.parametrize(
    ("keys", "value", "at"),
    [
        (("page", "port"), 70000, "page.port: "),
        (("site", "nam"), "x", "site: "),
        (("sensors", 0, "mount", "yaw_deg"), "north", "sensors.0.mount.yaw_deg: "),
        (("devices", "gnss", "driver", "bauds"), 9600, "devices.gnss.driver: "),
        (("devices", "signal", "driver", "region"), "x", "devices.signal.driver.region: "),
    ],
)
def test_it_refuses_mistakes_where_they_stand(keys: tuple[str | int, ...], value: object, at: str) -> None:
    site = node = plain(CONFIGS / "demo.yaml")
    for key in keys[:-1]:
        node = node[key]
    node[keys[-1]] = value
    found = errors(site)
    assert found and all(each.startswith(at) for each in found), found


def test_keys_have_meaning_and_unit() -> None:
    made = schema.schema()["$defs"]
    assert made["Mount"]["properties"]["yaw_deg"]["description"] == "of the boresight, clockwise from true north [°]"
    assert {each["if"]["properties"]["kind"]["const"] for each in made["DeviceEntry"]["allOf"]} == {*DRIVERS}
