import numpy as np
import pytest

from perception.camera import locate, on_road
from perception.sensing.scan import DeviceScan, located, project
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Homography, Intrinsics, Mount, Sensor
from tests.perception.scenario import START_NS, detections

MOUNT = Mount(east_m=0.0, north_m=0.0, height_m=7.0, yaw_deg=0.0, pitch_deg=12.0, roll_deg=1.5)
PLAIN = Intrinsics(fx=1100.0, fy=1090.0, cx=955.0, cy=545.0, pixel_sd=2.0)
BENT = Intrinsics(**PLAIN.model_dump(exclude={"distortion"}), distortion=(-0.3, 0.09, 0.001, -0.0008, -0.01))
PLACES = np.array([[20.0, 0.0], [35.0, 8.0], [60.0, -15.0], [90.0, 3.0]])


def to_pixels(places, camera, mount):
    """Look at places on the road: the forward model, written from its definition."""
    pitch, roll = np.radians([mount.pitch_deg, mount.roll_deg])
    forward = np.array([np.cos(pitch), 0.0, -np.sin(pitch)])
    level = np.array([0.0, -1.0, 0.0])
    below = np.cross(forward, level)
    right = np.cos(roll) * level + np.sin(roll) * below
    down = np.cos(roll) * below - np.sin(roll) * level
    rays = np.column_stack([places, np.full(len(places), -mount.height_m)])
    x, y = rays @ right / (rays @ forward), rays @ down / (rays @ forward)
    k1, k2, p1, p2, k3 = camera.distortion
    square = x * x + y * y
    radial = 1 + k1 * square + k2 * square**2 + k3 * square**3
    u = x * radial + 2 * p1 * x * y + p2 * (square + 2 * x * x)
    v = y * radial + p1 * (square + 2 * y * y) + 2 * p2 * x * y
    return np.column_stack([camera.fx * u + camera.cx, camera.fy * v + camera.cy])


def boxes(pixels):
    return np.column_stack([pixels[:, 0] - 20, pixels[:, 1] - 50, pixels[:, 0] + 20, pixels[:, 1]])


@pytest.mark.parametrize("camera", [PLAIN, BENT])
def test_finds_the_place_that_a_pixel_shows(camera):
    assert on_road(to_pixels(PLACES, camera, MOUNT), camera, MOUNT) == pytest.approx(PLACES, abs=0.01)


def test_a_homography_says_the_same_as_the_camera_it_was_taken_from():
    pixels = to_pixels(PLACES, PLAIN, MOUNT)
    rows = []
    for (u, v), (x, y) in zip(pixels, PLACES, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v, -x], [0, 0, 0, u, v, 1, -y * u, -y * v, -y]]
    matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    camera = Homography(homography=tuple(map(tuple, matrix.tolist())))
    between = np.array([[50.0, 2.0]])
    assert on_road(to_pixels(between, PLAIN, MOUNT), camera, MOUNT) == pytest.approx(between, abs=0.05)


def test_sky_is_nowhere():
    assert np.isnan(on_road(np.array([[960.0, 0.0]]), PLAIN, MOUNT)).all()


def test_the_centre_lies_half_a_length_behind_the_contact_line():
    place, _ = locate(boxes(to_pixels(PLACES, PLAIN, MOUNT)), np.full(4, 4.0), PLAIN, MOUNT)
    assert np.hypot(*place.T) - np.hypot(*PLACES.T) == pytest.approx(np.full(4, 2.0), abs=0.01)


def test_pixel_noise_arrives_on_the_road_as_the_covariance_says():
    rng = np.random.default_rng(5)
    place = np.array([[60.0, -15.0]])
    pixels = to_pixels(place, BENT, MOUNT)
    _, covariance = locate(boxes(pixels), np.zeros(1), BENT, MOUNT)
    thrown = on_road(pixels + rng.normal(0.0, BENT.pixel_sd, (20_000, 2)), BENT, MOUNT)
    assert np.cov(thrown.T) == pytest.approx(covariance[0], rel=0.1)


def test_boxes_of_a_camera_become_places_in_the_site():
    sensor = Sensor(
        device="camera", mount=MOUNT, field_of_view=FieldOfView(range_m=100.0, width_deg=80.0), camera=PLAIN
    )
    seen = detections("camera", START_NS, np.full((5, 2), np.nan), kind=[6] * 5)
    seen.box_px[:4] = boxes(to_pixels(PLACES, PLAIN, MOUNT))
    seen.box_px[4] = [900, 0, 960, 10]  # in the sky
    scan = project([DeviceScan(0, located(seen, sensor), radial=False)], Sensors([sensor], 9.2, 9.2, 1.0))
    assert len(scan) == 4
    assert scan.position_m == pytest.approx(np.stack([-PLACES[:, 1], PLACES[:, 0]]), abs=0.3)
    assert np.trace(scan.covariance_m2[:, :, 3]) > 4 * np.trace(scan.covariance_m2[:, :, 0])  # far is less certain
