"""Site files: mistakes are told with line, column and key; all at once; none is accepted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rsu.core.errors import ConfigError
from rsu.site import config

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    return tmp_path / "demo.yaml"


def edit(site: Path, old: str, new: str) -> tuple[int, int]:
    """Replace the first `old`; return line and column (1-based) of where it stood."""
    text = site.read_text(encoding="utf-8")
    assert old in text
    before = text[: text.index(old)]
    site.write_text(text.replace(old, new, 1), encoding="utf-8")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def findings(site: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load(site)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    "name", sorted({path.name for path in CONFIGS.glob("*.yaml")} - {"demo-bench.yaml", "demo-mixed.yaml"})
)
def test_shipped_sites_are_fine(name: str) -> None:
    assert config.load(CONFIGS / name).site.version == 1


@pytest.mark.parametrize(
    ("old", "new", "key", "text", "shift"),
    [
        ("nominal_interval_ms: 1000", 'nominal_interval_ms: "fast"', "signal.nominal_interval_ms", "expected", 21),
        ("nominal_interval_ms: 1000", "nominal_interval_ms: 10", "signal.nominal_interval_ms", "got 10", 21),
        ("nominal_interval_ms:", "nominal_intervall_ms:", "signal.nominal_intervall_ms", 'did you mean "nominal', 0),
        ("node: 10", "node: 11", "site.node", "the lane map has no node 1/11", 6),
        ("coordinates: wgs84", "coordinates: gcj02", "site.reference.coordinates", "offset by hundreds of metres", 13),
        ("kind: gnss", "kind: gps", "devices.gnss.kind", 'no driver "gps"', 6),
        ("latitude_deg: 22.5431000", "latitude_deg: 122.5", "site.reference.latitude_deg", "got 122.5", 14),
        ("radio: radio", "radio: gnss", "radio", "cannot transmit", 7),
        ('tcp: "127.0.0.1:27011"', 'tcp: "localhost:1"', "devices.camera-north.driver.link.tcp", "localhost", 5),
        ("links: [north_in]", "links: [up]", "messages.signs.0.links.0", 'no link "up"', 8),
        ("  device: signal", "  device: lamp", "signal.device", 'no device is called "lamp"', 10),
        ("- device: radar-east", "- device: radar-north", "sensors.5.device", "already used", 10),
        ("- [1, 6]", "- [1, 99]", "signal.conflicts", "expected two phases", None),
        ("height_m: 7.0", "height_m: .inf", "sensors.0.mount.height_m", "finite", 10),
        ("profile: ydt3709-2020", "profile: etsi", "messages.profile", "expected 'ydt3709-2020'", 9),
        ("yaw_deg: 0.0}", "yaw_deg: 999}", "sensors.0.mount.yaw_deg", "less than or equal to 360", 9),
        ('tcp: "127.0.0.1:27011"', 'tcp: "127.0.0.1:0"', "devices.camera-north.driver.link.tcp", "address:port", 5),
        ("path: gnss", "path: radar-north-cli", "devices.gnss.driver", "already used by radar-north", None),
        ("- [1, 2]", "- [1]", "signal.conflicts.0.1", "is missing", 2),
        ("lane_map: demo-lanes.json", "lane_map: none.json", "", "cannot be read", None),
    ],
)
def test_mistakes_are_named_with_their_place(
    site: Path, old: str, new: str, key: str, text: str, shift: int | None
) -> None:
    line, column = edit(site, old, new)
    found = findings(site)
    assert len(found) == 1, found
    place = f"{site}:{line}:{column + shift}: {key}: " if shift is not None else str(site.parent)
    assert found[0].startswith(place), found[0]
    assert text in found[0]


def test_all_mistakes_at_once(site: Path) -> None:
    edit(site, "node: 10", "node: ten")
    edit(site, "rscu_sn:", "rscu_nr:")
    found = findings(site)
    assert len(found) == 3  # a wrong value, an unknown key, a missing one
    assert any("identity.rscu_sn: is missing" in each for each in found)


def test_a_missing_key_names_its_parent_place(site: Path) -> None:
    line, _ = edit(site, "  node: 10\n", "")
    assert any("site.node: is missing" in each for each in findings(site)), line


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"just text",
        b"- a\n- list\n",
        b"site: {",
        b"\xff\xfe\x00",
        b"version: 1\nversion: 1\n",
        b"a: &x\n *y",
        b"<<: {x: 1}\n",
        b"a: &x 1\nb: &x 2\n",
        b"? {a: b}\n: {c}\n<<: [x]\n",
        b"a: 2001-99-99\n",
        b"a: " + b"[" * 400,
    ],
)
def test_what_is_no_site_file_at_all(site: Path, octets: bytes) -> None:
    site.write_bytes(octets)
    assert findings(site)


def test_no_file(tmp_path: Path) -> None:
    assert findings(tmp_path / "none.yaml") == [
        f"{tmp_path}/none.yaml:1:1: cannot be read: No such file or directory; check the path"
    ]
