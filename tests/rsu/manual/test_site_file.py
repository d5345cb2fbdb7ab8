"""The page "Site file": every key is there, in both languages."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from rsu.site.keys.rows import lane_map, sections
from rsu.site.keys.shown import CHINESE
from rsu.site.model import Site
from tests.rsu.manual.site_file import site_file

ROOT = Path(__file__).parents[3]
KEYS = dict(sections())


def test_every_section_is_there() -> None:
    assert {*Site.model_fields} <= {*KEYS, *(key.path for key in KEYS[""])}


def test_keys_have_value_unit_default_and_meaning() -> None:
    rows = site_file("en").splitlines()
    assert "| `port` | integer 1..65535 | `18080` | TCP port to listen on | restart of web |" in rows
    assert (
        "| `mount.yaw_deg` | number -360..360 ° | **must be given** | of the boresight, clockwise from true north"
        " | live; restart of video.NAME |" in rows
    )
    assert any(row.startswith("| `*.sure_for_s` | number ≥ 0 s | `1.0` |") for row in rows)
    assert any(row.startswith("| `pedestrian.sure_for_s` | number ≥ 0 s | `1.5` |") for row in rows)
    assert not any(row.startswith("| `congestion.sure_for_s`") for row in rows)  # as every rule has it


def test_the_demo_site_has_no_key_that_the_page_lacks() -> None:
    demo = YAML(typ="safe").load((ROOT / "configs" / "demo.yaml").read_text(encoding="utf-8"))
    paths = {key.path.replace("[]", "").replace("NAME.", "") for key in KEYS["sensors"]}
    for sensor in demo["sensors"]:
        assert {f"{name}.{inner}" for name, each in sensor.items() if isinstance(each, dict) for inner in each} <= paths


def test_every_meaning_has_its_chinese() -> None:
    meanings = {key.meaning for keys in (*KEYS.values(), lane_map()) for key in keys} - {""}
    assert sorted(meanings - {*CHINESE}) == []
    assert sorted({*CHINESE} - meanings) == []
