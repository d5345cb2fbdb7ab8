"""Maps from strangers: bombs, cut files, wrong systems. One sentence each, never a traceback, never a quiet mistake."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("lxml", reason="the extra `map` is not installed")
pytest.importorskip("pyproj", reason="the extra `map` is not installed")
pytest.importorskip("shapely", reason="the extra `map` is not installed")

from perception.geo import Reference, gcj02_offset, to_site
from rsu.cli.main import app
from rsu.exports.datum import plate_motion
from rsu.lab.maps import importing, xml_file
from rsu.lab.maps.build import WantedJunction
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.placing import Stated
from rsu.site import config
from tests.rsu.lab.maps import crossing
from tests.rsu.lab.maps.crossing import SHENZHEN

CONFIGS = Path(__file__).parents[4] / "configs"
MAKERS: dict[str, Callable[[], str]] = {
    "a.xodr": crossing.opendrive,
    "a.net.xml": crossing.sumo,
    "a.osm": crossing.osm,
}
BOMB = '<!DOCTYPE net [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><net>&b;</net>'


def refusal(folder: Path, name: str, data: bytes, **stated) -> str:
    """Return the sentence with which a file is refused."""
    (folder / name).write_bytes(data)
    with pytest.raises(MapError) as refused:
        importing.lane_map(folder / name, "auto", Stated(**stated), WantedJunction(), None)
    assert refused.value.args[0].zh != refused.value.args[0].en
    return str(refused.value)


def test_entities_are_refused(tmp_path: Path) -> None:
    assert "document type" in refusal(tmp_path, "a.net.xml", BOMB.encode())
    outside = '<!DOCTYPE net SYSTEM "file:///etc/passwd"><net/>'
    assert "document type" in refusal(tmp_path, "b.net.xml", outside.encode())


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
@pytest.mark.parametrize("name", MAKERS)
def test_cut_files_are_told_with_their_line(tmp_path: Path, name: str, share: float) -> None:
    makers: dict[str, Callable[[], str]] = {
        "a.xodr": crossing.opendrive,
        "a.net.xml": crossing.sumo,
        "a.osm": crossing.osm,
    }
    text: str = makers[name]()
    said = refusal(tmp_path, name, text[: int(len(text) * share)].encode())
    assert said.startswith(f"{name}:") and "not XML" in said


def test_large_files_are_refused_packed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_file, "LARGEST", 1 << 16)
    assert "the limit is" in refusal(tmp_path, "a.xodr.gz", gzip.compress(b"<OpenDRIVE>" + b" " * (1 << 20)))
    assert "not XML" in refusal(tmp_path, "b.xodr.gz", gzip.compress(b"<OpenDRIVE/>")[:-9])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"hello", "a map of none of these formats"),
        ("a.geojson", b'{"type": "LineString", "coordinates": [[1, "x"]]}', "points of two numbers"),
        ("a.geojson", b'{"type": "LineString", "coordinates": [[914, 2], [915, 3]]}', "no crossing in the file"),
        ("a.csv", b"name,longitude,latitude\nA,114.0,22.5\nA,abc,22.5\n", "a.csv:3: expected a number in longitude"),
        ("a.csv", b"name,colour\nA,red\n", "a column with the place"),
        ("a.xodr", b'<OpenDRIVE><road id="1" length="9"><planView/></road></OpenDRIVE>', "no reference line"),
        ("a.net.xml", b'<net><edge id="a"><lane id="a_0" shape="1,2 x,3"/></edge></net>', "line 1: lane: its shape"),
        ("a.json", b'{"inLinks": [], "id": {"region": 1}}', "id: expected a number, got None"),
        ("a.hex", b"00112233445566778899aabbccddeeff", "neither JSON nor a MAP"),
    ],
)
def test_damage_is_told(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    assert words in refusal(tmp_path, name, data)


def test_left_hand_traffic_is_refused(tmp_path: Path) -> None:
    text = crossing.opendrive().replace('junction="-1" length', 'rule="LHT" junction="-1" length')
    assert "left-hand traffic" in refusal(tmp_path, "a.xodr", text.encode())


def test_gcj02_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    off = gcj02_offset(SHENZHEN.latitude_deg, SHENZHEN.longitude_deg)
    value = json.loads(crossing.lines())
    for each in value["geometries"]:
        each["coordinates"] = [[lon + off[1], lat + off[0]] for lon, lat in each["coordinates"]]
    data = json.dumps(value).encode()
    said = refusal(tmp_path, "a.geojson", data, datum="gcj02")
    assert "GCJ-02" in said and "--from-gcj02" in said
    assert "BD-09" in refusal(tmp_path, "a.geojson", data, datum="bd09", from_gcj02=True)
    made = importing.lane_map(
        tmp_path / "a.geojson", "auto", Stated(datum="gcj02", from_gcj02=True), WantedJunction(), None
    )
    origin = made.built.lane_map.origin
    assert to_site(origin.latitude_deg, origin.longitude_deg, SHENZHEN) == pytest.approx((0.0, 0.0), abs=1.0)
    assert any("GCJ-02 was converted" in note.text.en for note in made.notes)


def test_cgcs2000_is_moved_with_the_plate_only_when_asked(tmp_path: Path) -> None:
    east, north = plate_motion(22.54, 114.06)
    assert (1000 * east, 1000 * north) == pytest.approx((27.0, -9.0), abs=2.0)
    file = tmp_path / "a.geojson"
    file.write_text(crossing.lines(), encoding="utf-8")
    places = []
    for to_epoch in (None, 2027.0):
        stated = Stated(datum="cgcs2000", to_epoch_years=to_epoch)
        origin = importing.lane_map(file, "auto", stated, WantedJunction(), 12.5).built.lane_map.origin
        places.append(Reference(origin.latitude_deg, origin.longitude_deg))
        assert origin.elevation_m == 12.5
        assert (origin.coordinates, origin.epoch_years) == (
            ("cgcs2000", 2000.0) if to_epoch is None else ("wgs84", 2027.0)
        )
    moved = to_site(places[1].latitude_deg, places[1].longitude_deg, places[0])
    assert moved == pytest.approx((27 * east, 27 * north), abs=0.02)


def test_an_imported_map_runs_in_a_site(tmp_path: Path) -> None:
    """The demo's site takes the crossing out of OpenDRIVE: no errors; of another reference point: one."""
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    site = tmp_path / "demo.yaml"
    text = site.read_text(encoding="utf-8").replace("demo-lanes.json", "lanes.yaml")
    site.write_text(text, encoding="utf-8")
    (tmp_path / "town.xodr").write_text(crossing.opendrive(), encoding="utf-8")
    lanes = str(tmp_path / "lanes.yaml")
    done = CliRunner().invoke(app, ["map", "import", str(tmp_path / "town.xodr"), "--site", str(site), "--out", lanes])
    assert done.exit_code == 0, done.output
    errors = [each for each in config.check(site) if each.level == "error" and "loops" not in each.key]
    errors = [each for each in errors if "signs" not in each.key and "signal" not in each.key]
    assert errors == [], "\n".join(map(str, errors))
    moved = Path(lanes).read_text(encoding="utf-8").replace("latitude_deg: 22.", "latitude_deg: 22.0", 1)
    Path(lanes).write_text(moved, encoding="utf-8")
    assert any(each.key == "origin" and "reference point" in each.text for each in config.check(site))


def test_the_commands(tmp_path: Path) -> None:
    town, lanes = str(tmp_path / "town.net.xml"), str(tmp_path / "lanes.yaml")
    Path(town).write_text(crossing.sumo(), encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["map", *words])
        return done.exit_code, done.stdout

    assert run("import", town, "--list") == (0, run("import", town, "--list")[1])
    assert json.loads(run("import", town, "--list", "--json")[1])["crossings"][0]["key"] == "J"
    assert run("import", town, "--crossing", "K")[0] == 2
    assert run("import", town, "--origin", "north")[0] == 2
    code, out = run("import", town, "--origin", "22.5431,114.0579", "--json", "--out", lanes)
    assert code == 0 and {note["kind"] for note in json.loads(out)["notes"]} >= {"read", "assumed"}
    assert run("check", "--strict", lanes)[0] == 0
    code, picture = run("render", lanes)
    assert code == 0 and picture.startswith("<svg") and picture.count('class="way"') == 12
    code, features = run("render", "--format", "geojson", lanes)
    parts = [each["properties"]["part"] for each in json.loads(features)["features"]]
    assert code == 0 and parts.count("lane") == 5 and parts.count("exit") == 4 and parts.count("way") == 12
    assert run("new", "--leg", "nonsense")[0] == 2
    (tmp_path / "broken.xodr").write_text("<OpenDRIVE>", encoding="utf-8")
    assert run("import", str(tmp_path / "broken.xodr"))[0] == 8
