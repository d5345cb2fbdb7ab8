"""A camera of the demo site is calibrated from a picture that the bench renders: corners are found in the picture."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from perception.calibration.quality import to_site
from perception.objects import Floats
from perception.sensor import Intrinsics, Mount
from rsu.cli.main import app
from rsu.site import config
from rsu.site.history import SiteHistory
from sim.lanes import Crossing
from sim.video.picture import Painter, lens
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.video.scene import world

CAMERA, LIMIT_M = "video-north", 0.2
WRONG = {"yaw_deg": 1.0, "pitch_deg": 17.0, "east_m": 4.5}
SIZE = (960, 540)


def true_camera() -> tuple[Intrinsics, Mount]:
    (sensor,) = [one for one in config.load(CONFIGS / "demo.yaml").site.sensors if one.device == CAMERA]
    assert isinstance(sensor.camera, Intrinsics)
    return sensor.camera, sensor.mount


@cache
def picture() -> np.ndarray:
    return np.asarray(Painter(*true_camera(), *SIZE).paint(world(0), 0))


def projected(places: Floats) -> Floats:
    sight = lens(*true_camera())
    turn, move = cv2.Rodrigues(sight.rotation)[0], -sight.rotation @ sight.place_m
    level = np.column_stack([places, np.zeros(len(places))])
    found = cv2.projectPoints(level, turn, move, sight.matrix, sight.distortion)[0]
    return np.asarray(found, dtype=np.float64)[:, 0]


def stripes() -> Floats:
    """Return the corners (n, 2) m of the crosswalks' stripes: the points that a person picks."""
    found: list[Floats] = []
    walks: Any = Crossing().lane_map()["crosswalks"]
    for walk in walks:
        polygon = np.array(walk["polygon"])
        along, across = polygon[1] - polygon[0], polygon[3] - polygon[0]
        length = float(np.hypot(*along))
        for at in np.arange(0.0, length - 0.5, 1.0):
            for end in (at, at + 0.5):
                found += [polygon[0] + along * end / length, polygon[0] + along * end / length + across]
    return np.array(found)


def points() -> tuple[Floats, Floats]:
    """Return corners found in the picture near where they are looked for, (n, 2) px, and their places, (n, 2) m."""
    places = stripes()
    about = projected(places)
    near = ((about > 12) & (about < np.array(SIZE) - 12)).all(axis=1) & (places[:, 1] < 26)
    grey = cv2.cvtColor(picture(), cv2.COLOR_BGR2GRAY)
    looked = np.round(about[near]).astype(np.float32)[:, None]
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 40, 0.01)
    found = cv2.cornerSubPix(grey, looked.copy(), (4, 4), (-1, -1), ends)[:, 0]
    kept = np.hypot(*(found - looked[:, 0]).T) < 2.5
    return found[kept].astype(np.float64), places[near][kept]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(CONFIGS / name, tmp_path / name)
    path = tmp_path / "demo.yaml"
    text = path.read_text(encoding="utf-8")
    right = "{east_m: 4.0, north_m: -24.0, height_m: 10.0, yaw_deg: 0.0, pitch_deg: 18.0}"
    assert right in text
    wrong = "{east_m: 4.5, north_m: -24.0, height_m: 10.0, yaw_deg: 1.0, pitch_deg: 17.0}  # surveyed in spring"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    return path


def table(folder: Path, wrong: int | None = None) -> Path:
    pixels, places = points()
    rows = list(range(0, len(pixels), max(1, len(pixels) // 14)))
    assert len(rows) >= 10
    lines = ["u,v,east_m,north_m,name"]
    for number, row in enumerate(rows):
        u, v = pixels[row] + (30.0 if number == wrong else 0.0)
        lines.append(f"{u:.1f},{v:.1f},{places[row][0]:.2f},{places[row][1]:.2f},stripe {number}")
    path = folder / "points.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(*words: object) -> tuple[int, dict]:
    done = CliRunner().invoke(app, ["calibrate", "camera", *map(str, words), "--json"])
    assert done.exit_code in (0, 1), done.output
    return done.exit_code, json.loads(done.stdout)


def test_a_wrong_mount_is_put_right_on_unseen_points(site: Path, tmp_path: Path) -> None:
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), picture())
    drawings = tmp_path / "drawn"
    code, found = run(site, CAMERA, "--points", table(tmp_path), "--picture", still, "--drawings", drawings, "--apply")
    assert code == 0 and found["doubts"] == []
    assert found["rms_m"]["now"] > 0.5 > 2 * found["rms_m"]["left_out"]
    sensor = next(one for one in config.load(site).site.sensors if one.device == CAMERA)
    assert sensor.camera is not None
    rng = np.random.default_rng(4)
    unseen = np.column_stack([rng.uniform(-10, 16, 400), rng.uniform(-8, 22, 400)])
    pixels = projected(unseen)
    inside = ((pixels > 0) & (pixels < SIZE)).all(axis=1)
    placed = to_site(pixels[inside], np.zeros(int(inside.sum())), sensor.camera, sensor.mount)
    assert inside.sum() > 100
    assert np.hypot(*(placed - unseen[inside]).T).max() <= LIMIT_M
    assert "surveyed in spring" in site.read_text(encoding="utf-8")
    assert [one.why for one in SiteHistory(site).versions()] == ["as found", f"calibrate {CAMERA}"]
    drawn = {path.stem: cv2.imread(str(path)) for path in drawings.iterdir()}
    assert set(drawn) == {"before-picture", "after-picture", "before-map", "after-map"}
    assert (drawn["before-picture"] != drawn["after-picture"]).any()


def test_a_point_picked_wrong_is_named_and_nothing_is_written(site: Path, tmp_path: Path) -> None:
    before = site.read_bytes()
    code, found = run(site, CAMERA, "--points", table(tmp_path, wrong=3), "--apply")
    assert code == 1 and found["version"] is None and site.read_bytes() == before
    assert [each["name"] for each in found["points"] if each["suspect"]] == ["stripe 3"]


@pytest.mark.parametrize(
    ("find", "option", "told"),
    [("pose", "--lines", "--find lens"), ("homography", "--points", "height_m 0; above it: pole")],
)
def test_what_says_nothing_of_the_unknowns_is_refused(
    site: Path, tmp_path: Path, find: str, option: str, told: str
) -> None:
    edges, raised = tmp_path / "lines.csv", tmp_path / "raised.csv"
    edges.write_text("line,u,v\n" + "".join(f"kerb,{100 * k},{200 + k}\n" for k in range(3)), encoding="utf-8")
    rows = "".join(f"{90 * k},{300 + 7 * k * k},{k},{k * k},{'3,pole' if k == 4 else '0,'}\n" for k in range(6))
    raised.write_text(f"u,v,east_m,north_m,height_m,name\n{rows}", encoding="utf-8")
    given = ["--points", table(tmp_path), "--lines", edges] if option == "--lines" else ["--points", raised]
    done = CliRunner().invoke(app, ["calibrate", "camera", *map(str, [site, CAMERA, *given, "--find", find])])
    assert done.exit_code == 2 and told in done.stderr


def test_drawings_need_a_picture(site: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn"
    words = map(str, [site, CAMERA, "--points", table(tmp_path), "--drawings", drawn])
    done = CliRunner().invoke(app, ["calibrate", "camera", *words])
    assert done.exit_code == 2 and "--picture" in done.stderr and not drawn.exists()


def test_a_camera_without_a_model_gets_a_lens(site: Path, tmp_path: Path) -> None:
    code, found = run(site, CAMERA, "--points", table(tmp_path), "--find", "lens", "--apply")
    assert code == 0
    model = found["values"][f"sensors.{CAMERA}.camera"]
    assert model["fx"] == pytest.approx(750.0, rel=0.03)
    loaded = next(one for one in config.load(site).site.sensors if one.device == CAMERA)
    assert loaded.camera is not None and loaded.camera.pixel_sd == 2.0
