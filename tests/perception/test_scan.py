import numpy as np
import pytest
from pydantic import ValidationError

from perception.objects import PointCloud, RoadUser
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.tracking.cluster import ClusterSettings, cluster
from perception.tracking.scan import project, radial_scan, sight_covariance
from tests.perception.scenario import START_NS, detections


def sensor(yaw=0.0, **noise):
    return Sensor(
        device="radar",
        mount=Mount(east_m=10.0, north_m=-20.0, height_m=6.0, yaw_deg=yaw),
        field_of_view=FieldOfView(range_m=100.0, width_deg=100.0),
        noise=Noise(**noise),
    )


@pytest.mark.parametrize(
    ("yaw", "site"), [(0.0, (8.0, 10.0)), (90.0, (40.0, -18.0)), (180.0, (12.0, -50.0)), (270.0, (-20.0, -22.0))]
)
def test_forward_and_left_become_east_and_north(yaw, site):
    scan = project(detections("radar", START_NS, np.array([[30.0, 2.0]])), sensor(yaw))
    assert scan.position[0] == pytest.approx(site)


def test_velocity_turns_with_the_boresight_but_does_not_shift():
    scan = project(detections("radar", START_NS, [[30.0, 0.0]], velocity=np.array([[5.0, 1.0]])), sensor(90.0))
    assert scan.velocity[0] == pytest.approx([5.0, 1.0])


def test_errors_lie_along_and_across_the_line_of_sight():
    scan = project(
        detections("radar", START_NS, [[50.0, 0.0]], velocity=np.zeros((1, 2))),
        sensor(along_m=0.3, across_m=0.1, azimuth_deg=1.0, speed_mps=0.1, speed_across_mps=0.4),
    )
    across = 0.1**2 + (50.0 * np.radians(1.0)) ** 2
    assert scan.covariance[0] == pytest.approx(np.diag([across, 0.3**2]))  # looks north
    assert scan.velocity_covariance[0] == pytest.approx(np.diag([0.4**2, 0.1**2]))


def test_the_devices_own_covariance_wins():
    seen = detections("radar", START_NS, [[50.0, 0.0], [60.0, 0.0]])
    seen.covariance[0] = np.diag([4.0, 1.0])
    scan = project(seen, sensor(along_m=0.5, across_m=0.5))
    assert scan.covariance[0] == pytest.approx(np.diag([1.0, 4.0]))
    assert scan.covariance[1] == pytest.approx(np.diag([0.25, 0.25]))


def test_rows_without_a_place_are_left_out():
    seen = detections("radar", START_NS, [[np.nan, 1.0], [20.0, 0.0], [np.inf, 0.0]], kind=[1, 2, 3])
    assert project(seen, sensor()).kind.tolist() == [RoadUser.TRUCK]


def test_half_a_velocity_is_none():
    seen = detections("radar", START_NS, [[20.0, 0.0]], velocity=np.array([[5.0, np.nan]]))
    assert np.isnan(project(seen, sensor()).velocity).all()


def test_an_empty_scan_stays_empty():
    assert len(project(detections("radar", START_NS, np.zeros((0, 2))), sensor())) == 0


def test_radial_speed_says_next_to_nothing_across_the_line_of_sight():
    place = np.array([[30.0, 30.0]])
    scan = radial_scan(place, sight_covariance(place, Noise()), np.array([-7.0]), sensor(speed_mps=0.2))
    along = np.array([-1.0, 1.0]) / np.sqrt(2)  # east, north of what lies ahead on the left
    assert scan.velocity[0] == pytest.approx(-7.0 * along)
    assert along @ scan.velocity_covariance[0] @ along == pytest.approx(0.04)
    across = along[::-1] * [1, -1]
    assert across @ scan.velocity_covariance[0] @ across > 1000


def cloud(points, doppler):
    points = np.asarray(points, dtype=float)
    return PointCloud(
        device="radar",
        stamp_ns=START_NS,
        receipt_ns=START_NS,
        points=np.column_stack([points, np.zeros(len(points))]),
        doppler=np.asarray(doppler, dtype=float),
        snr=np.full(len(points), 20.0),
    )


def test_reflections_of_one_long_vehicle_are_one_detection():
    bus = [(40.0 + step, 2.0) for step in np.arange(0.0, 12.0, 1.5)]
    scan = cluster(cloud(bus, np.full(len(bus), -8.0)), sensor(), ClusterSettings())
    assert len(scan) == 1
    assert scan.position[0] == pytest.approx([10.0 - 2.0, -20.0 + 45.25])
    assert scan.velocity[0, 1] == pytest.approx(-8.0, abs=0.5)


def test_neighbours_of_different_speed_are_two():
    points = [(40.0, 1.0), (40.5, 1.0), (40.0, 2.0), (40.5, 2.0)]
    scan = cluster(cloud(points, [5.0, 5.1, -5.0, -5.1]), sensor(), ClusterSettings())
    assert len(scan) == 2


def test_static_clutter_and_single_points_are_left_out():
    points = [(20.0, 0.0), (20.5, 0.0), (60.0, 5.0)]
    assert len(cluster(cloud(points, [0.0, 0.05, 9.0]), sensor(), ClusterSettings())) == 0
    assert len(cluster(cloud(np.zeros((0, 2)), []), sensor(), ClusterSettings())) == 0


def test_settings_are_checked():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Mount(east_m=0.0, north_m=0.0, yaw_deg=0.0, yaw=3.0)
    with pytest.raises(ValidationError, match=r"mount\.height_m"):
        Sensor.model_validate(
            {
                "device": "camera",
                "mount": {"east_m": 0, "north_m": 0, "yaw_deg": 0},
                "field_of_view": {"range_m": 80, "width_deg": 60},
                "camera": {"fx": 1000, "fy": 1000, "cx": 960, "cy": 540},
            }
        )
